import type { FileHandle } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import { type CachedFile, FileCache } from '../../system/cache-files.js';
import { type Compression, compressionOf } from './decompress.js';
import type { FileRange } from './file-range.js';
import { inflateLayer, nameOfLayer } from './inflate-layer.js';
import type { LayerBlob } from './layer-blob.js';

const defaultMaxCacheBytes = 10e9;
const defaultMaxLayerBytes = 64 * 1024 ** 3;

export interface CacheLimits {
  /** What inflated layers may take together, 10 GB by default; those in use may be more. */
  readonly maxCacheBytes?: number;
  /** What one layer may inflate to, 64 GiB by default. */
  readonly maxLayerBytes?: number;
}

/** An uncompressed layer: a range of an open file. */
export interface LayerTar extends FileRange {
  readonly layer: LayerBlob;
  readonly path: string;
  readonly handle: FileHandle;
  /** What holds the inflated layer; undefined where the archive itself does. */
  readonly cached: CachedFile | undefined;
  /** Its digests were checked when it was inflated just now. */
  readonly isVerified: boolean;
}

/** Inflates compressed layers, each once: they are kept by diff ID in the user's cache. */
export class LayerCache {
  readonly #limits: CacheLimits;
  readonly #temporaryDirectory: string;
  #files: Promise<FileCache> | undefined;

  /** `temporaryDirectory` serves where the user's cache can't be written. */
  constructor(temporaryDirectory: string, limits: CacheLimits) {
    this.#temporaryDirectory = temporaryDirectory;
    this.#limits = limits;
  }

  /**
   * The tar of a layer in the archive, which is open as `source`: in place when it isn't compressed. Throws
   * `archive-invalid` (damage, wrong digests, too large), `archive-unsupported` and `no-space`; they name the layer.
   */
  async open(layer: LayerBlob, source: FileHandle, signal: AbortSignal): Promise<LayerTar> {
    const { bytesRead, buffer } = await source.read(Buffer.alloc(6), 0, Math.min(6, layer.sizeBytes), layer.offset);
    const compression = compressionOf(buffer.subarray(0, bytesRead));
    if (typeof compression === 'object')
      throw new SlimtraceError('archive-unsupported', {
        what: `${compression.unsupported} compression of ${nameOfLayer(layer)}`,
      });
    if (compression === 'none') {
      const { offset, sizeBytes } = layer;
      return { layer, path: layer.file, handle: source, offset, sizeBytes, cached: undefined, isVerified: false };
    }
    this.#files ??= FileCache.open('layers', {
      maxBytes: this.#limits.maxCacheBytes ?? defaultMaxCacheBytes,
      fallbackDirectory: this.#temporaryDirectory,
    });
    return this.#inflated(await this.#files, layer, { source, compression, signal });
  }

  /** Drops what is kept of a layer because it turned out to be damaged. */
  async forget(layer: LayerBlob): Promise<void> {
    await (await this.#files)?.remove(fileNameOf(layer));
  }

  async #inflated(files: FileCache, layer: LayerBlob, from: Compressed): Promise<LayerTar> {
    const found = await files.find(fileNameOf(layer));
    const cached = found ?? (await this.#inflate(files, layer, from));
    const { size: sizeBytes } = await cached.handle.stat();
    const { path, handle } = cached;
    return { layer, path, handle, offset: 0, sizeBytes, cached, isVerified: found === undefined };
  }

  async #inflate(files: FileCache, layer: LayerBlob, { source, compression, signal }: Compressed): Promise<CachedFile> {
    const freeBytes = await files.freeBytes();
    const maxBytes = this.#limits.maxLayerBytes ?? defaultMaxLayerBytes;
    try {
      return await files.add(fileNameOf(layer), (handle) =>
        inflateLayer(layer, source, { handle, compression }, { signal, maxBytes, freeBytes }),
      );
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      // Only the text: with the error's code the temporary directory would be blamed (see inTempDir).
      const cause = new Error(`${nameOfLayer(layer)} is inflated to more than the ${freeBytes} bytes that are free`);
      const hint = 'free some space, or set XDG_CACHE_HOME to a directory on another disk';
      throw new SlimtraceError('no-space', { directory: files.directory, hint }, { cause });
    }
  }
}

interface Compressed {
  readonly source: FileHandle;
  readonly compression: Exclude<Compression, 'none'>;
  readonly signal: AbortSignal;
}

function isNoSpace(error: unknown): boolean {
  return /^(?:ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException).code ?? '');
}

function fileNameOf({ diffId }: LayerBlob): string {
  return `${diffId.slice('sha256:'.length)}.tar`;
}
