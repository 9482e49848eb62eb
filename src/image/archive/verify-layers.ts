import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type Digest, DigestMeter } from '../../system/digest.js';
import { type FileRange, readRange } from './file-range.js';
import { checkDiffId, checkDigest, invalidLayer } from './inflate-layer.js';
import type { LayerCache, LayerTar } from './layer-cache.js';
import type { LayerFiles } from './layer-files.js';

export interface VerifyOptions {
  readonly tars: readonly LayerTar[];
  readonly files: LayerFiles;
  readonly cache: LayerCache;
  readonly signal: AbortSignal;
}

/**
 * Recomputes the digests of layers that weren't inflated just now: of plain ones their diff ID, of those from the cache
 * both the archive's bytes and what was kept of them. Throws `archive-invalid`, which names the layer.
 */
export async function verifyLayers({ tars, files, cache, signal }: VerifyOptions): Promise<void> {
  for (const tar of tars) {
    if (tar.isVerified) continue;
    const { layer } = tar;
    const tarDigest = await digestOfRange(tar.handle, tar, { name: tar.path, signal });
    if (tar.cached === undefined) {
      checkDigest(layer, layer.digest, tarDigest);
      checkDiffId(layer, tarDigest);
      continue;
    }
    if (tarDigest !== layer.diffId) {
      await cache.forget(layer);
      throw invalidLayer(layer, `its copy in ${tar.path} was damaged and is removed: please run again`);
    }
    if (layer.digest === undefined) continue;
    const stored = await digestOfRange(await files.handleFor(layer), layer, { name: layer.file, signal });
    checkDigest(layer, layer.digest, stored);
  }
  await files.checkUnchanged();
}

async function digestOfRange(
  handle: FileHandle,
  range: FileRange,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<Digest> {
  const meter = new DigestMeter();
  for await (const chunk of readRange(handle, range, name)) {
    signal.throwIfAborted();
    meter.update(chunk);
    await setImmediate();
  }
  return meter.digest();
}
