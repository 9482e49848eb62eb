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

/** A call's numbers; -1 where there is none. */
export function syscallNumbers(name: string): { readonly x86: number; readonly i386: number; readonly arm: number } {
  const [x86 = -1, i386 = -1, arm = -1] = table[name] ?? [];
  return { x86, i386, arm };
}
