/** What a made-up ELF file says; defaults: 64-bit little-endian x86-64 without anything. */
export interface ElfToWrite {
  readonly elfClass?: 32 | 64;
  readonly isBigEndian?: boolean;
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly flags1?: number;
  /** Symbols it takes from others. */
  readonly imports?: readonly string[];
  /** Symbols it defines itself, after those. */
  readonly exports?: readonly string[];
  /** Texts in its data. */
  readonly names?: readonly string[];
}

/** The smallest file the loader would take seriously: header, PT_LOAD, PT_INTERP, PT_DYNAMIC, strings. */
export function writeElf(elf: ElfToWrite): Buffer {
  const is64 = (elf.elfClass ?? 64) === 64;
  const isLittle = elf.isBigEndian !== true;
  const [headerBytes, segmentBytes, wordBytes] = is64 ? [64, 56, 8] : [52, 32, 4];
  const strings = new Strings();
  const dynamic = dynamicEntries(elf, strings);
  const interpreter = Buffer.from(elf.interpreter === undefined ? '' : `${elf.interpreter}\0`);
  const segmentCount = elf.interpreter === undefined ? 2 : 3;
  const dynamicAt = headerBytes + segmentBytes * segmentCount;
  const symbols = symbolTable(elf, strings, { is64, isLittle });
  const dynamicBytes = (dynamic.length + 5) * 2 * wordBytes;
  const stringsAt = dynamicAt + dynamicBytes;
  const interpreterAt = stringsAt + strings.bytes.length;
  const symbolsAt = interpreterAt + interpreter.length;
  const hashAt = symbolsAt + symbols.length;
  const hash = Buffer.alloc(16);
  const data = Buffer.from(`\0${(elf.names ?? []).join('\0')}\0`);
  const dataAt = hashAt + hash.length;
  const size = dataAt + data.length;
  const out = Buffer.alloc(size);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const word = (at: number, value: number): void =>
    is64 ? view.setBigUint64(at, BigInt(value), isLittle) : view.setUint32(at, value, isLittle);
  out.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isLittle ? 1 : 2, 1]);
  view.setUint16(16, 3, isLittle);
  view.setUint16(18, elf.machine ?? 62, isLittle);
  word(is64 ? 32 : 28, headerBytes);
  view.setUint16(is64 ? 54 : 42, segmentBytes, isLittle);
  view.setUint16(is64 ? 56 : 44, segmentCount, isLittle);
  // Addresses are file offsets plus a base, so that a reader which takes one for the other is found out.
  const base = 0x10000;
  const segments = [
    { type: 1, at: 0, length: size },
    { type: 2, at: dynamicAt, length: dynamicBytes },
    { type: 3, at: interpreterAt, length: interpreter.length },
  ].slice(0, segmentCount);
  segments.forEach(({ type, at, length }, index) => {
    const start = headerBytes + segmentBytes * index;
    view.setUint32(start, type, isLittle);
    word(start + (is64 ? 8 : 4), at);
    word(start + (is64 ? 16 : 8), at + base);
    word(start + (is64 ? 32 : 16), length);
  });
  // DT_HASH tells how many symbols there are, in its second word.
  hash[isLittle ? 4 : 7] = symbols.length / (is64 ? 24 : 16);
  const tables = [
    { tag: 5, value: stringsAt + base },
    { tag: 10, value: strings.bytes.length },
    { tag: 6, value: symbolsAt + base },
    { tag: 4, value: hashAt + base },
    { tag: 0, value: 0 },
  ];
  [...dynamic, ...tables].forEach(({ tag, value }, index) => {
    word(dynamicAt + index * 2 * wordBytes, tag);
    word(dynamicAt + (index * 2 + 1) * wordBytes, value);
  });
  out.set(strings.bytes, stringsAt);
  out.set(interpreter, interpreterAt);
  out.set(symbols, symbolsAt);
  out.set(hash, hashAt);
  out.set(data, dataAt);
  return out;
}

function dynamicEntries(elf: ElfToWrite, strings: Strings): { tag: number; value: number }[] {
  const entries = (elf.needed ?? []).map((name) => ({ tag: 1, value: strings.add(name) }));
  if (elf.soname !== undefined) entries.push({ tag: 14, value: strings.add(elf.soname) });
  if (elf.rpath !== undefined) entries.push({ tag: 15, value: strings.add(elf.rpath) });
  if (elf.runpath !== undefined) entries.push({ tag: 29, value: strings.add(elf.runpath) });
  if (elf.flags1 !== undefined) entries.push({ tag: 0x6ffffffb, value: elf.flags1 });
  return entries;
}

/** Elf64_Sym or Elf32_Sym: where the name is, and st_shndx, 0 for what is taken from others. */
function symbolTable(elf: ElfToWrite, strings: Strings, layout: { is64: boolean; isLittle: boolean }): Buffer {
  const { is64, isLittle } = layout;
  const names = [undefined, ...(elf.imports ?? []), ...(elf.exports ?? [])];
  const bytes = is64 ? 24 : 16;
  const table = Buffer.alloc(names.length * bytes);
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  names.forEach((name, index) => {
    if (name === undefined) return;
    view.setUint32(index * bytes, strings.add(name), isLittle);
    const isImport = index <= (elf.imports ?? []).length;
    view.setUint16(index * bytes + (is64 ? 6 : 14), isImport ? 0 : 1, isLittle);
  });
  return table;
}

class Strings {
  bytes = Buffer.from('\0');

  add(text: string): number {
    const at = this.bytes.length;
    this.bytes = Buffer.concat([this.bytes, Buffer.from(`${text}\0`)]);
    return at;
  }
}
