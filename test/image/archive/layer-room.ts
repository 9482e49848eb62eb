import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayerBlob } from '../../../src/image/archive/layer-blob.js';
import { type OpenedLayers, type OpenLayersOptions, openLayers } from '../../../src/image/archive/open-layers.js';
import { digestOf } from '../../../src/system/digest.js';

/** A user's cache and a place for archives, both of one test. */
export interface LayerRoom extends Disposable {
  readonly path: string;
  /** Where inflated layers are kept. */
  readonly cache: string;
  /** Puts a layer, as it is stored, into a file of its own, with some bytes in front of it. */
  store(stored: Uint8Array, about?: Partial<LayerBlob>): LayerBlob;
  open(layers: readonly LayerBlob[], options?: Partial<OpenLayersOptions>): Promise<OpenedLayers>;
}

const inFront = 512;
let count = 0;

export function openLayerRoom(): LayerRoom {
  const path = mkdtempSync(join(tmpdir(), 'layers-'));
  const former = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = join(path, 'cache');
  return {
    path,
    cache: join(path, 'cache/slimtrace/layers'),
    store(stored, about) {
      count += 1;
      const file = join(path, `layer-${count}`);
      writeFileSync(file, Buffer.concat([Buffer.alloc(inFront), stored]));
      const digest = digestOf(stored);
      return {
        file,
        offset: inFront,
        sizeBytes: stored.length,
        digest,
        diffId: digest,
        mediaType: undefined,
        ...about,
      };
    },
    open: (layers, options) =>
      openLayers(layers, {
        signal: new AbortController().signal,
        temporaryDirectory: join(path, 'temporary'),
        ...options,
      }),
    [Symbol.dispose]() {
      if (former === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = former;
      rmSync(path, { recursive: true, force: true });
    },
  };
}
