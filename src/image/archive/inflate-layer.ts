import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SlimtraceError } from '../../errors.js';
import { type Digest, DigestMeter } from '../../system/digest.js';
import { type Compression, decompressor } from './decompress.js';
import { readRange } from './file-range.js';
import type { LayerBlob } from './layer-blob.js';

export interface InflateOptions {
  readonly signal: AbortSignal;
  /** A layer that inflates to more is refused. */
  readonly maxBytes: number;
  /** What the disk has left: more is never tried. */
  readonly freeBytes: number;
}

/**
 * Inflates a compressed layer from its archive, open as `source`, into an empty file. Both digests are checked while
 * the bytes flow. Throws `archive-invalid`, which names the layer, for damage, a wrong digest and a layer that is too
 * large; failures to write come as they are (ENOSPC before the disk is full to the last byte).
 */
export async function inflateLayer(
  layer: LayerBlob,
  source: FileHandle,
  target: { readonly handle: FileHandle; readonly compression: Exclude<Compression, 'none'> },
  { signal, maxBytes, freeBytes }: InflateOptions,
): Promise<void> {
  const compressed = new DigestMeter();
  const inflated = new DigestMeter();
  try {
    await pipeline(
      metered(readRange(source, layer, layer.file), compressed),
      decompressor(target.compression),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          if (inflated.sizeBytes + chunk.length > maxBytes)
            throw invalidLayer(layer, `it inflates to more than ${maxBytes} bytes`);
          if (inflated.sizeBytes + chunk.length > freeBytes) throw noSpace();
          await writeAll(target.handle, chunk, inflated.sizeBytes);
          inflated.update(chunk);
        }
      },
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw isDamage(error)
      ? invalidLayer(layer, `its ${target.compression} data are damaged or end early`, error)
      : error;
  }
  checkDigest(layer, layer.digest, compressed.digest());
  checkDiffId(layer, inflated.digest());
}

/** Throws `archive-invalid` when a layer's bytes as stored don't have the digest that the manifest says. */
export function checkDigest(layer: LayerBlob, expected: Digest | undefined, found: Digest): void {
  if (expected !== undefined && found !== expected) throw invalidLayer(layer, `its bytes have the digest ${found}`);
}

/** Throws `archive-invalid` when a layer's tar isn't the one that the config says. */
export function checkDiffId(layer: LayerBlob, found: Digest): void {
  if (found !== layer.diffId)
    throw invalidLayer(layer, `uncompressed it has the digest ${found}, and the image’s config says ${layer.diffId}`);
}

/** How errors call a layer. */
export function nameOfLayer({ digest, diffId }: LayerBlob): string {
  return `layer ${digest ?? diffId}`;
}

export function invalidLayer(layer: LayerBlob, problem: string, cause?: unknown): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason: `${nameOfLayer(layer)}: ${problem}` }, { cause });
}

async function* metered(chunks: AsyncIterable<Uint8Array>, meter: DigestMeter): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    meter.update(chunk);
    yield chunk;
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, offset + written);
    written += bytesWritten;
  }
}

function noSpace(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
}

/** zlib's errors have codes of its own, fzstd's are numbers; whatever the file system says is no damage. */
function isDamage(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined && !(error instanceof SlimtraceError) && (code === undefined || !/^E[A-Z]+$/.test(code));
}
