import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite, waitUntil } from './agent-bench.ts';
import {
  asUser,
  contain,
  giveTo,
  type Mode,
  makeTree,
  modes,
  openGround,
  script,
  startContainer,
} from './contain-bench.ts';

const missing = missingPrerequisite('busybox', 'setpriv', 'newuidmap', 'mknod');

describe.skipIf(missing)(`a container without a daemon (${missing ?? 'busybox'})`, () => {
  const ground = openGround();

  describe.each(modes)('$name', (mode) => {
    let root = '';
    beforeAll(() => {
      root = makeTree(join(ground, mode.userns.slice(0, 4)), mode);
    });
    const sh = (text: string, ...options: string[]) => script(text, { mode, root, options });
    const failure = async (command: string[], ...options: string[]) => {
      const { status, stdout, stderr } = await contain({ mode, root, options, command });
      expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
      return status;
    };

    it('output and exit code are the program’s', async () => {
      expect(await contain({ mode, root, command: ['sh', '-c', 'echo out; echo err >&2; exit 42'] })).toEqual({
        status: ['started', 'exit 42'],
        stdout: 'out\n',
        stderr: 'err\n',
      });
    });

    it('a caller that ignores the end of its children gets the exit code, too', async () => {
      const wrapper = ['sh', '-c', 'trap "" CHLD; exec "$@"', 'sh'];
      const { status } = await contain({ mode, root, command: ['sh', '-c', 'exit 42'], wrapper });
      expect(status).toEqual(['started', 'exit 42']);
    });

    it('all of the output arrives, however much it is', async () => {
      const { stdout } = await contain({ mode, root, command: ['dd', 'if=/dev/zero', 'bs=65536', 'count=100'] });
      expect(stdout.length).toBe(6_553_600);
    });

    it('signals reach the first process, and only as the kernel lets them', async () => {
      const handled = startContainer({
        mode,
        root,
        command: ['sh', '-c', 'trap "exit 7" TERM; echo up; sleep 1000 & wait'],
      });
      await waitUntil('it is up', () => handled.output() === 'up\n');
      handled.signal(15);
      expect((await handled.ended).status).toEqual(['started', 'exit 7']);
      const deaf = startContainer({ mode, root, command: ['sleep', '1000'] });
      await deaf.pid;
      deaf.signal(15); // without a handler PID 1 gets none but this:
      deaf.signal(9);
      expect((await deaf.ended).status).toEqual(['started', 'exit 137']);
    });

    it('the end of the input ends it', async () => {
      const container = startContainer({ mode, root, command: ['sleep', '1000'] });
      await container.pid;
      container.close();
      expect((await container.ended).status).toEqual(['started', 'exit 137']);
    });

    it('what cannot be started is told in Docker’s words', async () => {
      expect(await failure(['not-there'])).toEqual([
        'failed 127 exec: "not-there": executable file not found in $PATH',
      ]);
      expect(await failure(['/not/there'])).toEqual([
        'failed 127 exec: "/not/there": stat /not/there: no such file or directory',
      ]);
      expect(await failure(['/etc/passwd'])).toEqual(['failed 126 exec: "/etc/passwd": permission denied']);
      expect(await failure(['/etc'])).toEqual(['failed 126 exec: "/etc": permission denied']);
      expect(await failure(['id'], '--user', 'bob')).toEqual([
        'failed 125 unable to find user bob: no matching entries in passwd file',
      ]);
      expect(await failure(['id'], '--user', '0:bob')).toEqual([
        'failed 125 unable to find group bob: no matching entries in group file',
      ]);
      expect(await failure(['id'], '--user', '4294967297')).toEqual([
        'failed 125 uids and gids must be in range 0-2147483647',
      ]);
      expect(await failure(['id'], '--workdir', '/etc/passwd')).toEqual([
        'failed 125 Cannot mkdir: /etc/passwd is not a directory',
      ]);
      expect(await failure(['id'], '--workdir', 'etc')).toEqual([
        "failed 125 the working directory 'etc' is invalid, it needs to be an absolute path",
      ]);
    });

    it('a script without #! is no program', async () => {
      writeFileSync(join(root, 'bin/no-interpreter'), 'echo no\n', { mode: 0o755 });
      expect(await failure(['no-interpreter'])).toEqual(['failed 126 exec /bin/no-interpreter: exec format error']);
    });

    it('what fails is told in one line, whatever the name', async () => {
      expect(await failure(['a\nexit 0\u001b'])).toEqual([
        'failed 127 exec: "a?exit 0?": executable file not found in $PATH',
      ]);
    });

    it('the environment is what was asked for, and HOME', async () => {
      expect(await sh('env | sort', '--env', 'A=b=c', '--env', 'EMPTY=')).toBe(
        'A=b=c\nEMPTY=\nPATH=/bin\nPWD=/\nSHLVL=1\n',
      );
      expect(await sh('echo $HOME', '--set-home')).toBe('/root\n');
      expect(await sh('echo $HOME', '--set-home', '--env', 'HOME=/own')).toBe('/own\n');
    });

    it('a working directory and a host name, made where missing', async () => {
      expect(await sh('pwd; hostname', '--workdir', '/made/here', '--hostname', 'box')).toBe('/made/here\nbox\n');
      expect(await sh('stat -c "%a %u %g" /made/here', '--directory', '/made/here')).toBe('755 0 0\n');
    });

    it('it starts as a fresh session: nothing ignored, blocked, open or masked beyond the usual', async () => {
      const status = await sh(
        'umask; grep -E "^(Sig(Blk|Ign)|NoNewPrivs|NSpid|NSsid)" /proc/self/status; ls /proc/1/fd; true',
      );
      const zeros = '0'.repeat(16);
      const lines = status.replace(/\t/g, ' ').split('\n');
      expect(lines[0]).toBe('0022');
      expect(lines).toContain(`SigBlk: ${zeros}`);
      expect(lines).toContain(`SigIgn: ${zeros}`);
      expect(lines).toContain('NoNewPrivs: 0');
      expect(lines).toContain('NSsid: 1');
      expect(lines.slice(-4)).toEqual(['0', '1', '2', '']);
      expect(await sh('readlink /proc/self/fd/0')).toBe('/dev/null\n');
    });

    it('standard output can be opened again by its name', async () => {
      expect(await sh('echo a > /dev/stdout; echo b > /proc/self/fd/1; echo c > /dev/fd/1')).toBe('a\nb\nc\n');
      if (!mode.hasUsers) return;
      expect(await sh('echo a > /dev/stdout; id -u', '--user', 'app')).toBe('a\n1001\n');
    });

    it.runIf(mode.hasUsers)('users and groups are the image’s', async () => {
      const who = 'grep -E "^(Uid|Gid|Groups)" /proc/self/status | tr "\\t" " "; echo $HOME';
      expect(await sh(who, '--user', 'app', '--set-home')).toBe(
        'Uid: 1001 1001 1001 1001\nGid: 1002 1002 1002 1002\nGroups: 1002 3000 \n/srv/app\n',
      );
      expect(await sh(who, '--user', '4242:4343', '--set-home')).toBe(
        'Uid: 4242 4242 4242 4242\nGid: 4343 4343 4343 4343\nGroups: 4343 \n/\n',
      );
    });

    it.skipIf(mode.hasUsers)('a single-user map says whom it has not', async () => {
      expect(await failure(['id'], '--user', 'app')).toEqual([
        'failed 125 cannot run as 1001:1002: the user namespace has no such user or group',
      ]);
    });

    it('the network is a loopback of its own, or the host’s on request', async () => {
      expect(await sh('ls /sys/class/net; ip -o addr show lo | grep -c 127.0.0.1')).toMatch(
        /^(bonding_masters\n)?lo\n1\n$/,
      );
      expect(await sh('echo pong | nc -l -p 80 & sleep 0.3; nc 127.0.0.1 80')).toBe('pong\n');
      const host = readFileSync('/proc/net/dev', 'utf8').split('\n').length;
      expect(await sh('wc -l < /proc/net/dev', '--network', 'host')).toBe(`${host - 1}\n`);
    });

    it('limits end a program that goes on for ever or writes without end', async () => {
      const { status } = await contain({
        mode,
        root,
        options: ['--cpu-seconds', '1'],
        command: ['sh', '-c', 'while :; do :; done'],
      });
      expect(status).toEqual(['started', 'exit 137']);
      const file = 'dd if=/dev/zero of=/tmp/big bs=1000 count=9 2>/dev/null; wc -c < /tmp/big; rm /tmp/big';
      expect(await sh(`trap "" XFSZ; ${file}`, '--file-bytes', '4000')).toBe('4000\n');
    });

    it('a read-only root keeps the places that are to be written, and what they hold', async () => {
      const options = ['--read-only', '--tmpfs', '/tmp', '--writable', '/srv', '--writable', '/fresh'];
      await sh('mkdir -p /srv/inner');
      const line = 'for d in / /etc /tmp /srv /srv/inner /fresh; do mkdir $d/new 2>/dev/null && echo $d; done; ls /srv';
      expect(await sh(line, ...options)).toBe('/tmp\n/srv\n/srv/inner\n/fresh\napp\ninner\nnew\n');
      expect(await sh('rmdir /srv/inner/new /srv/inner /srv/new /fresh/new /fresh')).toBe('');
      expect(await failure(['id'], '--read-only', '--writable', '/etc/passwd')).toEqual([
        'failed 125 Cannot mkdir: /etc/passwd is not a directory',
      ]);
    });

    it('a hardened program has no capabilities but those it is given, and can gain none', async () => {
      const sets = "sed -n 's/^\\(CapPrm\\|CapEff\\|CapBnd\\|NoNewPrivs\\):\t//p' /proc/self/status";
      const none = '0'.repeat(16);
      expect(await sh(sets, '--hardened')).toBe(`${none}\n${none}\n${none}\n1\n`);
      const chown = `${'0'.repeat(15)}1`;
      expect(await sh(sets, '--hardened', '--add-caps', 'chown')).toBe(`${chown}\n${chown}\n${chown}\n1\n`);
    });

    it('an overlay leaves what is below alone', async () => {
      const overlay = join(ground, `overlay-${mode.userns.slice(0, 4)}`);
      for (const name of ['upper', 'work', 'merged']) mkdirSync(join(overlay, name), { recursive: true });
      giveTo(overlay, mode);
      const layers = [
        '--lower',
        root,
        ...['upper', 'work', 'merged'].flatMap((name) => [`--${name}`, join(overlay, name)]),
      ];
      const text = 'echo new > /etc/new; rm /etc/group; rm -r /srv; mkdir /srv; ls /etc /srv';
      expect(await script(text, { mode, options: layers })).toBe('/etc:\nnew\npasswd\n\n/srv:\n');
      expect(readFileSync(join(overlay, 'upper/etc/new'), 'utf8')).toBe('new\n');
      expect(readFileSync(join(root, 'etc/group'), 'utf8')).toContain('extra');
      const wrong = layers.map((value) => (value.endsWith('work') && value[0] === '/' ? '/proc' : value));
      const failed = await contain({ mode, options: wrong, command: ['id'] });
      expect(failed.status[0]).toMatch(/^failed 125 overlay: /);
    });
  });

  it('in a chroot root gets a container, and others are told why they do not', async () => {
    const [all, none, single] = modes;
    if (!all || !none || !single) throw new Error('no modes');
    const chroot = makeTree(join(ground, 'chroot'), all);
    for (const name of ['proc', 'sys', 'dev', 'inner']) mkdirSync(join(chroot, name));
    makeTree(join(chroot, 'inner'), all);
    writeFileSync(join(chroot, 'inner/inside'), '');
    copyFileSync(agent, join(chroot, 'agent'));
    chmodSync(join(chroot, 'agent'), 0o755);
    const mounts = 'cd "$1"; mount -t proc proc proc; mount -t sysfs sysfs sys; mount --rbind /dev dev; shift';
    const run = (mode: Mode, ...user: string[]) =>
      contain({
        mode: { ...mode, isRoot: true },
        root: 'inner',
        options: ['--bind', '/bin/busybox', '/bound', 'ro'],
        command: ['sh', '-c', 'ls -d /inside /bound /proc/1; ls /proc/1/root/../inside'],
        wrapper: ['unshare', '--mount', 'sh', '-c', `${mounts}; exec chroot ${user.join(' ')} . "$@"`, 'sh', chroot],
        agentPath: '/agent',
      });
    for (const mode of [all, none]) {
      expect(await run(mode)).toEqual({
        status: ['started', 'exit 0'],
        stdout: '/bound\n/inside\n/proc/1\n/proc/1/root/../inside\n',
        stderr: '',
      });
    }
    expect((await run(single, '--userspec=65534:65534')).status).toEqual([
      'failed 125 user namespace: Operation not permitted (forbidden by this system, or in a chroot)',
    ]);
  });

  it('a map that may not be had is told', async () => {
    const [, , single] = modes;
    if (!single) throw new Error('no modes');
    const root = makeTree(join(ground, 'refused'), single);
    const run = (userns: string) => contain({ mode: { ...single, userns }, root, command: ['id'] });
    expect((await run('sub:1:65536:1:65536')).status[0]).toMatch(
      /^failed 125 user namespace: newuidmap: .*not allowed/,
    );
    expect((await run('all')).status).toEqual([
      'failed 125 user namespace: cannot write uid_map: Operation not permitted',
    ]);
    expect((await run('none')).status).toEqual(['failed 125 namespaces: Operation not permitted']);
  });

  it.each([
    [['contain', '--root', '/', '--what', 'x', '--', 'id'], 'unknown option, or one without its value: --what'],
    [['contain', '--', 'id'], 'usage: contain --root DIR'],
    [['contain', '--root', '/', '--userns', 'sub:1:2:3', '--', 'id'], '--userns is none, all, self or sub:'],
    [['contain', '--root', '/', '--bind', '/a', '/b', '--', 'id'], '--bind SRC DST rw|ro'],
    [['contain', '--root', '/', '--env', 'A', '--', 'id'], '--env is NAME=VALUE: A'],
    [['contain', '--root', '/'], 'there is no command'],
    [['contain', '--root', '/', '--', 'id'], 'descriptor 3 is not open'],
    [['enter', '--pid', '1', '--', 'id'], 'usage: enter --pid PID --keeper PID'],
    [['in-userns', '--userns', 'none'], 'usage: in-userns --userns'],
  ])('%j is a usage error', (args, words) => {
    const ran = spawnSync(agent, args, { encoding: 'utf8' });
    expect(ran.stderr).toContain(words);
    expect(ran.status).toBe(64);
  });

  it('in-userns runs the agent’s own commands with other ids', () => {
    const [all, , single, sub] = modes;
    for (const mode of [single, sub]) {
      if (!mode || !all) throw new Error('no modes');
      const tree = join(ground, `userns-${mode.userns.slice(0, 4)}`);
      mkdirSync(tree);
      giveTo(tree, mode);
      const owner = (userns: string) => {
        const own = [agent, 'in-userns', '--userns', userns, '--', 'list', '--root', tree];
        const [file = '', ...rest] = asUser(userns === 'all' ? all : mode, own);
        const ran = spawnSync(file, rest, { encoding: 'latin1' });
        expect({ code: ran.status, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
        return ran.stdout;
      };
      expect(owner(mode.userns)).not.toBe(owner('none'));
      expect(owner('all')).toBe(owner('none'));
    }
    const failed = spawnSync(agent, ['in-userns', '--userns', 'all', '--', 'list', '--no'], { encoding: 'utf8' });
    expect(failed.status).toBe(64);
  });
});
