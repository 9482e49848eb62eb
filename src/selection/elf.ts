// placeholder types: the parser follows
export interface ElfFacts {
  readonly elfClass: 32 | 64;
  /** e_machine (elf(5)): 62 x86-64, 183 AArch64, 3 i386 ... */
  readonly machine: number;
  /** PT_INTERP, e.g. `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter: string | undefined;
  readonly soname: string | undefined;
  readonly needed: readonly string[];
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
}
