import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite, readTrace, waitUntil } from './agent-bench.ts';
import {
  type ContainerOptions,
  contain,
  enter,
  giveTo,
  makeTree,
  modes,
  openGround,
  startContainer,
} from './contain-bench.ts';

const missing = missingPrerequisite('busybox', 'setpriv', 'newuidmap');
const rights = ['--add-caps', 'sys_admin,sys_ptrace'];

describe.skipIf(missing)(`tracing in a container without a daemon (${missing ?? 'busybox'})`, () => {
  const ground = openGround();

  describe.each(modes)('$name', (mode) => {
    const base = join(ground, mode.userns.slice(0, 4));
    const user = mode.hasUsers ? 'app' : 'root';
    let root = '';
    beforeAll(() => {
      mkdirSync(base);
      root = makeTree(join(base, 'root'), mode);
      for (const name of ['agent', 'out']) mkdirSync(join(base, name));
      copyFileSync(agent, join(base, 'agent/slimtrace-agent'));
      giveTo(join(base, 'out'), mode);
    });
    const places = () => [
      '--bind',
      join(base, 'agent'),
      '/.slimtrace',
      'ro',
      '--bind',
      join(base, 'out'),
      '/.out',
      'rw',
    ];
    const tracer = (name: string, kind: 'init' | 'exec') => {
      const drop = ['--drop-caps', 'CAP_SYS_ADMIN,CAP_SYS_PTRACE'];
      return [
        '/.slimtrace/slimtrace-agent',
        'trace',
        '--out',
        `/.out/${name}`,
        '--mode',
        kind,
        '--user',
        user,
        ...drop,
        '--',
      ];
    };
    const traced = (name: string, text: string): ContainerOptions => ({
      mode,
      root,
      options: [...places(), ...rights],
      command: [...tracer(name, 'init'), 'sh', '-c', text],
    });
    const pathsIn = (name: string) => readTrace(join(base, 'out', name)).touched.map(({ path }) => path);

    it('the first process is traced, and is what it is untraced', async () => {
      const text =
        'cat /etc/group > /dev/null; cat /not/there; readlink /proc/1/exe; grep -E "^(Uid|Cap|NoNew)" /proc/self/status';
      const { status, stdout } = await contain(traced('init', text));
      expect(status).toEqual(['started', 'exit 0']);
      const plain = await contain({ mode, root, options: ['--user', user], command: ['sh', '-c', text] });
      expect(stdout).toBe(plain.stdout);
      expect(pathsIn('init')).toEqual(expect.arrayContaining(['/etc/group', '/not/there', '/bin/sh']));
      expect(readTrace(join(base, 'out/init')).ends[0]).toBe('exit 0');
    });

    it('an output of its own can be opened by another user than root', async () => {
      const { status, stdout } = await contain(traced('output', 'echo a > /dev/stdout'));
      expect({ status, stdout }).toEqual({ status: ['started', 'exit 0'], stdout: 'a\n' });
    });

    it('a command that is run inside is traced', async () => {
      const container = startContainer({ mode, root, options: places(), command: ['sh', '-c', 'echo up; sleep 1000'] });
      await waitUntil('it is up', () => container.output() === 'up\n');
      const ran = await enter(container, mode, [...rights, '--', ...tracer('exec', 'exec'), 'cat', '/etc/passwd']);
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toContain('root:x:0:0');
      expect(pathsIn('exec')).toContain('/etc/passwd');
      container.close();
      await container.ended;
    });

    it('the agent in the container cannot be changed from inside', async () => {
      const { status, stderr } = await contain(traced('change', 'echo x > /.slimtrace/slimtrace-agent'));
      expect(status).toEqual(['started', 'exit 1']);
      expect(stderr).toContain('Read-only file system');
    });
  });
});
