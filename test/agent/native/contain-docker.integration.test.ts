import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPrerequisite, openScratch } from './agent-bench.ts';
import { type Mode, makeTree, modes, script } from './contain-bench.ts';

const missing =
  missingPrerequisite('busybox', 'docker') ??
  (spawnSync('docker', ['info']).status === 0 ? undefined : missingPrerequisite('docker-info'));
const image = `slimtrace-test/contain:${process.pid}`;

describe.skipIf(missing)(`a container is what Docker would make of the same tree (${missing ?? 'docker'})`, () => {
  const scratch = openScratch();
  const [all, none] = modes;
  if (!all || !none) throw new Error('no modes');
  let root = '';
  beforeAll(() => {
    root = makeTree(join(scratch.path, 'root'), all);
    execFileSync('sh', ['-c', `tar -C ${root} -c . | docker import - ${image}`]);
  });
  afterAll(() => {
    spawnSync('docker', ['rmi', '-f', image]);
    scratch[Symbol.dispose]();
  });

  const inDocker = (text: string, user: string) => {
    const options = ['--rm', '--network', 'none', '--hostname', 'box', '--user', user, '--env', 'PATH=/bin'];
    return execFileSync('docker', ['run', ...options, image, 'sh', '-c', text], { encoding: 'utf8' });
  };
  const inOurs = (mode: Mode, text: string, user: string) =>
    script(text, { mode, root, options: ['--hostname', 'box', '--user', user, '--set-home', '--env', 'HOSTNAME=box'] });

  const fields = 'Umask|Uid|Gid|Groups|NSsid|Cap...|NoNewPrivs|Seccomp|Seccomp_filters|SigBlk|SigIgn|SigCgt|SigPnd';
  const described = 'while read f; do stat -c "%n %F %a %t:%T %u:%g" "$f"; readlink "$f"; done';
  /** What both must agree on, by what a shell script says of it. */
  const questions: Record<string, string> = {
    'rights of the first process': `grep -E '^(${fields}):' /proc/1/status`,
    environment: 'env | sort',
    devices: `find /dev | sort | ${described}`,
    'room in /dev/shm and /dev': 'df -k /dev/shm /dev | awk "{print \\$2, \\$6}"',
    'options of the mounts everybody has': `awk '$2 ~ "^/(proc|sys|dev/pts|dev/shm|dev/mqueue)$" {print $1, $2, $3, $4}' /proc/mounts | sort`,
    'read-only parts of /proc': `awk '$2 ~ "^/proc/(bus|fs|irq|sys|sysrq-trigger)" && $4 ~ "^ro," {print $2}' /proc/mounts | sort`,
    'empty parts of /proc and /sys':
      'for f in acpi asound kcore keys latency_stats timer_list timer_stats sched_debug scsi; do echo $f $(ls /proc/$f 2>/dev/null) $(cat /proc/$f 2>/dev/null | wc -c); done; ls /sys/firmware',
    'names in /proc': 'ls /proc | grep -v "^[0-9]"',
    'names in /sys': 'ls /sys',
    network: 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range; ls /sys/class/net',
    'host name': 'hostname; cat /proc/sys/kernel/domainname',
    'working directory and root': 'pwd; stat -c "%a %u:%g" / /proc /sys /dev',
    descriptors: 'ls /proc/$$/fd; readlink /proc/$$/fd/0',
    session: 'cut -d " " -f 5-8 /proc/1/stat',
  };

  describe.each([all, none])('$name', (mode) => {
    it.each(Object.entries(questions))('%s', async (name, text) => {
      for (const user of name.startsWith('rights') ? ['', '0', 'app', '4242:4343'] : ['', 'app']) {
        expect(await inOurs(mode, `${text}; true`, user), `user "${user}"`).toBe(inDocker(`${text}; true`, user));
      }
    });
  });
});
