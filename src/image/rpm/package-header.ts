import { decodePathBytes } from '../path.js';
import { DamagedDatabase } from './database-bytes.js';

/** What an installed package's header says of its files. */
export interface PackageHeader {
  readonly name: string;
  readonly version: string | undefined;
  readonly release: string | undefined;
  readonly epoch: number | undefined;
  readonly architecture: string | undefined;
  readonly license: string | undefined;
  /** The file name of the source package. */
  readonly sourceRpm: string | undefined;
  /** Absolute names, directories too; made as they are taken, since there may be a great many. */
  readonly files: Iterable<string>;
  /** Characters of all names together. */
  readonly namesLength: number;
}

/** rpm's tag numbers and types (rpmtag.h). */
const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  license: 1014,
  architecture: 1022,
  sourceRpm: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
};
const types = { int32: 4, string: 6, stringArray: 8 };
const entryBytes = 16;
/** PATH_MAX of Linux: nothing longer can be named. */
const maxPathLength = 4096;
/** So many files has no package. */
const maxStrings = 4_000_000;

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/**
 * Parses a header as it is in rpm's databases: the number of index entries, the length of the data, the entries (tag,
 * type, offset, count), the data; all big-endian (rpm's docs/manual/hregions.md, format_v4.md). A package without files has no
 * tags for them. Throws DamagedDatabase.
 */
export function parsePackageHeader(blob: Uint8Array): PackageHeader {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  if (blob.length < 8) throw new DamagedDatabase('a package has no header');
  const count = view.getUint32(0);
  const dataBytes = view.getUint32(4);
  const dataAt = 8 + count * entryBytes;
  if (dataAt + dataBytes > blob.length) throw new DamagedDatabase("a package's header is cut off");
  const entries = new Map<number, Entry>();
  for (let at = 8; at < dataAt; at += entryBytes) {
    const entry = { type: view.getUint32(at + 4), offset: view.getUint32(at + 8), count: view.getUint32(at + 12) };
    if (!entries.has(view.getUint32(at))) entries.set(view.getUint32(at), entry);
  }
  const data = blob.subarray(dataAt, dataAt + dataBytes);
  const [name] = readStrings(data, entries.get(tags.name), types.string);
  if (name === undefined) throw new DamagedDatabase('a package has no name');
  const baseNames = readStrings(data, entries.get(tags.baseNames), types.stringArray);
  const directories = readStrings(data, entries.get(tags.directoryNames), types.stringArray);
  const indexes = readIntegers(data, entries.get(tags.directoryIndexes));
  if (indexes.length !== baseNames.length) throw new DamagedDatabase('a package has files without a directory');
  const namesLength = baseNames.reduce(
    (length, baseName, at) => length + baseName.length + (directories[indexes[at] ?? -1]?.length ?? 0),
    0,
  );
  const text = (tag: number): string | undefined => {
    const entry = entries.get(tag);
    return entry?.type === types.string ? readStrings(data, { ...entry, count: 1 }, types.string)[0] : undefined;
  };
  const epoch = entries.get(tags.epoch);
  return {
    name,
    version: text(tags.version),
    release: text(tags.release),
    epoch: epoch?.type === types.int32 ? readIntegers(data, { ...epoch, count: 1 })[0] : undefined,
    architecture: text(tags.architecture),
    license: text(tags.license),
    sourceRpm: text(tags.sourceRpm),
    files: { [Symbol.iterator]: () => joinNames(directories, indexes, baseNames) },
    namesLength,
  };
}

function* joinNames(
  directories: readonly string[],
  indexes: readonly number[],
  baseNames: readonly string[],
): Generator<string> {
  for (const [at, baseName] of baseNames.entries()) {
    const directory = directories[indexes[at] ?? -1];
    if (directory?.startsWith('/') && directory.length + baseName.length < maxPathLength) yield directory + baseName;
  }
}

function readStrings(data: Uint8Array, entry: Entry | undefined, type: number): string[] {
  if (entry === undefined) return [];
  if (entry.type !== type) throw new DamagedDatabase("a package's header mixes up its types");
  if (entry.count > maxStrings) throw new DamagedDatabase('a package has more files than any');
  const strings: string[] = [];
  for (let at = entry.offset; strings.length < entry.count; ) {
    const end = data.indexOf(0, at);
    if (at >= data.length || end < 0) throw new DamagedDatabase("a package's header is cut off");
    strings.push(decodePathBytes(data.subarray(at, end)));
    at = end + 1;
  }
  return strings;
}

function readIntegers(data: Uint8Array, entry: Entry | undefined): number[] {
  if (entry === undefined) return [];
  if (entry.type !== types.int32) throw new DamagedDatabase("a package's header mixes up its types");
  if (entry.offset + entry.count * 4 > data.length) throw new DamagedDatabase("a package's header is cut off");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return Array.from({ length: entry.count }, (_, index) => view.getUint32(entry.offset + index * 4));
}
