import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite, openScratch, readTrace, runTraced } from './agent-bench.ts';

const missing = missingPrerequisite('unshare', 'setpriv', 'mount');

describe.skipIf(missing)(`user and program of a traced app (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());

  const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1001:1002:An app:/srv/app:/bin/sh\nbroken\n';
  const group = 'root:x:0:\napp:x:1002:\nextra:x:3000:nobody,app\nother:x:3001:root\nmore:x:3002:app\n';
  const show = 'sed -n "s/^\\(Uid\\|Gid\\|Groups\\):[[:space:]]*//p" /proc/self/status; echo $HOME';

  /** Runs with passwd and group files of its own, in a mount namespace. */
  function runAs(user: string, ...more: string[]) {
    writeFileSync(join(scratch.path, 'passwd'), passwd);
    writeFileSync(join(scratch.path, 'group'), group);
    const mounts = `mount --bind ${scratch.path}/passwd /etc/passwd && mount --bind ${scratch.path}/group /etc/group`;
    const out = join(scratch.path, `user-${Math.random()}`);
    const command = [agent, 'trace', '--out', out, '--user', user, '--set-home', ...more, '--', 'sh', '-c', show];
    const script = `${mounts} && exec setpriv --clear-groups "$@"`;
    const ran = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command], {
      encoding: 'latin1',
      cwd: '/',
    });
    return { code: ran.status, lines: ran.stdout.trim().split(/\s*\n/), stderr: ran.stderr, out };
  }

  it.each([
    ['', '0', '0', '0 3001', '/root'],
    ['app', '1001', '1002', '1002 3000 3002', '/srv/app'],
    ['1001', '1001', '1002', '1002 3000 3002', '/srv/app'],
    ['app:other', '1001', '3001', '3001', '/srv/app'],
    ['app:77', '1001', '77', '77', '/srv/app'],
    ['4242', '4242', '0', '0', '/'],
    ['4242:4343', '4242', '4343', '4343', '/'],
  ])('USER "%s"', (user, uid, gid, groups, home) => {
    const { code, lines, stderr } = runAs(user);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const four = (id: string) => Array(4).fill(id).join('\t');
    expect(lines).toEqual([four(uid), four(gid), groups, home]);
  });

  it('reading the identity files is not recorded', () => {
    const { out } = runAs('app');
    const paths = readTrace(out).touched.map(({ path }) => path);
    expect(paths).not.toContain('/etc/group');
    expect(paths).not.toContain('/etc/passwd');
  });

  it.each([
    ['nobody-here', 'unable to find user nobody-here: no matching entries in passwd file'],
    ['app:no-group', 'unable to find group no-group: no matching entries in group file'],
    ['4294967297', 'uids and gids must be in range 0-2147483647'],
  ])('USER "%s" is an error', (user, message) => {
    const { code, stderr } = runAs(user);
    expect({ code, stderr }).toEqual({ code: 126, stderr: `slimtrace-agent: ${message}\n` });
  });

  it.each([
    [['not-in-path'], 127, 'exec: "not-in-path": executable file not found in $PATH'],
    [['/not/there'], 127, 'exec: "/not/there": No such file or directory'],
    [['/etc/passwd'], 126, 'exec: "/etc/passwd": Permission denied'],
    [['/etc'], 126, 'exec: "/etc": Permission denied'],
  ] as const)('executing %s', (command, code, message) => {
    for (const mode of ['init', 'exec'] as const) {
      const run = runTraced(command, { directory: scratch.path, mode });
      expect(run).toMatchObject({ code, stderr: `slimtrace-agent: ${message}\n` });
      expect(run.records.ends).toContain(`exit ${code}`);
    }
  });

  it('a script without #! is no program, as in an engine', () => {
    const script = join(scratch.path, 'no-interpreter');
    writeFileSync(script, 'echo no\n', { mode: 0o755 });
    expect(runTraced([script], { directory: scratch.path })).toMatchObject({ code: 126, stdout: '' });
  });

  it('the search in PATH leaves no trace', () => {
    const env = { PATH: '/first:/second:/usr/bin:/bin' };
    const run = runTraced(['true'], { directory: scratch.path, env });
    expect(run.code).toBe(0);
    expect(run.records.touched.filter(({ path }) => /^\/(first|second)/.test(path))).toEqual([]);
  });
});
