import { decodePathBytes } from '../image/path.js';

/** Bytes `offset` to `offset + length` of a file, fewer (or none) where it ends. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

export interface Layout {
  readonly is64: boolean;
  readonly isLittle: boolean;
}

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

export const segmentType = { load: 1, dynamic: 2, interpreter: 3 } as const;
/** DT_* (elf(5)). */
export const tag = {
  end: 0,
  needed: 1,
  hash: 4,
  stringTable: 5,
  symbolTable: 6,
  stringTableBytes: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
} as const;

/** Bounds that no real file comes near: the reading of a hostile one ends after some megabytes. */
const maxSegments = 1024;
const maxDynamicEntries = 16_384;
const maxStringBytes = 4096;

/** The parts of an ELF file that the loader goes by. */
export interface ElfFile {
  readonly read: ReadBytes;
  readonly layout: Layout;
  readonly machine: number;
  readonly segments: readonly Segment[];
  readonly dynamic: readonly DynamicEntry[];
}

/** Opens an ELF file, or undefined when it isn't one. Damaged parts count as absent; it never throws. */
export function openElf(readAnything: ReadBytes): ElfFile | undefined {
  const read: ReadBytes = (offset, length) =>
    Number.isSafeInteger(offset + length) ? readAnything(offset, length) : new Uint8Array();
  const identification = read(0, 64);
  const layout = parseIdentification(identification);
  if (layout === undefined) return undefined;
  const header = viewOf(identification);
  if (header.byteLength < (layout.is64 ? 64 : 52)) return undefined;
  const segments = readSegments(read, header, layout);
  const dynamic = readDynamic(read, segments, layout);
  return { read, layout, machine: header.getUint16(18, layout.isLittle), segments, dynamic };
}

function parseIdentification(bytes: Uint8Array): Layout | undefined {
  const [m0, m1, m2, m3, elfClass, data] = bytes;
  if (m0 !== 0x7f || m1 !== 0x45 || m2 !== 0x4c || m3 !== 0x46) return undefined;
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) return undefined;
  return { is64: elfClass === 2, isLittle: data === 1 };
}

function readSegments(read: ReadBytes, header: DataView, { is64, isLittle }: Layout): readonly Segment[] {
  const tableOffset = word(header, is64 ? 32 : 28, { is64, isLittle });
  const entrySize = header.getUint16(is64 ? 54 : 42, isLittle);
  const count = Math.min(header.getUint16(is64 ? 56 : 44, isLittle), maxSegments);
  // The kernel refuses any other size (fs/binfmt_elf.c, load_elf_phdrs).
  if (entrySize !== (is64 ? 56 : 32)) return [];
  const table = viewOf(read(tableOffset, entrySize * count));
  const segments: Segment[] = [];
  for (let at = 0; at + entrySize <= table.byteLength; at += entrySize) {
    segments.push({
      type: table.getUint32(at, isLittle),
      offset: word(table, at + (is64 ? 8 : 4), { is64, isLittle }),
      address: word(table, at + (is64 ? 16 : 8), { is64, isLittle }),
      fileSize: word(table, at + (is64 ? 32 : 16), { is64, isLittle }),
    });
  }
  return segments;
}

function readDynamic(read: ReadBytes, segments: readonly Segment[], layout: Layout): readonly DynamicEntry[] {
  const segment = segments.find((candidate) => candidate.type === segmentType.dynamic);
  if (segment === undefined) return [];
  const wordSize = layout.is64 ? 8 : 4;
  const table = viewOf(read(segment.offset, Math.min(segment.fileSize, maxDynamicEntries * wordSize * 2)));
  const entries: DynamicEntry[] = [];
  for (let at = 0; at + wordSize * 2 <= table.byteLength; at += wordSize * 2) {
    const entry = { tag: word(table, at, layout), value: word(table, at + wordSize, layout) };
    if (entry.tag === tag.end) break;
    entries.push(entry);
  }
  return entries;
}

/** Where in the file the byte is that gets mapped at a virtual address. */
export function offsetOfAddress(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  const segment = segments.find(
    ({ type, address: start, fileSize }) => type === segmentType.load && address >= start && address < start + fileSize,
  );
  return segment === undefined ? undefined : segment.offset + (address - segment.address);
}

/** A NUL-terminated string; empty when none ends within a path's length. */
export function readString(read: ReadBytes, offset: number): string {
  for (const length of [256, maxStringBytes]) {
    const bytes = read(offset, length);
    const end = bytes.indexOf(0);
    if (end >= 0) return decodePathBytes(bytes.subarray(0, end));
  }
  return '';
}

/** An address or offset. Those beyond 2^53 lose precision and so lead nowhere, as they would in any real file. */
export function word(view: DataView, at: number, { is64, isLittle }: Layout): number {
  if (!is64) return view.getUint32(at, isLittle);
  const [low, high] = [
    view.getUint32(at + (isLittle ? 0 : 4), isLittle),
    view.getUint32(at + (isLittle ? 4 : 0), isLittle),
  ];
  return high * 2 ** 32 + low;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
