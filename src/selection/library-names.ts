import type { ReadBytes } from './elf-file.js';

const chunkBytes = 4 * 1024 * 1024;
const maxFileBytes = 512 * 1024 * 1024;
const maxNameBytes = 256;
const maxNames = 4096;
/** So often may `.so` occur before a file is taken for a hostile one. */
const maxHits = 200_000;

/**
 * What reads like a shared library's file name in a file: `libfoo.so.2`, `foo.so`, `/usr/lib/x/foo.so`, with the
 * directory where it has one. Each once, in order. At most 4096 names, of the first 512 MiB.
 */
export function findLibraryNames(read: ReadBytes, sizeBytes: number): readonly string[] {
  const names = new Set<string>();
  const end = Math.min(sizeBytes, maxFileBytes);
  let hits = 0;
  for (let start = 0; start < end; start += chunkBytes) {
    // What is cut at the border is whole in the overlap.
    const from = Math.max(0, start - maxNameBytes);
    const bytes = asBuffer(read(from, Math.min(start + chunkBytes + maxNameBytes, end) - from));
    for (let at = bytes.indexOf('.so', start - from); at >= 0; at = bytes.indexOf('.so', at + 3)) {
      if (at >= start - from + chunkBytes) break;
      hits += 1;
      if (hits > maxHits || names.size >= maxNames) return [...names];
      const name = nameAround(bytes, at);
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** The name with `.so` at `at`: it ends with a version or at once, and before what can't be part of a name. */
function nameAround(bytes: Buffer, at: number): string | undefined {
  let end = at + 3;
  while (end < bytes.length && end - at < maxNameBytes && isDigitOrDot(bytes[end] ?? 0)) end += 1;
  if (isInName(bytes[end] ?? 0)) return undefined;
  if (bytes[end - 1] === 0x2e) end -= 1;
  let start = at;
  while (start > 0 && at - start < maxNameBytes && isInName(bytes[start - 1] ?? 0)) start -= 1;
  if (start === at || at - start >= maxNameBytes || bytes[at - 1] === 0x2f) return undefined;
  return bytes.toString('latin1', start, end);
}

const isDigitOrDot = (byte: number): boolean => byte === 0x2e || (byte >= 0x30 && byte <= 0x39);

/** Letters, digits and `_ - + . /`. */
function isInName(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    isDigitOrDot(byte) ||
    byte === 0x5f ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2f
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
