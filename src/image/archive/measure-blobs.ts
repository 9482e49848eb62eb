import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SlimtraceError } from '../../errors.js';
import { type Digest, DigestMeter } from '../../system/digest.js';
import { openArchiveFile, type StoredFile } from './archive-files.js';
import { compressionOf, decompressor } from './decompress.js';
import { blobPath } from './descriptor.js';
import { readRange } from './file-range.js';
import { checkDiffId, checkDigest, invalidLayer, nameOfLayer } from './inflate-layer.js';
import type { LayerBlob } from './layer-blob.js';

/** Of the bytes as they are stored, and of what they inflate to. */
interface LayerDigests {
  readonly digest: Digest;
  readonly diffId: Digest;
}

/** More than any layer has; a bomb would keep us for as long as it likes. */
const maxInflatedBytes = 64 * 1024 ** 3;

/** Recomputes the digests of an archive's blobs, each blob's once. */
export class BlobMeter {
  readonly #signal: AbortSignal;
  readonly #layers = new Map<string, LayerDigests>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Throws `archive-invalid` when a layer isn't what its manifest and its config say. */
  async checkLayer(layer: LayerBlob): Promise<void> {
    const known = this.#layers.get(keyOf(layer));
    const measured = known ?? (await opened(layer, (handle) => measureLayer(handle, layer, this.#signal)));
    this.#layers.set(keyOf(layer), measured);
    checkDigest(layer, layer.digest, measured.digest);
    checkDiffId(layer, measured.diffId);
  }

  /** Throws `archive-invalid` when a file of `blobs/sha256` isn't what its name says. */
  async checkBlob(path: string, stored: StoredFile): Promise<void> {
    const known = this.#layers.get(keyOf(stored))?.digest;
    const digest = known ?? (await opened(stored, (handle) => measure(handle, stored, this.#signal)));
    if (path !== blobPath(digest))
      throw new SlimtraceError('archive-invalid', { reason: `${path} has the digest ${digest}` });
  }
}

function keyOf({ file, offset }: StoredFile): string {
  return `${offset} ${file}`;
}

async function opened<T>({ file }: StoredFile, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openArchiveFile(file);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

async function measure(handle: FileHandle, stored: StoredFile, signal: AbortSignal): Promise<Digest> {
  const meter = new DigestMeter();
  for await (const chunk of readRange(handle, stored, stored.file)) {
    signal.throwIfAborted();
    meter.update(chunk);
  }
  return meter.digest();
}

async function measureLayer(handle: FileHandle, layer: LayerBlob, signal: AbortSignal): Promise<LayerDigests> {
  const head = Buffer.alloc(Math.min(6, layer.sizeBytes));
  await handle.read(head, 0, head.length, layer.offset);
  const compression = compressionOf(head);
  if (typeof compression === 'object')
    throw new SlimtraceError('archive-unsupported', {
      what: `${compression.unsupported} compression of ${nameOfLayer(layer)}`,
    });
  if (compression === 'none') {
    const digest = await measure(handle, layer, signal);
    return { digest, diffId: digest };
  }
  const stored = new DigestMeter();
  const inflated = new DigestMeter();
  try {
    await pipeline(
      metered(readRange(handle, layer, layer.file), stored),
      decompressor(compression),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          inflated.update(chunk);
          if (inflated.sizeBytes > maxInflatedBytes)
            throw invalidLayer(layer, `it inflates to more than ${maxInflatedBytes} bytes`);
        }
      },
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SlimtraceError) throw error;
    throw invalidLayer(layer, `its ${compression} data are damaged or end early`, error);
  }
  return { digest: stored.digest(), diffId: inflated.digest() };
}

async function* metered(chunks: AsyncIterable<Uint8Array>, meter: DigestMeter): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    meter.update(chunk);
    yield chunk;
  }
}
