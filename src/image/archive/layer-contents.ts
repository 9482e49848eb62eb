import { SlimtraceError } from '../../errors.js';
import type { FileTree } from '../file-tree.js';
import type { ContentSource } from '../image.js';
import type { ImagePath } from '../path.js';
import { readRange, readRangeSync } from './file-range.js';
import type { LayerTar } from './layer-cache.js';

/** Where a regular file's contents are: a range of a host file, in bytes. */
export interface ContentPlace {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface LayerContentsOptions {
  readonly tree: FileTree;
  /** By hard link ID, or by path where there is one name only. */
  readonly places: ReadonlyMap<string, { readonly layer: number; readonly bodyOffset: number }>;
  readonly tars: readonly LayerTar[];
  /** Throws when the archive isn't what it was. */
  readonly checkUnchanged: () => Promise<void>;
}

/** Reads files of an image where they lie in its layers. */
export class LayerContents implements ContentSource {
  readonly #options: LayerContentsOptions;

  constructor(options: LayerContentsOptions) {
    this.#options = options;
  }

  /** Everything is at hand already; throws `contents-missing` for what is no regular file of the image. */
  async fetch(paths: readonly ImagePath[]): Promise<void> {
    for (const path of paths) this.#find(path);
    await this.#options.checkUnchanged();
  }

  /** Throws `contents-missing` for what is no regular file of the image. */
  placeOf(path: ImagePath): ContentPlace {
    const { tar, offset, sizeBytes } = this.#find(path);
    return { file: tar.path, offset, sizeBytes };
  }

  read(path: ImagePath, offset: number, length: number): Uint8Array {
    const { tar, offset: start, sizeBytes } = this.#find(path);
    const range = { offset: start + offset, sizeBytes: Math.min(length, sizeBytes - offset) };
    return readRangeSync(tar.handle, range, tar.path);
  }

  async *stream(path: ImagePath): AsyncIterable<Uint8Array> {
    const { tar, offset, sizeBytes } = this.#find(path);
    yield* readRange(tar.handle, { offset, sizeBytes }, tar.path);
  }

  #find(path: ImagePath): { readonly tar: LayerTar; readonly offset: number; readonly sizeBytes: number } {
    const { tree, places, tars } = this.#options;
    const entry = tree.get(path);
    const place = places.get(entry?.hardLinkId ?? path);
    const tar = place === undefined ? undefined : tars[place.layer];
    if (entry === undefined || place === undefined || tar === undefined)
      throw new SlimtraceError('contents-missing', { path });
    return { tar, offset: place.bodyOffset, sizeBytes: entry.sizeBytes };
  }
}
