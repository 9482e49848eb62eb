import { describe, expect, test } from 'vitest';
import { readHistory } from '../../src/image/history.js';
import type { ImageConfig } from '../../src/image/image.js';

const digest = '674f08dacaae3cee0fa3fbde54750fe3c519af21a61a137740763f1b6939f553';
const nop = '/bin/sh -c #(nop) ';

function instructionsOf(lines: readonly string[], config: ImageConfig = {}): readonly string[] {
  const history = lines.map((created_by) => ({ created_by, empty_layer: true }));
  return readHistory(history, config, 0).map(({ instruction }) => instruction);
}

function stepOf(line: string, config: ImageConfig = {}) {
  const [step] = readHistory([{ created_by: line }], config, 1);
  return step;
}

describe('the classic builder', () => {
  test.each([
    [`${nop} ENV LANG=C.UTF-8`, 'ENV LANG=C.UTF-8'],
    [`${nop} ENV A=one two B=3`, 'ENV A="one two" B=3'],
    [`${nop} LABEL org.title=it "says" \\ so`, 'LABEL org.title="it \\"says\\" \\\\ so"'],
    [`${nop} EXPOSE 3000`, 'EXPOSE 3000'],
    [`${nop} USER app`, 'USER app'],
    ['/bin/bash -euo pipefail -c #(nop)  USER app', 'USER app'],
    ['/bin/sh -c echo "#(nop) USER app"', 'RUN echo "#(nop) USER app"'],
    [`${nop} VOLUME [/data]`, 'VOLUME ["/data"]'],
    [`${nop} SHELL [/bin/bash -c]`, 'SHELL ["/bin/bash","-c"]'],
    [`${nop} CMD ["node" "dist/server.js"]`, 'CMD ["node","dist/server.js"]'],
    [`${nop} CMD ["printf" "a\\tb\\n\\"\\u00e9\\x07"]`, String.raw`CMD ["printf","a\tb\n\"é\u0007"]`],
    [`${nop} CMD ["/bin/sh" "-c" "echo [a] ]"]`, 'CMD ["/bin/sh","-c","echo [a] ]"]'],
    [`${nop} CMD []`, 'CMD []'],
    [`${nop} ONBUILD RUN make`, 'ONBUILD RUN make'],
    [`${nop} ARG VERSION=2`, 'ARG VERSION=2'],
    [`${nop}COPY file:${digest} in /usr/local/sbin/ `, 'COPY file:674f08dacaae /usr/local/sbin/'],
    [`${nop}ADD file:${digest} in / `, 'ADD file:674f08dacaae /'],
    [`${nop}COPY --chown=app:appdir:${digest} in src `, 'COPY --chown=app:app dir:674f08dacaae src'],
    [`${nop}COPY --chown=0:0 multi:${digest} in ./ `, 'COPY --chown=0:0 multi:674f08dacaae ./'],
  ])('%s', (line, instruction) => {
    expect(instructionsOf([line])).toEqual([instruction]);
  });

  test('runs', () => {
    expect(stepOf('/bin/sh -c make-ca')).toMatchObject({ instruction: 'RUN make-ca', guess: null, layer: 0 });
    expect(stepOf('|2 A=/x/sh-c B=two words /bin/sh -c make $A')?.instruction).toBe('RUN make $A');
    expect(stepOf('|0 /bin/sh -c make')?.instruction).toBe('RUN make');
    expect(stepOf('/bin/bash -euxo pipefail -c a | b')?.instruction).toBe('RUN a | b');
    expect(stepOf('/bin/bash -o pipefail -c a | b')?.instruction).toBe('RUN a | b');
    expect(stepOf('make install')).toMatchObject({ instruction: 'RUN make install', guess: expect.any(String) });
  });

  test('a copy says that its source isn’t told', () => {
    expect(stepOf(`${nop}COPY file:${digest} in /a `)?.guess).toContain('which file');
  });
});

describe('BuildKit', () => {
  test.each([
    ['RUN /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
    ['RUN |1 V=1 /bin/sh -c make # buildkit', 'RUN make'],
    ['RUN /bin/sh -c set -e\necho a\n # buildkit', 'RUN <<EOF\nset -e\necho a\nEOF'],
    ['RUN /bin/sh -c echo EOF\necho a # buildkit', 'RUN <<EOF_\necho EOF\necho a\nEOF_'],
    ['RUN /bin/sh -c cat <<E > /x\nhi\nE # buildkit', 'RUN cat <<E > /x\nhi\nE'],
    ['COPY package.json ./ # buildkit', 'COPY package.json ./'],
    ['COPY --chown=1:1 /src /dst # buildkit', 'COPY --chown=1:1 /src /dst'],
    ['WORKDIR /app', 'WORKDIR /app'],
    ['ENTRYPOINT ["/app" "--x"]', 'ENTRYPOINT ["/app","--x"]'],
    ['EXPOSE map[443/tcp:{} 80/tcp:{}]', 'EXPOSE 443/tcp 80/tcp'],
    ['EXPOSE [80/tcp 81/tcp]', 'EXPOSE 80/tcp 81/tcp'],
    ['STOPSIGNAL SIGQUIT', 'STOPSIGNAL SIGQUIT'],
    ['ENV PATH=/usr/bin:/bin', 'ENV PATH=/usr/bin:/bin'],
  ])('%s', (line, instruction) => {
    expect(instructionsOf([line])).toEqual([instruction]);
  });

  test('what a heredoc copied is told to be unknown', () => {
    expect(stepOf('COPY <<EOF /etc/x # buildkit')).toMatchObject({ guess: 'what the Dockerfile has for it' });
  });
});

describe('health checks', () => {
  const second = 1e9;
  test('the last one is the config’s', () => {
    const config = {
      Healthcheck: { Test: ['CMD-SHELL', 'wget -q x'], Interval: 90 * second, Timeout: 1.5e9, Retries: 3 },
    };
    const old = `${nop} HEALTHCHECK &{["CMD" "old"] "5s" "3s" "0s" '\\x03'}`;
    expect(instructionsOf([old, `${nop} HEALTHCHECK &{[x`, '/bin/sh -c true ) HEALTHCHECK'], config)).toEqual([
      'HEALTHCHECK --interval=5s --timeout=3s --retries=3 CMD ["old"]',
      'HEALTHCHECK --interval=90s --timeout=1500ms --retries=3 CMD wget -q x',
      'RUN true ) HEALTHCHECK',
    ]);
  });

  test('without the config’s, it is read as Go printed it', () => {
    expect(instructionsOf([`HEALTHCHECK &{["CMD-SHELL" "echo ]"] "1m0s" "0s" "2s" "5s" '\\n'}`])).toEqual([
      'HEALTHCHECK --interval=1m0s --start-period=2s --start-interval=5s --retries=10 CMD echo ]',
    ]);
    expect(instructionsOf([`HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" '\\x00'}`])).toEqual(['HEALTHCHECK NONE']);
  });
});

describe('layers', () => {
  const full = { created_by: 'RUN /bin/sh -c a # buildkit', created: '2026-01-02T03:04:05Z' };
  const empty = { created_by: 'USER app', empty_layer: true as const };

  test('steps that made one are counted', () => {
    const steps = readHistory([full, empty, full], {}, 2);
    expect(steps.map(({ layer, created }) => [layer, created])).toEqual([
      [0, full.created],
      [null, null],
      [1, full.created],
    ]);
  });

  test('a history that tells of another number is matched with none', () => {
    expect(readHistory([full, empty], {}, 2).map(({ layer }) => layer)).toEqual([null, null]);
  });

  test('imports, and what tells nothing', () => {
    const steps = readHistory([{ comment: 'Imported from -' }, {}, { created_by: 'bazel build ...' }], {}, 3);
    expect(steps.map(({ instruction }) => instruction)).toEqual([
      '# Imported from -',
      '# an untold step',
      'RUN bazel build ...',
    ]);
    expect(steps.every(({ guess }) => guess !== null)).toBe(true);
  });
});

/** Each of these took seconds, or hours, with an expression that goes back over what it read. */
test('hostile texts are read in no time', () => {
  const many = 60_000;
  const hostile = [
    `COPY --a${' '.repeat(many)}x`,
    `COPY ${'--a '.repeat(many / 4)}`,
    `COPY ${'file:aaaaaaaaaaaa'.repeat(many / 20)}`,
    `HEALTHCHECK &{[${']'.repeat(many / 2)}${' '.repeat(many / 2)}`,
    `CMD ["${'\\"'.repeat(many / 2)}]`,
    `ENV ${'A'.repeat(many)}`,
    `ENV A=${' '.repeat(many)}b`,
    `|1 ${'/sh -a -b'.repeat(many / 9)}`,
    `/${'sh'.repeat(many / 2)}`,
    `/sh${' -o a'.repeat(many / 5)}`,
    `/bin/sh -c #(nop) ${'('.repeat(many)}`,
    `EXPOSE map[${':{}'.repeat(many / 3)}`,
    `${')'.repeat(many / 2)}${' '.repeat(many / 2)}HEALTHCHECK`,
  ];
  const history = Array.from({ length: 20 }, () => hostile.map((created_by) => ({ created_by }))).flat();
  expect(readHistory(history, {}, history.length)).toHaveLength(history.length);
});

test('a step of any length is cut', () => {
  expect(stepOf(`/bin/sh -c ${'x'.repeat(1e6)}`)?.instruction.length).toBeLessThan(70_000);
});
