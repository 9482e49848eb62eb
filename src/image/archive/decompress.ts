import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { type FramePiece, zstdFrames } from './zstd-frames.js';

export type Compression = 'none' | 'gzip' | 'zstd';

/** A step of a stream pipeline. */
export type Decompressor = Transform | ((source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>);

/** What layers may not be compressed with, by how it begins. */
const others: readonly (readonly [string, string])[] = [
  ['bzip2', '425a68'],
  ['xz', 'fd377a585a00'],
];

/** What the first bytes of a layer say it is; the media type isn't asked, as no engine asks it either. */
export function compressionOf(head: Buffer): Compression | { readonly unsupported: string } {
  const begins = (hex: string) => head.subarray(0, hex.length / 2).toString('hex') === hex;
  if (begins('1f8b')) return 'gzip'; // RFC 1952, "Member header and trailer"
  // RFC 8878, "Zstandard Frames" and "Skippable Frames"
  if (begins('28b52ffd') || (head.length >= 4 && (head.readUInt32LE(0) & ~0xf) === 0x184d2a50)) return 'zstd';
  const other = others.find(([, magic]) => begins(magic));
  return other === undefined ? 'none' : { unsupported: other[0] };
}

/** Fewer, larger chunks go through zlib twice as fast as those of its default size. */
const chunkBytes = 1024 * 1024;

/** Inflates a whole stream, however many gzip members or zstd frames it has. Damage is thrown as any error. */
export function decompressor(compression: Exclude<Compression, 'none'>): Decompressor {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: chunkBytes });
  // Only Node.js from 22.15 on has it.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: object) => Transform };
  if (createZstdDecompress === undefined) return inflateWithFzstd;
  return (source) => inflateFrames(source, () => createZstdDecompress({ chunkSize: chunkBytes }));
}

/** Node.js's own zstd ends with the first frame, so that each frame gets one of its own. */
async function* inflateFrames(
  source: AsyncIterable<Uint8Array>,
  createDecompress: () => Transform,
): AsyncGenerator<Uint8Array> {
  const pieces = zstdFrames(source);
  for (let first = await pieces.next(); !first.done; first = await pieces.next()) {
    const inflating = createDecompress();
    const feeding = pipeline(restOfFrame(first.value, pieces), inflating);
    // Awaited below; a failure in between reaches us through what is inflated.
    feeding.catch(() => {});
    yield* inflating as AsyncIterable<Uint8Array>;
    await feeding;
  }
}

async function* restOfFrame(first: FramePiece, pieces: AsyncIterator<FramePiece>): AsyncGenerator<Uint8Array> {
  let piece = first;
  while (!piece.isLast) {
    yield piece.bytes;
    const next = await pieces.next();
    if (next.done) return;
    piece = next.value;
  }
  yield piece.bytes;
}

/** Four bytes of zstd can stand for 128 KiB: taken in by so few, one call can't fill the memory. */
const zstdSliceBytes = 256;

/** Smaller pieces are collected: each one costs a trip through the pipeline. */
async function* inflateWithFzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let inflated: Uint8Array[] = [];
  let inflatedBytes = 0;
  const inflating = new Decompress((piece) => {
    inflated.push(piece);
    inflatedBytes += piece.length;
  });
  for await (const { bytes } of zstdFrames(source))
    for (let at = 0; at < bytes.length; at += zstdSliceBytes) {
      inflating.push(bytes.subarray(at, at + zstdSliceBytes));
      if (inflatedBytes < chunkBytes) continue;
      yield* inflated;
      inflated = [];
      inflatedBytes = 0;
    }
  inflating.push(new Uint8Array(0), true);
  yield* inflated;
}
