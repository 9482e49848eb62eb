import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyProgram } from '../../../src/check/confinement/every-program.js';
import { runtimeSyscalls } from '../../../src/check/confinement/runtime-syscalls.js';
import { planSeccomp, renderSeccompProfile } from '../../../src/check/confinement/seccomp-profile.js';
import { ofWriters, withFamilies } from '../../../src/check/confinement/syscall-families.js';
import { syscallNames } from '../../../src/trace/syscall-names.js';

const plan = (...traced: readonly string[]) => planSeccomp(traced, [], 'amd64');

/** What a runtime answers a call with under the profile, arguments aside. */
function answerTo(name: string, { profile }: ReturnType<typeof planSeccomp>): 'allowed' | number {
  const rule = profile.syscalls.find(({ names }) => names.includes(name));
  if (rule === undefined) return profile.defaultErrnoRet;
  return rule.action === 'SCMP_ACT_ALLOW' ? 'allowed' : (rule.errnoRet ?? 1);
}

const EPERM = 1;
const ENOSYS = 38;

describe('a seccomp profile', () => {
  test('allows what stands in for a traced call: the server that accepted by accept4 may accept', () => {
    const profile = plan('accept4', 'epoll_wait', 'sendto');
    for (const name of ['accept', 'epoll_pwait2', 'epoll_pwait', 'sendmsg', 'recvmmsg_time64'])
      expect(answerTo(name, profile), name).toBe('allowed');
    expect(answerTo('accept', plan('epoll_wait')), 'nobody accepted').toBe(EPERM);
  });

  test.each(['read', 'futex', 'execve', 'capset', 'setgroups', 'rt_sigreturn', 'prctl', 'getdents64', 'exit_group'])(
    'allows %s with nothing traced: the C library or the runtime needs it',
    (name) => {
      expect(answerTo(name, plan())).toBe('allowed');
    },
  );

  test('answers EPERM to what is outside it, and ENOSYS where programs fall back on that', () => {
    const profile = plan('openat');
    for (const name of ['chroot', 'ptrace', 'mknod', 'keyctl', 'mount'])
      expect(answerTo(name, profile), name).toBe(EPERM);
    for (const name of [
      'memfd_create',
      'copy_file_range',
      'fchmodat2',
      'io_uring_setup',
      'mseal',
      'clone3',
      'statmount',
    ])
      expect(answerTo(name, profile), name).toBe(ENOSYS);
    expect(answerTo('a_call_of_linux_9', profile)).toBe(ENOSYS);
  });

  test.each([
    'unshare',
    'mount',
    'bpf',
    'setns',
    'keyctl',
    'io_uring_setup',
    'init_module',
    'open_by_handle_at',
    'mbind',
  ])('allows no %s though it was traced: without the capabilities of the trace Docker refuses it', (name) => {
    const profile = plan(name);
    expect(answerTo(name, profile)).not.toBe('allowed');
    expect(profile.refused).toEqual([name]);
  });

  test('lets clone make processes and threads, no namespaces', () => {
    const rule = plan().profile.syscalls.find(({ names }) => names.includes('clone'));
    expect(rule).toEqual({
      names: ['clone'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
    });
  });

  test('says what it could not name, and is whole without it', () => {
    const profile = plan('x86_64:511', 'chroot');
    expect(profile.refused).toEqual(['x86_64:511']);
    expect(renderSeccompProfile(profile.profile)).not.toContain('511');
    expect(answerTo('chroot', profile)).toBe('allowed');
  });

  test('judges every call that is known, each by one answer', () => {
    fc.assert(
      fc.property(fc.subarray([...syscallNames]), fc.constantFrom('amd64', 'arm64'), (traced, architecture) => {
        const { profile } = planSeccomp(traced, [], architecture);
        const named = profile.syscalls.flatMap(({ names, action }) => names.map((name) => `${name} ${action}`));
        const judged = new Set(named.map((text) => text.split(' ')[0]));
        expect(syscallNames.filter((name) => !judged.has(name))).toEqual([]);
        expect(new Set(named).size).toBe(judged.size);
      }),
      { numRuns: 50 },
    );
  });

  test('more traced, nothing taken away; the order is nothing', () => {
    fc.assert(
      fc.property(fc.subarray([...syscallNames]), fc.subarray([...syscallNames]), (some, more) => {
        const less = planSeccomp(some, [], 'amd64');
        const all = planSeccomp([...some, ...more], [], 'amd64');
        expect(
          syscallNames.filter((name) => answerTo(name, less) === 'allowed' && answerTo(name, all) !== 'allowed'),
        ).toEqual([]);
        expect(renderSeccompProfile(planSeccomp([...more, ...some].reverse(), [], 'amd64').profile)).toBe(
          renderSeccompProfile(all.profile),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('knows the machine’s own table and those that it runs besides', () => {
    expect(planSeccomp([], [], 'arm64').profile.architectures).toEqual(['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']);
    expect(answerTo('set_tls', planSeccomp([], [], 'arm64'))).toBe('allowed');
    expect(plan().profile.architectures).toContain('SCMP_ARCH_X86');
  });

  test('its lists name calls that there are', () => {
    const known = new Set(syscallNames);
    const named = [...everyProgram, ...runtimeSyscalls, ...ofWriters, ...withFamilies(syscallNames)];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('allows all that a full trace doesn’t look for', () => {
    const text = readFileSync(new URL('../../../src/agent/native/unwatched.def', import.meta.url), 'utf8');
    const unwatched = [...text.matchAll(/^UNWATCHED\((\w+)/gm)].map(([, name = '']) => name);
    expect([...everyProgram].sort()).toEqual(unwatched.sort());
  });
});
