import { decodePathBytes } from '../image/path.js';
import { type ElfFile, offsetOfAddress, openElf, type ReadBytes, segmentType, tag, viewOf, word } from './elf-file.js';

/** Bounds that real files stay under (the largest seen have some 100,000 symbols): hostile ones cost some megabytes. */
const maxSymbols = 1_000_000;
const maxStringTableBytes = 64 * 1024 * 1024;
const maxBuckets = 1_000_000;
const maxNameBytes = 4096;

/**
 * The names of the symbols that an ELF file takes from other objects: the undefined ones of its dynamic symbol table
 * (System V gABI, chapters 4 and 5). Empty for anything else; damaged parts count as absent; it never throws.
 */
export function parseElfImports(read: ReadBytes): ReadonlySet<string> {
  const imports = new Set<string>();
  const file = openElf(read);
  if (file === undefined) return imports;
  const { isLittle, is64 } = file.layout;
  const strings = stringTable(file);
  const symbols = symbolTable(file);
  const symbolBytes = is64 ? 24 : 16;
  for (let at = symbolBytes; at + symbolBytes <= symbols.byteLength; at += symbolBytes) {
    if (symbols.getUint16(at + (is64 ? 6 : 14), isLittle) !== 0) continue;
    const nameAt = symbols.getUint32(at, isLittle);
    const end = nameAt === 0 || nameAt >= strings.length ? -1 : strings.indexOf(0, nameAt);
    if (end <= nameAt || end - nameAt > maxNameBytes) continue;
    imports.add(decodePathBytes(strings.subarray(nameAt, end)));
  }
  return imports;
}

function stringTable({ read, segments, dynamic }: ElfFile): Uint8Array {
  const offset = offsetOfAddress(segments, dynamicValue(dynamic, tag.stringTable));
  const length = dynamicValue(dynamic, tag.stringTableBytes);
  if (offset === undefined || length === undefined) return new Uint8Array();
  return read(offset, Math.min(length, maxStringTableBytes));
}

function symbolTable(file: ElfFile): DataView {
  const { read, segments, dynamic, layout } = file;
  const address = dynamicValue(dynamic, tag.symbolTable);
  const offset = offsetOfAddress(segments, address);
  if (address === undefined || offset === undefined) return viewOf(new Uint8Array());
  const symbolBytes = layout.is64 ? 24 : 16;
  const count = symbolCount(file) ?? Math.floor((nextTable(file, address) - address) / symbolBytes);
  return viewOf(read(offset, Math.min(count, maxSymbols) * symbolBytes));
}

/** The table doesn't say how long it is; the hash tables over it do. Undefined when neither does. */
function symbolCount(file: ElfFile): number | undefined {
  return countOfHash(file) ?? countOfGnuHash(file);
}

/** DT_HASH has one chain entry for each symbol. On 64-bit s390 and Alpha its words have eight bytes. */
function countOfHash({ read, segments, dynamic, layout, machine }: ElfFile): number | undefined {
  const offset = offsetOfAddress(segments, dynamicValue(dynamic, tag.hash));
  if (offset === undefined) return undefined;
  const hasWideWords = layout.is64 && (machine === 22 || machine === 0x9026);
  const table = viewOf(read(offset, 16));
  if (table.byteLength < 16) return undefined;
  return hasWideWords ? word(table, 8, layout) : table.getUint32(4, layout.isLittle);
}

/** DT_GNU_HASH sorts symbols by bucket: the last one is at the end of the chain that begins last. */
function countOfGnuHash({ read, segments, dynamic, layout }: ElfFile): number | undefined {
  const offset = offsetOfAddress(segments, dynamicValue(dynamic, tag.gnuHash));
  if (offset === undefined) return undefined;
  const { isLittle, is64 } = layout;
  const header = viewOf(read(offset, 16));
  if (header.byteLength < 16) return undefined;
  const bucketCount = Math.min(header.getUint32(0, isLittle), maxBuckets);
  const firstHashed = header.getUint32(4, isLittle);
  const bucketsAt = offset + 16 + header.getUint32(8, isLittle) * (is64 ? 8 : 4);
  const buckets = viewOf(read(bucketsAt, bucketCount * 4));
  let last = 0;
  for (let at = 0; at + 4 <= buckets.byteLength; at += 4) last = Math.max(last, buckets.getUint32(at, isLittle));
  // An empty table says nothing: linkers then write 1 as the first symbol, whatever there is.
  if (last === 0 || last < firstHashed) return undefined;
  const chainAt = bucketsAt + bucketCount * 4 + (last - firstHashed) * 4;
  const chain = viewOf(read(chainAt, 65_536));
  for (let at = 0; at + 4 <= chain.byteLength; at += 4) {
    if (chain.getUint32(at, isLittle) % 2 === 1) return last + at / 4 + 1;
  }
  return undefined;
}

/** Where the symbol table surely ends: at the next thing in memory that the dynamic section points to. */
function nextTable({ segments, dynamic }: ElfFile, address: number): number {
  const segment = segments.find(
    ({ type, address: start, fileSize }) => type === segmentType.load && address >= start && address < start + fileSize,
  );
  const end = segment === undefined ? address : segment.address + segment.fileSize;
  const isWithin = (value: number): boolean => value > address && value < end;
  return Math.min(end, ...addressTags.flatMap((wanted) => dynamicValue(dynamic, wanted) ?? []).filter(isWithin));
}

/** DT_* whose values are addresses of tables beside the symbol table: strings, hashes, relocations, versions. */
const addressTags = [tag.hash, tag.stringTable, tag.gnuHash, 7, 17, 23, 0x6ffffff0, 0x6ffffffc, 0x6ffffffe];

function dynamicValue(dynamic: ElfFile['dynamic'], wanted: number): number | undefined {
  return dynamic.find((entry) => entry.tag === wanted)?.value;
}
