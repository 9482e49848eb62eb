import { readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openScratch } from '../support/run-docker.ts';
import type { Contract } from './contract.ts';

/** Containers see neither each other nor the host. */
export function describeIsolation(contract: Contract): void {
  describe('isolation', () => {
    test('two containers of one image at once share no file, and leave the image as it was', async () => {
      const command = ['sleep', '600'];
      await using one = await contract.start({ command });
      await using other = await contract.start({ command });
      await one.exec(['sh', '-c', 'echo one >/tmp/own; echo changed >/etc/not-executable; rm /bin/ls']);
      const seen = await other.exec(['sh', '-c', 'ls /tmp; cat /etc/not-executable']);
      expect(seen.stdout.toString('utf8')).toBe('not a program\n');
      expect(await contract.print('ls /tmp; cat /etc/not-executable')).toBe('not a program\n');
    });

    test('no file, process or name of the host', async () => {
      await using scratch = await openScratch();
      await writeFile(join(scratch.path, 'marker'), '');
      const line = `test ! -e ${scratch.path}/marker && hostname && ls -d /proc/[0-9]* | wc -l`;
      const [name, processes] = (await contract.print(line)).split('\n');
      expect(name).not.toBe(hostname());
      expect(Number(processes)).toBeLessThanOrEqual(4);
    });

    test.each(['pid', 'mnt', 'uts', 'ipc', 'net'])('a %s namespace of its own', async (namespace) => {
      const inside = (await contract.print(`readlink /proc/self/ns/${namespace}`)).trim();
      expect(inside).toMatch(new RegExp(`^${namespace}:\\[\\d+\\]$`));
      expect(inside).not.toBe(readlinkSync(`/proc/self/ns/${namespace}`));
    });

    test('devices: the harmless ones, and none that could be made', async () => {
      const line =
        'for d in null zero full random urandom tty; do test -c /dev/$d || echo "no $d"; done; echo x >/dev/null; ls -d /dev/[vsh]d[a-z]* /dev/mem /dev/kmsg 2>/dev/null; :';
      expect(await contract.print(line)).toBe('');
      expect(
        await contract.print(
          'readlink /dev/stdin; readlink /dev/fd; test -d /dev/shm && test -c /dev/ptmx && echo all',
        ),
      ).toBe('/proc/self/fd/0\n/proc/self/fd\nall\n');
      expect(await contract.print('mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk; :')).toBe('');
    });

    test('/sys and the kernel’s settings can’t be written', async () => {
      const line =
        'for f in /proc/sys/kernel/hostname /proc/sysrq-trigger /sys/power/state; do ( echo x >$f ) 2>/dev/null && echo "wrote $f"; done; mkdir /sys/new 2>/dev/null && echo made; :';
      expect(await contract.print(line)).toBe('');
    });
  });
}
