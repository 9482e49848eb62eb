import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileProgram, missingPrerequisite } from './agent-bench.ts';
import { contain, giveTo, makeTree, modes, openGround, script } from './contain-bench.ts';

const missing = missingPrerequisite('busybox', 'setpriv', 'newuidmap', 'mknod', 'gcc');

/** errno by name, as far as the tests need it. */
const granted = 0;
const notPermitted = 1;
const noSuchCall = 38;

describe.skipIf(missing)(`what a container cannot do (${missing ?? 'busybox'})`, () => {
  const ground = openGround();
  beforeAll(() => {
    compileProgram('refused', ground, ['-static']);
    compileProgram('uids', ground, ['-static']);
  });

  describe.each(modes)('$name', (mode) => {
    const base = join(ground, mode.userns.slice(0, 4));
    let root = '';
    beforeAll(() => {
      mkdirSync(base);
      root = makeTree(join(base, 'root'), mode);
      for (const program of ['refused', 'uids']) cpSync(join(ground, program), join(root, 'bin', program));
      giveTo(root, mode);
    });
    const sh = (text: string, ...options: string[]) => script(text, { mode, root, options });
    const fails = async (text: string, ...options: string[]) => {
      const { status, stderr } = await contain({ mode, root, options, command: ['sh', '-c', text] });
      expect(status).toEqual(['started', 'exit 1']);
      return stderr;
    };

    it('write the kernel’s switches', async () => {
      // Only opened: what if it could?
      const open = (path: string) => fails(`[ -e ${path} ] || exit 1; : > ${path}`);
      expect(await open('/proc/sys/kernel/core_pattern')).toContain('Read-only file system');
      expect(await open('/proc/sys/vm/drop_caches')).toContain('Read-only file system');
      expect(await open('/proc/sysrq-trigger')).toMatch(/^$|Read-only file system/); // not every kernel has it
      expect(await open('/sys/kernel/uevent_helper')).toMatch(/^$|Read-only file system/);
      expect(await fails('mkdir /sys/x')).toContain('Read-only file system');
    });

    it('see what Docker hides', async () => {
      const hidden = ['kcore', 'keys', 'latency_stats', 'timer_list', 'sched_debug'].map((name) => `/proc/${name}`);
      expect(await sh(`for f in ${hidden.join(' ')}; do [ ! -e $f ] || [ "$(wc -c < $f)" = 0 ] || echo $f; done`)).toBe(
        '',
      );
      expect(await sh('ls -A /proc/acpi /proc/scsi /sys/firmware 2>/dev/null; true')).toBe(
        '/sys/firmware:\n'.replace(/^/, await sh('test -e /proc/acpi && echo "/proc/acpi:" && echo; true')),
      );
    });

    it('open a device node of the image', async () => {
      const node = join(root, 'node');
      execFileSync('mknod', ['-m', '666', node, 'c', '1', '5']);
      expect(await fails('head -c 1 /node > /dev/null')).toContain('Permission denied');
      rmSync(node);
    });

    it('change the host’s device nodes, though it may use them', async () => {
      const before = lstatSync('/dev/null').mode;
      expect(await fails('chmod 600 /dev/null')).toContain('Read-only file system');
      expect(lstatSync('/dev/null').mode).toBe(before);
      expect(await sh('echo x > /dev/null; head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c')).toBe(
        '3\n3\n',
      );
    });

    it('make a device node that opens', async () => {
      const text = 'for d in /dev /tmp /dev/shm; do mknod $d/n c 1 5 2>/dev/null && cat $d/n; done; exit 1';
      expect(await fails(text)).toMatch(/^(cat: can't open .*: Permission denied\n)*$/);
      for (const place of ['tmp/n', 'n']) rmSync(join(root, place), { force: true });
    });

    it('ask the kernel for what a program has no business with', async () => {
      const answers = Object.fromEntries(
        (await sh('refused'))
          .trim()
          .split('\n')
          .map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]),
      );
      const { clone3, clone, socket, 'unshare-files': files, ...refused } = answers;
      expect({ clone3, clone, socket, files }).toEqual({
        clone3: noSuchCall,
        clone: granted,
        socket: granted,
        files: granted,
      });
      expect(Object.keys(refused)).toHaveLength(16);
      expect(new Set(Object.values(refused))).toEqual(new Set([notPermitted]));
    });

    it.runIf(process.arch === 'x64')('nor in the calls of a 32-bit program', async () => {
      const source = join(import.meta.dirname, '../programs/refused.c');
      execFileSync('i686-linux-gnu-gcc', ['-static', '-o', join(root, 'bin/refused32'), source]);
      const lines = (await sh('refused32')).trim().split('\n');
      const wanted = /^(clone|socket|unshare-files) 0$|^clone3 38$|^[a-z_-]+ 1$/;
      expect(lines.filter((line) => !wanted.test(line))).toEqual([]);
      expect(lines).toHaveLength(20);
    });

    it('see or signal the host’s processes', async () => {
      expect(await sh('ls /proc | grep -E "^[0-9]+$" | wc -l; cat /proc/1/cmdline | tr "\\0" " "')).toMatch(
        /^[1-6]\nsh -c /,
      );
    });

    it('leave its mounts behind', async () => {
      mkdirSync(join(base, 'bound'), { recursive: true });
      const inside = await sh(
        'cat /proc/self/mountinfo',
        '--bind',
        join(base, 'bound'),
        '/bound',
        'rw',
        '--tmpfs',
        '/tmp',
      );
      expect(inside).toContain(`${base}/bound /bound`);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(base);
    });

    it('write through a read-only bind; a writable one is the host’s directory', async () => {
      const bound = join(base, 'bound');
      mkdirSync(bound, { recursive: true });
      writeFileSync(join(bound, 'file'), 'host\n');
      giveTo(bound, mode);
      expect(await fails('echo no > /here/file', '--bind', bound, '/here', 'ro')).toContain('Read-only file system');
      expect(await sh('cat /etc/one', '--bind', join(bound, 'file'), '/etc/one', 'ro')).toBe('host\n');
      await sh('echo yes > /here/file', '--bind', bound, '/here', 'rw');
      expect(readFileSync(join(bound, 'file'), 'utf8')).toBe('yes\n');
    });

    it('lead a bind out of its tree by links of the image', async () => {
      const outside = join(base, 'outside');
      const hostile = makeTree(join(base, 'hostile'), mode);
      mkdirSync(outside);
      rmSync(join(hostile, 'etc'), { recursive: true });
      symlinkSync(`/../../../../../../../..${outside}`, join(hostile, 'etc'));
      symlinkSync('../'.repeat(20) + outside.slice(1), join(hostile, 'relative'));
      symlinkSync('/proc/self/root/../../..', join(hostile, 'magic'));
      symlinkSync('loop', join(hostile, 'loop'));
      symlinkSync('/nowhere/yet', join(hostile, 'dangling'));
      writeFileSync(join(base, 'hosts'), 'bound\n');
      giveTo(outside, mode);
      giveTo(hostile, mode);
      const bind = (target: string) => ['--bind', join(base, 'hosts'), target, 'ro'];
      const read = (target: string, ...more: string[]) =>
        script(`cat ${target}`, { mode, root: hostile, options: [...bind(target), ...more] });
      expect(await read('/etc/hosts')).toBe('bound\n');
      expect(await read('/relative/hosts')).toBe('bound\n');
      expect(await read('/dangling/deep/hosts')).toBe('bound\n');
      expect(await read('/../../hosts')).toBe('bound\n');
      for (const target of ['/loop/hosts', '/magic/hosts', '/proc/self/cwd/hosts']) {
        const { status } = await contain({ mode, root: hostile, options: bind(target), command: ['id'] });
        expect(status[0]).toMatch(/^failed 125 cannot mount .* at .*: /);
      }
      expect(readdirSync(outside)).toEqual([]);
      // What was made lies in the tree, where the links lead inside of it.
      expect(lstatSync(join(hostile, outside, 'hosts')).isFile()).toBe(true);
    });

    it('start in a directory of the host', async () => {
      for (const directory of ['/proc/self/fd/4', '/proc/1/root/..', '/link']) {
        rmSync(join(root, 'link'), { force: true });
        symlinkSync('/proc/self/fd/5', join(root, 'link'));
        const { status } = await contain({ mode, root, options: ['--workdir', directory], command: ['pwd'] });
        expect(status[0]).toMatch(/^failed 125 /);
      }
      rmSync(join(root, 'link'));
    });

    it('make us read without end', async () => {
      const hostile = makeTree(join(base, 'endless'), mode);
      rmSync(join(hostile, 'etc/passwd'));
      symlinkSync('/dev/zero', join(hostile, 'etc/passwd'));
      const { status } = await contain({ mode, root: hostile, options: ['--user', 'app'], command: ['id'] });
      expect(status).toEqual(['failed 125 cannot read /etc/passwd: File too large']);
    });

    it('setuid programs work all the same', async () => {
      const program = join(root, 'bin/uids-setuid');
      cpSync(join(ground, 'uids'), program);
      giveTo(program, mode);
      execFileSync('chmod', ['4755', program]);
      if (!mode.hasUsers) return;
      expect(await sh('uids-setuid', '--user', 'app')).toBe('1001 0\n');
    });
  });
});
