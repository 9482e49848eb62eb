import { expect, test } from 'vitest';
import { renderConfig } from '../../../src/build/dockerfile/config-instructions.ts';

test('every field of a config has its instruction', () => {
  const { lines, remarks } = renderConfig(
    {
      User: 'app:app',
      ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
      Env: ['PATH=/bin', 'EMPTY=', 'PRICE=$5 "now" \\ `x`', 'A=b=c'],
      Entrypoint: ['/app', 'two words'],
      Cmd: ['--say', 'a\nb "c"'],
      Volumes: { '/data': {}, '/with space': {} },
      WorkingDir: '/app',
      Labels: { plain: 'x', 'odd key': 'a "b"', lines: 'one\n two' },
      StopSignal: 'SIGQUIT',
      Healthcheck: {
        Test: ['CMD-SHELL', 'curl -f http://x || exit 1'],
        Interval: 5e9,
        Timeout: 1.5e9,
        StartPeriod: 2e6,
        Retries: 4,
      },
      OnBuild: ['RUN echo built upon'],
      Shell: ['/bin/bash', '-c'],
    },
    undefined,
    '\\',
  );
  expect(lines).toEqual([
    'ENV PATH="/bin"',
    'ENV EMPTY=""',
    'ENV PRICE="\\$5 \\"now\\" \\\\ `x`"',
    'ENV A="b=c"',
    'LABEL plain="x"',
    'LABEL "odd key"="a \\"b\\""',
    'LABEL lines="one two"',
    'EXPOSE 53/udp',
    'EXPOSE 8080/tcp',
    'VOLUME ["/data"]',
    'VOLUME ["\\"/with space\\""]',
    'STOPSIGNAL SIGQUIT',
    'SHELL ["/bin/bash","-c"]',
    'HEALTHCHECK --interval=5s --timeout=1500ms --start-period=2ms --retries=4 CMD curl -f http://x || exit 1',
    'WORKDIR /app',
    'USER app:app',
    'ENTRYPOINT ["/app","two words"]',
    'CMD ["--say","a\\nb \\"c\\""]',
    'ONBUILD RUN echo built upon',
  ]);
  expect(remarks).toEqual(['the label lines is one line here, where the original has several']);
});

test('an empty config on scratch says nothing; on a base it takes back what it can', () => {
  expect(renderConfig({}, undefined, '\\')).toEqual({ lines: [], remarks: [] });
  const below = {
    User: 'nonroot',
    WorkingDir: '/home',
    Entrypoint: ['/x'],
    Cmd: ['y'],
    Env: ['PATH=/bin', 'SSL_CERT_FILE=/x'],
    Healthcheck: { Test: ['CMD', 'x'] },
  };
  expect(renderConfig({ Env: ['PATH=/bin'] }, below, '\\')).toEqual({
    lines: ['ENV PATH="/bin"', 'HEALTHCHECK NONE', 'WORKDIR /', 'USER 0', 'ENTRYPOINT []', 'CMD []'],
    remarks: ["it keeps from its base what a Dockerfile can't take away: SSL_CERT_FILE"],
  });
});

test.each([
  [['CMD', '/check', 'two words'], 'HEALTHCHECK CMD ["/check","two words"]'],
  [['NONE'], 'HEALTHCHECK NONE'],
  // A line that would be read as something else goes to the shell it is for.
  [['CMD-SHELL', '["a"] || true'], 'HEALTHCHECK CMD ["/bin/sh","-c","[\\"a\\"] || true"]'],
  [['CMD-SHELL', 'one\ntwo'], 'HEALTHCHECK CMD ["/bin/sh","-c","one\\ntwo"]'],
  [['CMD-SHELL', 'ends \\'], 'HEALTHCHECK CMD ["/bin/sh","-c","ends \\\\"]'],
])('HEALTHCHECK %j', (check, line) => {
  expect(renderConfig({ Healthcheck: { Test: check } }, undefined, '\\').lines).toEqual([line]);
});

test('the other escape character', () => {
  expect(renderConfig({ Env: ['A=C:\\x $y `z`'] }, undefined, '`').lines).toEqual(['ENV A="C:\\x `$y ``z``"']);
});

test('a variable of several lines is no Dockerfile’s to say', () => {
  expect(() => renderConfig({ Env: ['KEY=a\nb'] }, undefined, '\\')).toThrow(
    'a Dockerfile can’t say the environment variable "KEY", which has a line break',
  );
});
