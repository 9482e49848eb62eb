import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  compileProgram,
  freestanding,
  missingPrerequisite,
  nativeSources,
  openScratch,
  runTraced,
} from './agent-bench.ts';

const missing = missingPrerequisite('strace', 'gcc', 'python3');

/** Names of calls that a full trace lets pass. */
const unwatched = new Set(
  [...readFileSync(join(nativeSources, 'unwatched.def'), 'utf8').matchAll(/^UNWATCHED\((\w+)/gm)].map(
    ([, name]) => name,
  ),
);

const program = `
import os, select, signal, socket, subprocess, threading
a, b = socket.socketpair()
threads = [threading.Thread(target=lambda: (a.sendall(b'x'), b.recv(1))) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
subprocess.run(['true'])
os.sched_getaffinity(0); os.getpriority(os.PRIO_PROCESS, 0); os.memfd_create('m'); os.umask(0o22)
p = select.epoll(); p.register(a.fileno()); p.poll(0)
signal.alarm(0)
`;

/** A signal whose handler has no SA_RESTART, again and again, while calls are made that programs don't expect to fail with EINTR. */
const underSignals = `
import os, signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.siginterrupt(signal.SIGALRM, True)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for _ in range(3000):
    r, w = os.pipe(); os.lseek(os.open('/dev/null', 0), 0, 0); os.dup2(r, w); os.closerange(3, 20)
signal.setitimer(signal.ITIMER_REAL, 0)
print('whole')
`;

describe.skipIf(missing)(`a full trace (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());
  const trace = (
    command: readonly string[],
    mode: 'init' | 'exec' = 'init',
    options: readonly string[] = ['--syscalls'],
  ) => runTraced(command, { directory: scratch.path, mode, options });

  it.each(['init', 'exec'] as const)(
    'records every call that strace shows, of all threads and children (%s)',
    (mode) => {
      const log = join(scratch.path, `${mode}.log`);
      const strace = ['strace', '-f', '-qq', '-e', 'signal=none', '-o', log, '--', 'python3', '-c', program];
      const run = trace(['sh', '-c', '"$@"; exit $?', 'sh', ...strace], mode);
      expect(run).toMatchObject({ code: 0, stderr: '', records: { state: 'ok', lost: [] } });
      const shown = new Set(
        [...readFileSync(log, 'latin1').matchAll(/^\d+ +(?:<\.\.\. )?(\w+)[( ]/gm)].map(([, name]) => name),
      );
      expect(shown.size).toBeGreaterThan(30);
      const recorded = new Set(run.records.syscalls.map(nameOf));
      expect([...shown].filter((name = '') => !recorded.has(name) && !unwatched.has(name))).toEqual([]);
      expect(recorded).toContain('memfd_create');
    },
  );

  it('holds each call once, and none without being asked', () => {
    const { syscalls } = trace(['sh', '-c', 'for i in 1 2 3; do umask; done']).records;
    expect(new Set(syscalls).size).toBe(syscalls.length);
    expect(trace(['true'], 'init', []).records.syscalls).toEqual([]);
  });

  it('tells nothing of what the tracer itself does before the program begins', () => {
    const recorded = trace(['true']).records.syscalls.map(nameOf);
    expect(recorded).toContain('execve');
    for (const own of ['sendmsg', 'recvmsg', 'setgroups', 'capset']) expect(recorded).not.toContain(own);
  });

  it('breaks no call with a signal that comes while it waits for the supervisor', () => {
    expect(trace(['python3', '-c', underSignals])).toMatchObject({ code: 0, stdout: 'whole\n', stderr: '' });
    const forks =
      'i=0; trap "n=1" CHLD USR1; while [ $i -lt 200 ]; do (exit 0) & i=$((i+1)); kill -USR1 $$; done; wait; wait';
    expect(trace(['sh', '-c', forks])).toMatchObject({ stderr: '' });
  });

  it.skipIf(process.arch !== 'x64')('tells the calls of a 32-bit program apart', () => {
    const calls = compileProgram('calls', scratch.path, ['-m32', '-I/usr/include/x86_64-linux-gnu', ...freestanding]);
    expect(trace([calls]).records.syscalls.filter((call) => call.startsWith('i386 ')).length).toBeGreaterThan(20);
  });
});

/** A recorded call by name. */
function nameOf(call: string): string {
  return table.get(call) ?? call;
}

const table = new Map(
  Object.entries(
    JSON.parse(readFileSync(join(nativeSources, '../../trace/syscall-numbers.json'), 'utf8')) as Record<
      string,
      number[]
    >,
  ).flatMap(([name, [x86, , arm]]) => [
    [`x86_64 ${x86}`, name],
    [`aarch64 ${arm}`, name],
  ]),
);
