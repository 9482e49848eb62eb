import { offsetOfAddress, openElf, type ReadBytes, readString, segmentType, tag } from './elf-file.js';

/**
 * What the kernel and the dynamic linker read of an ELF file to find its interpreter and libraries (elf(5), the System
 * V gABI chapters 4 and 5). Section headers are not looked at: stripped files may lack them, the loader ignores them.
 */
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
  /** DF_1_NODEFLIB: the loader doesn't look in the default directories. */
  readonly hasNoDefaultLibraries: boolean;
}

const noDefaultLibraries = 0x800;
/** No real file comes near it. */
const maxNeeded = 2048;

/** Reads the facts of an ELF file, or undefined when it isn't one. Damaged parts count as absent; it never throws. */
export function parseElf(readAnything: ReadBytes): ElfFacts | undefined {
  const file = openElf(readAnything);
  if (file === undefined) return undefined;
  const { read, layout, machine, segments, dynamic } = file;
  const stringTable = offsetOfAddress(segments, dynamic.find((entry) => entry.tag === tag.stringTable)?.value);
  const strings = (wanted: number): string[] =>
    dynamic
      .filter((entry) => entry.tag === wanted)
      .slice(0, maxNeeded)
      .map((entry) => (stringTable === undefined ? '' : readString(read, stringTable + entry.value)))
      .filter((text) => text !== '');
  const interpreter = segments.find((segment) => segment.type === segmentType.interpreter);
  return {
    elfClass: layout.is64 ? 64 : 32,
    machine,
    interpreter: interpreter === undefined ? undefined : readString(read, interpreter.offset) || undefined,
    soname: strings(tag.soname)[0],
    needed: [...new Set(strings(tag.needed))],
    rpath: splitSearchPath(strings(tag.rpath)[0]),
    runpath: splitSearchPath(strings(tag.runpath)[0]),
    hasNoDefaultLibraries: dynamic.some(
      (entry) => entry.tag === tag.flags1 && Math.floor(entry.value / noDefaultLibraries) % 2 === 1,
    ),
  };
}

function splitSearchPath(text: string | undefined): readonly string[] {
  return (text ?? '').split(':').filter((directory) => directory !== '');
}
