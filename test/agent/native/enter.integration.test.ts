import { spawn } from 'node:child_process';
import { readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingPrerequisite, waitUntil } from './agent-bench.ts';
import {
  asUser,
  enter,
  enterCommand,
  makeTree,
  modes,
  openGround,
  processesOf,
  startContainer,
  waitUntilGone,
} from './contain-bench.ts';

const missing = missingPrerequisite('busybox', 'setpriv', 'newuidmap');
const refused = 'OCI runtime exec failed: exec failed: unable to start container process: ';

describe.skipIf(missing)(`entering a container (${missing ?? 'busybox'})`, () => {
  const ground = openGround();

  describe.each(modes)('$name', (mode) => {
    let root = '';
    beforeAll(() => {
      root = makeTree(join(ground, mode.userns.slice(0, 4)), mode);
    });

    async function start(text = 'echo up; sleep 1000', ...options: string[]) {
      const container = startContainer({ mode, root, options, command: ['sh', '-c', text] });
      await waitUntil('it is up', () => container.output().includes('up\n'));
      const inside = (args: readonly string[], input?: string) => enter(container, mode, args, input);
      return { container, pid: (await container.pid) ?? 0, inside };
    }
    const sh = (text: string) => ['--', 'sh', '-c', text];

    it('output, input and exit code are the program’s', async () => {
      const { inside } = await start();
      expect(await inside(sh('cat; echo err >&2; exit 4'), 'in\n')).toMatchObject({
        status: 4,
        stdout: 'in\n',
        stderr: 'err\n',
      });
      expect(await inside(sh('kill -9 $$'))).toMatchObject({ status: 137, stdout: '', stderr: '' });
      const long = 'x'.repeat(3_000_000);
      expect((await inside(['--', 'cat'], long)).stdout.length).toBe(long.length);
      expect(await inside(sh('echo a > /dev/stdout; cat /dev/stdin'), 'b\n')).toMatchObject({
        status: 0,
        stdout: 'a\nb\n',
      });
    });

    it('it is the container’s: its namespaces, processes, host name and rights', async () => {
      const { container, pid, inside } = await start('echo up; sleep 1000', '--hostname', 'box');
      const names = ['user', 'mnt', 'pid', 'ipc', 'uts', 'net', 'cgroup'];
      const spaces = (await inside(sh(`cd /proc/self/ns; for n in ${names.join(' ')}; do readlink $n; done`))).stdout;
      expect(spaces).toBe(names.map((name) => `${readlinkSync(`/proc/${pid}/ns/${name}`)}\n`).join(''));
      expect((await inside(sh('hostname; pwd; umask; tr "\\0" " " < /proc/1/cmdline'))).stdout).toBe(
        'box\n/\n0022\nsleep 1000 ',
      );
      const rights = 'grep -E "^(Cap|Seccomp|NoNewPrivs|Sig(Blk|Ign))" /proc';
      const [first, own] = (await inside(sh(`${rights}/1/status; echo; ${rights}/self/status`))).stdout.split('\n\n');
      expect(own?.trim()).toBe(first?.trim());
      expect(own).toMatch(/CapEff:\s00000000a80425fb/);
      expect((await inside(sh('ls /proc/$$/fd; true'))).stdout).toBe('0\n1\n2\n');
      expect((await inside(sh('env | sort'))).stdout).toBe('PATH=/bin\nPWD=/\nSHLVL=1\n');
      container.close();
    });

    it('what cannot be run is told in Docker’s words', async () => {
      const { inside } = await start();
      expect(await inside(['--', 'not-there'])).toMatchObject({
        status: 127,
        stderr: `${refused}exec: "not-there": executable file not found in $PATH: unknown\n`,
      });
      expect(await inside(['--', '/etc/passwd'])).toMatchObject({
        status: 126,
        stderr: `${refused}exec: "/etc/passwd": permission denied: unknown\n`,
      });
      expect(await inside(['--workdir', '/nope', '--', 'id'])).toMatchObject({
        status: 126,
        stderr: `${refused}chdir to cwd ("/nope") set in config.json failed: no such file or directory: unknown\n`,
      });
      expect(await inside(['--user', 'bob', '--', 'id'])).toMatchObject({
        status: 126,
        stderr: 'unable to find user bob: no matching entries in passwd file\n',
      });
    });

    it('user, home and directory', async () => {
      const { inside } = await start();
      const who = sh('id -u; echo $HOME; pwd');
      expect((await inside(['--set-home', '--workdir', '/tmp', ...who])).stdout).toBe('0\n/root\n/tmp\n');
      if (!mode.hasUsers) return;
      expect((await inside(['--set-home', '--user', 'app', ...who])).stdout).toBe('1001\n/srv/app\n/\n');
    });

    it('a link of the image to a descriptor of ours leads nowhere', async () => {
      for (let fd = 3; fd < 12; fd++) symlinkSync(`/proc/self/fd/${fd}`, join(root, `link-${fd}`));
      const { inside } = await start();
      for (let fd = 3; fd < 12; fd++)
        expect(await inside(['--workdir', `/link-${fd}`, '--', 'pwd'])).toMatchObject({ status: 126 });
    });

    it('a program that is the agent’s own /proc/self/exe gets a copy that cannot be written', async () => {
      writeFileSync(join(root, 'bin/evil'), '#!/proc/self/exe\n', { mode: 0o755 });
      const { inside } = await start();
      // The agent itself, as a command of that name it doesn't have.
      expect(await inside(['--', 'evil'])).toMatchObject({
        status: 64,
        stderr: expect.stringContaining('unknown command'),
      });
    });

    it('a process that isn’t the keeper’s container is not entered', async () => {
      const { container, inside } = await start();
      const other = await start();
      const args = enterCommand(other.pid, container, ['--', 'id']);
      const [file = '', ...rest] = asUser(mode, args);
      const ran = spawn(file, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
      const code = await new Promise((resolve) => ran.once('close', resolve));
      expect(code).toBe(125);
      container.close();
      await container.ended;
      expect(await inside(['--', 'id'])).toMatchObject({
        status: 125,
        stderr: 'slimtrace-agent: the container is not running\n',
      });
    });

    it('its end is that of the program, and the container’s end too', async () => {
      const { container, pid } = await start();
      const launch = () => {
        const [file = '', ...rest] = asUser(mode, enterCommand(pid, container, ['--', 'sleep', '2000']));
        const before = processesOf(pid).length;
        const ran = spawn(file, rest, { stdio: 'ignore' });
        const closed = new Promise<number | null>((resolve) => ran.once('close', (code) => resolve(code)));
        return { ran, closed, entered: () => waitUntil('it has entered', () => processesOf(pid).length > before) };
      };
      const killed = launch();
      await killed.entered();
      const pids = processesOf(pid);
      killed.ran.kill('SIGKILL');
      await waitUntil('the program has ended', () => processesOf(pid).length < pids.length);
      const ended = launch();
      await ended.entered();
      const all = processesOf(pid);
      container.close();
      expect(await ended.closed).toBe(137);
      await container.ended;
      await waitUntilGone(all);
    });

    it('a connection into its network', async () => {
      const { inside } = await start('echo pong | nc -l -p 8080 & sleep 0.3; echo up; wait; sleep 1000');
      expect(await inside(['--relay', '127.0.0.1', '8080'])).toMatchObject({ status: 0, stdout: '+pong\n' });
      expect(await inside(['--relay', '127.0.0.1', '8081'])).toMatchObject({ status: 69, stdout: '' });
    });
  });
});
