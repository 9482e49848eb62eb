import { decodePathBytes } from '../image/path.js';

/** One library as ldconfig found it (glibc, sysdeps/generic/dl-cache.h). */
export interface LdSoCacheEntry {
  /** The name that programs ask for: `libc.so.6`. */
  readonly name: string;
  readonly path: string;
  /** The kind of library; the bits 0xff00 say for which architecture. */
  readonly flags: number;
  /** True: only some CPUs of the architecture use it (a hwcaps directory). */
  readonly isCpuVariant: boolean;
}

const oldMagic = 'ld.so-1.7.0';
const newMagic = 'glibc-ld.so.cache1.1';
const oldHeaderBytes = 16;
const oldEntryBytes = 12;
const newHeaderBytes = 48;
const newEntryBytes = 24;
const maxStringBytes = 4096;

/** Where the parts of one cache are. */
interface Layout {
  readonly entriesAt: number;
  readonly entryBytes: number;
  readonly count: number;
  /** Names and paths are given as offsets from here. */
  readonly stringsAt: number;
  readonly isLittle: boolean;
}

/**
 * The entries of an /etc/ld.so.cache, in its order (the order of preference among equal names). Reads the new format,
 * the new one behind an old one, and the old one alone. What isn't a cache has no entries; damaged ones are left out.
 */
export function parseLdSoCache(bytes: Uint8Array): readonly LdSoCacheEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = findLayout(view, bytes);
  if (layout === undefined) return [];
  const entries: LdSoCacheEntry[] = [];
  for (let index = 0; index < layout.count; index += 1) {
    const at = layout.entriesAt + index * layout.entryBytes;
    if (at + layout.entryBytes > bytes.length) break;
    const name = stringAt(bytes, layout.stringsAt + view.getUint32(at + 4, layout.isLittle));
    const path = stringAt(bytes, layout.stringsAt + view.getUint32(at + 8, layout.isLittle));
    if (name === '' || path === '') continue;
    const isCpuVariant = layout.entryBytes === newEntryBytes && view.getBigUint64(at + 16, layout.isLittle) !== 0n;
    entries.push({ name, path, flags: view.getUint32(at, layout.isLittle), isCpuVariant });
  }
  return entries;
}

function findLayout(view: DataView, bytes: Uint8Array): Layout | undefined {
  if (hasMagic(bytes, 0, newMagic)) return newLayout(view, bytes, 0);
  if (!hasMagic(bytes, 0, oldMagic) || bytes.length < oldHeaderBytes) return undefined;
  const isLittle = looksLittle(view, 12, bytes.length, oldEntryBytes);
  const count = view.getUint32(12, isLittle);
  const end = oldHeaderBytes + count * oldEntryBytes;
  // The new cache begins at its own alignment: 8 on most machines, 4 on some 32-bit ones.
  for (const alignment of [8, 4]) {
    const start = Math.ceil(end / alignment) * alignment;
    if (hasMagic(bytes, start, newMagic)) return newLayout(view, bytes, start);
  }
  return { entriesAt: oldHeaderBytes, entryBytes: oldEntryBytes, count, stringsAt: end, isLittle };
}

function newLayout(view: DataView, bytes: Uint8Array, start: number): Layout | undefined {
  if (start + newHeaderBytes > bytes.length) return undefined;
  const countAt = start + 20;
  // Since glibc 2.33 the header says its byte order: 2 little, 3 big, 0 unknown (dl-cache.h, cache_file_new_flags_endian).
  const declared = view.getUint8(start + 28) & 3;
  const isLittle = declared >= 2 ? declared === 2 : looksLittle(view, countAt, bytes.length, newEntryBytes);
  return {
    entriesAt: start + newHeaderBytes,
    entryBytes: newEntryBytes,
    count: view.getUint32(countAt, isLittle),
    stringsAt: start,
    isLittle,
  };
}

/** A count that would need more entries than the file has bytes was written the other way round. */
function looksLittle(view: DataView, countAt: number, sizeBytes: number, entryBytes: number): boolean {
  return view.getUint32(countAt, true) * entryBytes <= sizeBytes;
}

function hasMagic(bytes: Uint8Array, at: number, magic: string): boolean {
  return Buffer.from(bytes.subarray(at, at + magic.length)).toString('latin1') === magic;
}

function stringAt(bytes: Uint8Array, at: number): string {
  const limited = bytes.subarray(at, at + maxStringBytes);
  const end = limited.indexOf(0);
  return end < 0 ? '' : decodePathBytes(limited.subarray(0, end));
}
