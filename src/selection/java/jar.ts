import { inflate } from './inflate.js';

/** A file in a jar. */
export interface JarEntry {
  readonly name: string;
  /** What it holds; undefined for what is broken, packed in another way or larger than `maxBytes`. */
  readonly read: (maxBytes: number) => Uint8Array | undefined;
}

const maxEntries = 100_000;

/**
 * The files of a jar, by the central directory of the zip file it is (PKWARE's APPNOTE.TXT, 4.3.12). Trusts nothing:
 * empty for what is no zip file, cut off where it is broken.
 */
export function readJar(bytes: Uint8Array): readonly JarEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(bytes, view);
  if (end === undefined) return [];
  const entries: JarEntry[] = [];
  for (let at = view.getUint32(end + 16, true); at + 46 <= end && entries.length < maxEntries; ) {
    if (view.getUint32(at, true) !== 0x02014b50) break;
    const method = view.getUint16(at + 10, true);
    const packedBytes = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const offset = view.getUint32(at + 42, true);
    const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8');
    entries.push({ name, read: (maxBytes) => unpacked(bytes, view, { method, packedBytes, offset, maxBytes }) });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** The names that the `Class-Path` of a jar's manifest lists, relative to the jar (the JAR specification). */
export function classPathOf(entries: readonly JarEntry[]): readonly string[] {
  const manifest = entries.find(({ name }) => name.toUpperCase() === 'META-INF/MANIFEST.MF')?.read(1024 * 1024);
  if (manifest === undefined) return [];
  const text = Buffer.from(manifest)
    .toString('utf8')
    .replace(/\r?\n /g, '');
  const [, list = ''] = /^Class-Path:(.*)$/im.exec(text) ?? [];
  return list.split(/\s+/).filter((name) => name !== '');
}

function unpacked(
  bytes: Uint8Array,
  view: DataView,
  entry: { method: number; packedBytes: number; offset: number; maxBytes: number },
): Uint8Array | undefined {
  const { method, packedBytes, offset, maxBytes } = entry;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) return undefined;
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packedBytes > bytes.length) return undefined;
  const data = bytes.subarray(start, start + packedBytes);
  if (method === 8) return inflate(data, maxBytes);
  return method === 0 && packedBytes <= maxBytes ? data : undefined;
}

/** Where the end record is: in the last 64 KiB, behind it only a comment. */
function endOfDirectory(bytes: Uint8Array, view: DataView): number | undefined {
  for (let at = bytes.length - 22; at >= 0 && at >= bytes.length - 22 - 0xffff; at -= 1) {
    if (bytes[at] === 0x50 && view.getUint32(at, true) === 0x06054b50) return at;
  }
  return undefined;
}
