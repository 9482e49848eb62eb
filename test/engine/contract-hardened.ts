import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openScratch } from '../support/run-docker.ts';
import type { Contract } from './contract.ts';

const isHardened = true;

/** Prints `PLACE yes` or `PLACE no` for whether a file can be made there. */
const tryToWrite = (...places: string[]) =>
  `for d in ${places.join(' ')}; do if (echo x >$d/new) 2>/dev/null; then echo $d yes; else echo $d no; fi; done`;

const privileges = "sed -n 's/^\\(Cap.*\\|NoNewPrivs\\):\\t/\\1 /p' /proc/self/status";
const none = ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((set) => `Cap${set} 0000000000000000\n`).join('');

/** Containers with as few rights as there are. */
export function describeHardened(contract: Contract): void {
  describe('hardened', () => {
    test('the root can’t be written, whoever one is; what is temporary can', async () => {
      const places = ['/.', '/etc', '/bin', '/work', '/tmp', '/var/tmp', '/run', '/dev/shm'];
      expect(await contract.print(tryToWrite(...places), { isHardened })).toBe(
        '/. no\n/etc no\n/bin no\n/work no\n/tmp yes\n/var/tmp yes\n/run yes\n/dev/shm yes\n',
      );
      const files =
        'for f in /etc/passwd /etc/hosts /etc/resolv.conf; do (echo x >>$f) 2>/dev/null && echo $f; done; :';
      expect(await contract.print(files, { isHardened })).toBe('');
    });

    contract.optional('users', 'everybody may write to /tmp, which is empty; programs don’t run from it', async () => {
      const line =
        'stat -c %a /tmp /var/tmp; ls -A /tmp; cp /bin/busybox /tmp/echo; /tmp/echo ran 2>/dev/null || echo no';
      expect(await contract.print(line, { isHardened, user: 'app' })).toBe('1777\n1777\nno\n');
    });

    test('volumes that the image declares begin with what it has there, and can be written', async () => {
      const line = `cat /data/seed; ${tryToWrite('/data', '/work')}; ls /data`;
      expect(await contract.print(line, { isHardened }, 'contract')).toBe(
        'of the image\n/data yes\n/work no\nnew\nseed\n',
      );
    });

    test('what is asked for is mounted as ever, in the usual places too', async () => {
      await using scratch = await openScratch();
      await writeFile(join(scratch.path, 'file'), 'of the host\n');
      await chmod(scratch.path, 0o777);
      const volumes = [`${scratch.path}:/run`, `${scratch.path}:/tmp/inner:ro`, '/anonymous'];
      const line = `cat /run/file /tmp/inner/file; ${tryToWrite('/run', '/tmp', '/tmp/inner', '/anonymous', '/instead')}`;
      expect(await contract.print(line, { isHardened, volumes, tmpfs: ['/instead'] })).toBe(
        'of the host\nof the host\n/run yes\n/tmp yes\n/tmp/inner no\n/anonymous yes\n/instead yes\n',
      );
    });

    test('no capabilities, none to be gained; for commands in it as well', async () => {
      await using container = await contract.start({ isHardened, command: ['sleep', '600'] });
      const ofFirst = await container.exec(['sh', '-c', privileges.replace('self', '1')]);
      expect(ofFirst.stdout.toString('utf8')).toBe(`${none}NoNewPrivs 1\n`);
      const ofCommand = await container.exec(['sh', '-c', privileges]);
      expect(ofCommand.stdout.toString('utf8')).toBe(`${none}NoNewPrivs 1\n`);
      const written = await container.exec(['sh', '-c', tryToWrite('/etc', '/tmp')], { user: '0:0' });
      expect(written.stdout.toString('utf8')).toBe('/etc no\n/tmp yes\n');
    });

    contract.optional('users', 'a setuid program has no other rights than whoever runs it', async () => {
      const spec = { isHardened, user: 'app', entrypoint: '/usr/bin/setuid-id', command: ['-u'] };
      expect((await contract.run(spec)).stdout.toString('utf8')).toBe('1000\n');
    });

    test('a program is copied into an anonymous volume, and runs', async () => {
      await using scratch = await openScratch();
      const program = join(scratch.path, 'program');
      await writeFile(program, '#!/bin/sh\necho "ran"\n');
      await chmod(program, 0o755);
      const spec = { isHardened, anonymousVolumes: ['/.in-volume'], entrypoint: '/.in-volume/program' };
      await using container = await contract.create(spec);
      await container.copyIn(program, '/.in-volume/program');
      const output = await container.runToEnd({ timeoutMs: 60_000, signal: new AbortController().signal });
      expect(output).toMatchObject({ exitCode: 0, stdout: Buffer.from('ran\n') });
    });
  });
}
