import numbers from './syscall-numbers.json' with { type: 'json' };

/** The tables a program may call by, in the order of syscall-numbers.json's columns. */
const architectures = ['x86_64', 'i386', 'aarch64'] as const;

type SyscallArchitecture = (typeof architectures)[number];

/**
 * Every system call by name, with its numbers, -1 where there is none: Linux's own tables (arch/x86/entry/syscalls/
 * syscall_64.tbl and syscall_32.tbl, scripts/syscall.tbl) as of 6.17.
 */
const table = numbers as Readonly<Record<string, readonly number[]>>;

/** All names, sorted. */
export const syscallNames: readonly string[] = Object.keys(table).sort();

const names = architectures.map(
  (_, column) => new Map(Object.entries(table).map(([name, columns]) => [columns[column] ?? -1, name])),
);

export function isSyscallArchitecture(text: string): text is SyscallArchitecture {
  return (architectures as readonly string[]).includes(text);
}

/** The call's name, or `ARCHITECTURE:NUMBER` for one that is newer than our table. */
export function nameSyscall(architecture: SyscallArchitecture, number: number): string {
  return names[architectures.indexOf(architecture)]?.get(number) ?? `${architecture}:${number}`;
}

/** The number on x86-64 and arm64, where they agree from 424 on (Linux 5.1); -1 where neither has the call. */
export function syscallNumber(name: string): number {
  const [x86 = -1, , arm = -1] = table[name] ?? [];
  return Math.max(x86, arm);
}
