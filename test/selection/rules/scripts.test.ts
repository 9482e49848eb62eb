import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

const machine = `
  /bin/sh -> dash
  /bin/dash 0755 : shell
  /bin/bash 0755 : shell
  /usr/bin/mkdir 0755 : m
  /usr/bin/chmod 0755 : c
  /usr/bin/gosu 0755 : g
  /usr/bin/env 0755 : e
  /usr/bin/test 0755 : t
  /usr/bin/time 0755 : t
  /usr/bin/postgres 0755 : p
  /usr/bin/pg_ctl 0755 : p
  /opt/tool/bin/tool 0755 : t
`;
const traced = ['exec /entry.sh', 'read /bin/dash'];

/** What `script` is the ground for. */
async function namedBy(script: string, more = '', input: Parameters<typeof selectFrom>[1] = {}) {
  const image = smallImage(`${machine}\n/entry.sh 0755 : ${script.replaceAll('\n', '\\n')}\n${more}`);
  const { selection } = await selectFrom(image, { trace: traced, ...input });
  return [...selection].flatMap(([path, reasons]) =>
    reasons.some((reason) => reason.kind === 'static' && reason.defence === 'scripts') ? [path] : [],
  );
}

describe('scripts', () => {
  it('keeps what the branch that was not taken runs, and says so', async () => {
    const image = smallImage(`${machine}
      /entry.sh 0755 : #!/bin/sh\\nif [ -e /x ]; then mkdir -p /y && chmod 700 /y; fi\\nexec "$@"`);
    const { kept, selection } = await selectFrom(image, { trace: traced });
    expect(kept).toEqual(['/bin/dash', '/bin/sh', '/entry.sh', '/usr/bin/chmod', '/usr/bin/mkdir']);
    expect(selection.get(asImagePath('/usr/bin/mkdir'))).toEqual([
      { kind: 'static', defence: 'scripts', because: 'runs mkdir', parent: '/entry.sh' },
    ]);
    const without = await selectFrom(image, { trace: traced, options: { without: new Set(['scripts']) } });
    expect(without.kept).toEqual(['/bin/dash', '/bin/sh', '/entry.sh']);
  });

  it('looks through what runs something else', async () => {
    expect(await namedBy('#!/bin/sh\nexec gosu postgres env A=1 pg_ctl start')).toEqual([
      '/usr/bin/env',
      '/usr/bin/gosu',
      '/usr/bin/pg_ctl',
    ]);
    expect(await namedBy('#!/bin/sh\nfind / -exec chmod 1 {} + -exec mkdir {} \\;')).toEqual([
      '/usr/bin/chmod',
      '/usr/bin/mkdir',
    ]);
    expect(await namedBy(`#!/bin/sh\ntrap 'chmod 1 x' EXIT\nbash -ec "eval 'mkdir y'"`)).toEqual([
      '/bin/bash',
      '/usr/bin/chmod',
      '/usr/bin/mkdir',
    ]);
  });

  it('a builtin needs no file where the shell has it, nor does a function', async () => {
    expect(await namedBy('#!/bin/sh\ntest x; time x; mkdir() { :; }; mkdir')).toEqual(['/usr/bin/time']);
    expect(await namedBy('#!/bin/bash\ntest x; time chmod x; command test y')).toEqual(['/usr/bin/chmod']);
    expect(await namedBy('#!/bin/sh\nmkdir() { :; }; exec test x; xargs mkdir')).toEqual([
      '/usr/bin/mkdir',
      '/usr/bin/test',
    ]);
  });

  it('follows variables that are set to a name, PATH too', async () => {
    expect(await namedBy(`#!/bin/sh\nPATH=/opt/tool/bin:$PATH\nrun='chmod -R'\n$run x\n"\${2:-tool}"\n$3`)).toEqual([
      '/opt/tool/bin/tool',
      '/usr/bin/chmod',
    ]);
    expect(await namedBy('#!/bin/sh\nexec $SERVER', '', { trace: traced, env: ['SERVER=postgres'] })).toEqual([
      '/usr/bin/postgres',
    ]);
  });

  it('goes on into scripts that it sources or runs, kept before or not', async () => {
    const more = `
      /lib.sh : mkdir x
      /setup.d/10.sh : pg_ctl x
      /setup.d/20.sh 0755 : #!/usr/bin/env bash\\ngosu x y
      /run.sh 0755 : #!/bin/sh\\n/entry.sh`;
    const script = '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\nfor f in /setup.d/*.sh; do . "$f"; done\n/run.sh';
    const expected = ['/lib.sh', '/run.sh', '/usr/bin/mkdir'];
    expect(await namedBy(script, more)).toEqual(expect.arrayContaining(expected));
    expect(await namedBy(script, more, { trace: [...traced, 'stat /lib.sh'] })).toContain('/usr/bin/mkdir');
  });

  it('keeps the files that it names, and the places where it makes some', async () => {
    const more = '/etc/app.conf : x\n/var/lib/app/\n/var/big : x\n/srv/data/deep : x';
    const script = '#!/bin/sh\ncp --from=/etc/app.conf x >/var/lib/app/new; ls /srv/data; rm -f /proc/x';
    expect(await namedBy(script, more)).toEqual(['/etc/app.conf', '/srv/data', '/var/lib/app']);
  });

  it('a script that merely lies there, or is read as data, says nothing', async () => {
    const more = '/other.sh 0755 : #!/bin/sh\\nchmod x';
    const image = smallImage(machine + more);
    const { kept } = await selectFrom(image, { trace: ['read,stat /other.sh'] });
    expect(kept).not.toContain('/usr/bin/chmod');
  });

  it("reads the words of the image's own command and of its health check", async () => {
    const image = smallImage(machine);
    const config = { Entrypoint: ['/bin/sh', '-c'], Cmd: ['pg_ctl x || chmod y'], Env: ['PATH=/usr/bin:/bin'] };
    const { kept } = await selectFrom(image, { config });
    expect(kept).toEqual(expect.arrayContaining(['/usr/bin/chmod', '/usr/bin/pg_ctl']));
    const probed = await selectFrom(image, {
      config: { Healthcheck: { Test: ['CMD', 'bash', '-c', 'x && mkdir y'] } },
    });
    expect(probed.kept).toContain('/usr/bin/mkdir');
  });

  it('a script that runs itself ends', async () => {
    expect(await namedBy('#!/bin/sh\n/entry.sh\n. /entry.sh')).toEqual(['/entry.sh']);
  });

  it('patterns of everything, too long or too many, end', async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `. /setup.d/**${index}*`);
    const script = ['#!/bin/sh', `. /setup.d/${'*'.repeat(9000)}`, ...lines, '. /setup.d/**'].join('\n');
    expect(await namedBy(script, '/setup.d/a : chmod x')).toEqual([]);
    expect(await namedBy('#!/bin/sh\n. /setup.d/**', '/setup.d/a : chmod x')).toEqual(['/setup.d/a', '/usr/bin/chmod']);
  });
});
