import type { ElfFacts } from './elf.js';

/** The kind of code an ELF file holds: two files fit together only when both agree. */
export type ElfKind = Pick<ElfFacts, 'elfClass' | 'machine'>;

/** How distributions and glibc name one kind of machine code. */
interface Machine {
  /** Directories below /lib and /usr/lib (Debian's multiarch tuples). */
  readonly multiarch: readonly string[];
  /** Directories beside `lib` at the root and in /usr that hold only this kind (the FHS's lib<qual>). */
  readonly qualified: readonly string[];
  /** What $PLATFORM stands for (AT_PLATFORM). */
  readonly platform: string;
  /** The architecture bits (mask 0xff00) of ld.so.cache entries (glibc, sysdeps/generic/ldconfig.h). */
  readonly cacheFlags: readonly number[];
}

/** By e_machine and class, as `62/64`. */
const machines: Readonly<Record<string, Machine>> = {
  '62/64': { multiarch: ['x86_64-linux-gnu'], qualified: ['lib64'], platform: 'x86_64', cacheFlags: [0x300] },
  '62/32': { multiarch: ['x86_64-linux-gnux32'], qualified: ['libx32'], platform: 'x86_64', cacheFlags: [0x800] },
  '3/32': { multiarch: ['i386-linux-gnu'], qualified: ['lib32'], platform: 'i686', cacheFlags: [0] },
  '183/64': { multiarch: ['aarch64-linux-gnu'], qualified: ['lib64'], platform: 'aarch64', cacheFlags: [0xa00] },
  '40/32': {
    multiarch: ['arm-linux-gnueabihf', 'arm-linux-gnueabi'],
    qualified: [],
    platform: 'v7l',
    cacheFlags: [0x900, 0xb00, 0],
  },
  '21/64': {
    multiarch: ['powerpc64le-linux-gnu', 'powerpc64-linux-gnu'],
    qualified: ['lib64'],
    platform: 'power8',
    cacheFlags: [0x500],
  },
  '22/64': { multiarch: ['s390x-linux-gnu'], qualified: ['lib64'], platform: 'z13', cacheFlags: [0x400] },
  '243/64': { multiarch: ['riscv64-linux-gnu'], qualified: ['lib64'], platform: '', cacheFlags: [0xf00, 0x1000] },
  '258/64': { multiarch: ['loongarch64-linux-gnu'], qualified: ['lib64'], platform: '', cacheFlags: [0x1100, 0x1200] },
};

const machineOf = ({ machine, elfClass }: ElfKind): Machine | undefined => machines[`${machine}/${elfClass}`];

/** True when the loader of one would load the other. */
export function isSameKind(left: ElfKind, right: ElfKind): boolean {
  return left.machine === right.machine && left.elfClass === right.elfClass;
}

/** True when an ld.so.cache entry with these flags is for this kind; unknown machines are given the benefit of the doubt. */
export function fitsCacheFlags(kind: ElfKind, flags: number): boolean {
  const machine = machineOf(kind);
  return machine === undefined || machine.cacheFlags.includes(flags & 0xff00);
}

/** The directories that hold libraries of this kind only: a file found there needs no second look. */
export function ownLibraryDirectories(kind: ElfKind): readonly string[] {
  const machine = machineOf(kind);
  if (machine === undefined) return [];
  return [
    ...machine.multiarch.flatMap((tuple) => [`/lib/${tuple}`, `/usr/lib/${tuple}`]),
    ...machine.qualified.flatMap((name) => [`/${name}`, `/usr/${name}`]),
  ];
}

/** What `$LIB` can stand for: it depends on how the distribution built its glibc. */
export function expansionsOfLib(kind: ElfKind): readonly string[] {
  const machine = machineOf(kind);
  return [...(machine?.multiarch ?? []).map((tuple) => `lib/${tuple}`), ...(machine?.qualified ?? []), 'lib'];
}

/** What `$PLATFORM` stands for. */
export function expansionOfPlatform(kind: ElfKind): string {
  return machineOf(kind)?.platform ?? '';
}
