import { setImmediate } from 'node:timers/promises';
import { mapBounded } from '../../system/concurrency.js';
import { Resources } from '../../system/resources.js';
import type { BaseLayer } from '../base-image.js';
import { FileTree, type TreeEntry } from '../file-tree.js';
import type { ContentSource } from '../image.js';
import { encodePathText, type ImagePath } from '../path.js';
import { asBaseLayer } from './base-layer.js';
import { Flattening, type StandingEntry } from './flatten.js';
import { IndexBudget } from './index-budget.js';
import { nameOfLayer } from './inflate-layer.js';
import type { LayerBlob } from './layer-blob.js';
import { type CacheLimits, LayerCache, type LayerTar } from './layer-cache.js';
import { type ContentPlace, LayerContents } from './layer-contents.js';
import { LayerFiles } from './layer-files.js';
import { type IndexedMember, indexTar } from './tar-index.js';
import { verifyLayers } from './verify-layers.js';

export interface OpenLayersOptions {
  readonly signal: AbortSignal;
  /** Takes inflated layers where the user's cache can't be written. */
  readonly temporaryDirectory: string;
  readonly cacheLimits?: CacheLimits;
  /** Is shown each layer once it is in the tree, bottom first. */
  readonly witness?: LayerWitness;
}

export interface LayerWitness {
  /** `standing` is what the tree has by then. Yields now and then, for others to have a turn. */
  addLayer(tar: LayerTar, members: readonly IndexedMember[], standing: Iterable<StandingEntry>): Iterable<void>;
}

/** An image's layers, from bytes in an archive to one tree whose files can be read. */
export interface OpenedLayers extends AsyncDisposable {
  readonly tree: FileTree;
  /** Reads where the files lie: nothing needs to be fetched. */
  readonly contents: ContentSource;
  /**
   * Sum of the regular files of all layers, whether hidden or not, and of the symlinks' texts, in bytes: what Docker
   * calls an image's size (moby, daemon/graphdriver/overlay2, which measures what it unpacked).
   */
  readonly sizeBytes: number;
  /** Bottom first, to be written unchanged. */
  readonly layers: readonly BaseLayer[];
  /** Where a regular file's contents are. Throws `contents-missing` for anything else. */
  placeOf(path: ImagePath): ContentPlace;
  /** Which layer a regular file comes from, from 0. */
  layerOf(path: ImagePath): number | undefined;
  /** Recomputes what wasn't checked while it flowed: digests and diff IDs of plain layers. Throws `archive-invalid`. */
  verify(): Promise<void>;
  /** Throws `archive-invalid` when a file of the archive is not, by its path too, what was opened. */
  checkUnchanged(): Promise<void>;
}

/** Inflating keeps a core busy with zlib and another with SHA-256. */
const layersAtOnce = 2;

/**
 * Opens layers, bottom first: compressed ones are inflated into the user's cache, their headers read, whiteouts applied.
 * Throws `archive-invalid`, `archive-unsupported`, `file-unreadable` and `no-space`.
 */
export async function openLayers(layers: readonly LayerBlob[], options: OpenLayersOptions): Promise<OpenedLayers> {
  await using held = new Resources();
  const files = held.use(new LayerFiles());
  const cache = new LayerCache(options.temporaryDirectory, options.cacheLimits ?? {});
  const tars = await openTars(layers, { files, cache, held, signal: options.signal });
  const { tree, places, sizeBytes } = await flattenTars(tars, options);
  await files.checkUnchanged();
  const contents = new LayerContents({ tree, places, tars, checkUnchanged: () => files.checkUnchanged() });
  const unchanged = await Promise.all(tars.map(async (tar) => asBaseLayer(tar, await files.handleFor(tar.layer))));
  const kept = held.move();
  return {
    tree,
    contents,
    sizeBytes,
    layers: unchanged,
    placeOf: (path) => contents.placeOf(path),
    layerOf: (path) => places.get(tree.get(path)?.hardLinkId ?? path)?.layer,
    checkUnchanged: () => files.checkUnchanged(),
    verify: () => verifyLayers({ tars: [...new Set(tars)], files, cache, signal: options.signal }),
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}

interface Opening {
  readonly files: LayerFiles;
  readonly cache: LayerCache;
  readonly held: Resources;
  readonly signal: AbortSignal;
}

/** The tars of layers, bottom first. Engines write the same layer, mostly an empty one, many times into one image: it is opened once. */
async function openTars(layers: readonly LayerBlob[], { files, cache, held, signal }: Opening): Promise<LayerTar[]> {
  const keyOf = ({ file, offset, diffId, digest }: LayerBlob) => [file, offset, diffId, digest].join('\0');
  const different = [...new Map(layers.map((layer) => [keyOf(layer), layer])).values()];
  const opened = await mapBounded(different, layersAtOnce, async (layer) => {
    const tar = await cache.open(layer, await files.handleFor(layer), signal);
    if (tar.cached !== undefined) held.use(tar.cached);
    return [keyOf(layer), tar] as const;
  });
  const byKey = new Map(opened);
  return layers.map((layer) => byKey.get(keyOf(layer)) as LayerTar);
}

interface Flattened {
  readonly tree: FileTree;
  readonly places: ReadonlyMap<string, { readonly layer: number; readonly bodyOffset: number }>;
  readonly sizeBytes: number;
}

/** Layer by layer, so that only one layer's members are held besides the tree. */
async function flattenTars(tars: readonly LayerTar[], { signal, witness }: OpenLayersOptions): Promise<Flattened> {
  const flattening = new Flattening();
  const budget = new IndexBudget();
  let sizeBytes = 0;
  const takeTurns = async (turns: Iterable<void>) => {
    for (const _turn of turns) {
      await setImmediate();
      signal.throwIfAborted();
    }
  };
  for (const tar of tars) {
    const { handle, offset, sizeBytes: tarBytes } = tar;
    const what = nameOfLayer(tar.layer);
    const members = await indexTar({ fd: handle.fd, offset, sizeBytes: tarBytes }, { signal, what, budget });
    for (const member of members) sizeBytes += dockerSizeOf(member);
    await takeTurns(flattening.addLayer(members, what));
    if (witness !== undefined) await takeTurns(witness.addLayer(tar, members, flattening.standing()));
  }
  const places = new Map<string, { readonly layer: number; readonly bodyOffset: number }>();
  const entries = function* (): Generator<TreeEntry> {
    for (const { entry, place } of flattening.entries()) {
      if (place !== undefined) places.set(entry.hardLinkId ?? entry.path, place);
      yield entry;
    }
  };
  const tree = new FileTree(entries());
  return { tree, places, sizeBytes };
}

function dockerSizeOf({ type, sizeBytes, linkTarget }: IndexedMember): number {
  return type === 'symlink' ? encodePathText(linkTarget ?? '').length : sizeBytes;
}
