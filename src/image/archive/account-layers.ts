import { type Digest, DigestMeter } from '../../system/digest.js';
import { comparePaths } from '../file-tree.js';
import type { ImagePath } from '../path.js';
import { readRange, readRangeSync } from './file-range.js';
import { entriesPerTurn, type StandingEntry } from './flatten.js';
import type { LayerTar } from './layer-cache.js';
import type { Inode } from './layer-tree.js';
import type { LayerWitness } from './open-layers.js';
import type { IndexedMember } from './tar-index.js';

/** What one layer does to what is below it. Directories are not counted. */
export interface LayerAccount {
  readonly diffId: string;
  /** Of the uncompressed tar. */
  readonly tarBytes: number;
  /** Contents of its regular files, each name that has contents of its own. */
  readonly contentBytes: number;
  readonly added: number;
  /** Names of lower layers that it gives something else. */
  readonly changed: number;
  /** Names of lower layers that it takes away. */
  readonly removed: number;
}

/** A file that a layer brings and a later one hides: its bytes are moved and stored for nothing. */
export interface WastedFile {
  readonly path: ImagePath;
  readonly sizeBytes: number;
  /** From 0, bottom first. */
  readonly broughtBy: number;
  readonly hiddenBy: number;
  /** `same-contents`: what hides it has the same bytes; a chown or chmod of the whole file, mostly. */
  readonly how: 'replaced' | 'same-contents' | 'removed';
}

/** One file's contents under several names that aren't hard links, in the finished tree. */
export interface Duplicate {
  readonly sizeBytes: number;
  /** At least two, sorted. */
  readonly paths: readonly ImagePath[];
  /** Of each path. */
  readonly layers: readonly number[];
}

/** A hidden file that can be read: it is in the image for whoever unpacks its layers. */
export interface HiddenFile extends WastedFile {
  /** What hides it, or hides that in turn, has the same bytes, and stands in the finished tree. */
  readonly isCopyStanding: boolean;
  /** Bytes `offset` to `offset + length`, fewer at the end; only while the layers are open. */
  read(offset: number, length: number): Uint8Array;
}

export interface ImageAccount {
  /** Bottom first. */
  readonly layers: readonly LayerAccount[];
  /** Largest first. */
  readonly wasted: readonly WastedFile[];
  /** What would be saved first. */
  readonly duplicates: readonly Duplicate[];
}

/** Smaller files are alike by chance, and worth nothing. */
const leastDuplicateBytes = 4096;

/**
 * Looks on while layers are opened (`OpenLayersOptions.witness`), and tells then what each of them does, which bytes are hidden
 * by later ones, and which contents stand there more than once.
 */
export class LayerLedger implements LayerWitness {
  readonly #layers: LayerAccount[] = [];
  readonly #tars: LayerTar[] = [];
  readonly #hidden: Hidden[] = [];
  #standing: ReadonlyMap<ImagePath, Inode> = new Map();
  #hiddenFiles: Promise<readonly HiddenFile[]> | undefined;

  /** Compares what stands in the tree after a layer with what stood there before. Yields now and then, for others to have a turn. */
  *addLayer(tar: LayerTar, members: readonly IndexedMember[], entries: Iterable<StandingEntry>): Generator<void> {
    const layer = this.#layers.length;
    const now = new Map<ImagePath, Inode>();
    let added = 0;
    let changed = 0;
    for (const { path, inode } of entries) {
      if (now.size % entriesPerTurn === 0) yield;
      now.set(path, inode);
      const before = this.#standing.get(path);
      if (before === undefined) added += 1;
      else if (before !== inode) {
        changed += 1;
        this.#hidden.push({ path, inode: before, hiddenBy: layer, by: inode });
      }
    }
    let removed = 0;
    for (const [path, inode] of this.#standing) {
      if (now.has(path)) continue;
      removed += 1;
      this.#hidden.push({ path, inode, hiddenBy: layer, by: undefined });
    }
    this.#standing = now;
    this.#tars.push(tar);
    const contentBytes = members.reduce((sum, { type, sizeBytes }) => sum + (type === 'file' ? sizeBytes : 0), 0);
    const { diffId } = tar.layer;
    this.#layers.push({ diffId, tarBytes: tar.sizeBytes, contentBytes, added, changed, removed });
  }

  /** To be asked while the layers are open. Contents are read only where two files are of the same size. */
  async account(signal: AbortSignal): Promise<ImageAccount> {
    const contents = new Contents(this.#tars, signal);
    this.#hiddenFiles ??= this.#findHidden(contents);
    return {
      layers: this.#layers,
      wasted: (await this.#hiddenFiles).map(({ path, sizeBytes, broughtBy, hiddenBy, how }) => {
        return { path, sizeBytes, broughtBy, hiddenBy, how };
      }),
      duplicates: await findDuplicates(this.#standing, contents),
    };
  }

  /** The wasted files of the account, in its order, to be read while the layers are open. */
  hiddenFiles(signal: AbortSignal): Promise<readonly HiddenFile[]> {
    this.#hiddenFiles ??= this.#findHidden(new Contents(this.#tars, signal));
    return this.#hiddenFiles;
  }

  /** Largest first. A file with several names is hidden with the last of them. */
  async #findHidden(contents: Contents): Promise<readonly HiddenFile[]> {
    const seen = new Set<Inode>(this.#standing.values());
    const standing = new Set(seen);
    const files: HiddenFile[] = [];
    for (const { path, inode, hiddenBy, by } of this.#hidden.toReversed()) {
      if (seen.has(inode)) continue;
      seen.add(inode);
      const { type, sizeBytes } = inode.member;
      if (type !== 'file' || sizeBytes === 0) continue;
      const how = by === undefined ? 'removed' : (await contents.areEqual(inode, by)) ? 'same-contents' : 'replaced';
      // Later ones come first here: what hides this one was looked at before, if it is hidden itself.
      const isCopyStanding = how === 'same-contents' && by !== undefined && standing.has(by);
      if (isCopyStanding) standing.add(inode);
      const read = (offset: number, length: number) => contents.read(inode, offset, length);
      files.push({ path, sizeBytes, broughtBy: inode.layer, hiddenBy, how, isCopyStanding, read });
    }
    return files.sort((left, right) => right.sizeBytes - left.sizeBytes || comparePaths(left.path, right.path));
  }
}

interface Hidden {
  readonly path: ImagePath;
  readonly inode: Inode;
  readonly hiddenBy: number;
  readonly by: Inode | undefined;
}

/** Contents of files by their digests, each read once. */
class Contents {
  readonly #tars: readonly LayerTar[];
  readonly #signal: AbortSignal;
  readonly #known = new Map<Inode, Digest>();

  constructor(tars: readonly LayerTar[], signal: AbortSignal) {
    this.#tars = tars;
    this.#signal = signal;
  }

  async areEqual(left: Inode, right: Inode): Promise<boolean> {
    if (right.member.type !== 'file' || left.member.sizeBytes !== right.member.sizeBytes) return false;
    return (await this.digestOf(left)) === (await this.digestOf(right));
  }

  read(inode: Inode, offset: number, length: number): Uint8Array {
    const tar = this.#tars[inode.layer] as LayerTar;
    const { bodyOffset, sizeBytes } = inode.member;
    const range = { offset: bodyOffset + offset, sizeBytes: Math.min(length, sizeBytes - offset) };
    return readRangeSync(tar.handle, range, tar.path);
  }

  async digestOf(inode: Inode): Promise<Digest> {
    const known = this.#known.get(inode);
    if (known !== undefined) return known;
    const tar = this.#tars[inode.layer] as LayerTar;
    const { bodyOffset: offset, sizeBytes } = inode.member;
    const meter = new DigestMeter();
    for await (const chunk of readRange(tar.handle, { offset, sizeBytes }, tar.path)) {
      this.#signal.throwIfAborted();
      meter.update(chunk);
    }
    const digest = meter.digest();
    this.#known.set(inode, digest);
    return digest;
  }
}

async function findDuplicates(
  standing: ReadonlyMap<ImagePath, Inode>,
  contents: Contents,
): Promise<readonly Duplicate[]> {
  // The first name of each file: hard links are one.
  const names = new Map<Inode, ImagePath>();
  for (const [path, inode] of standing) {
    const { type, sizeBytes } = inode.member;
    if (type === 'file' && sizeBytes >= leastDuplicateBytes && !names.has(inode)) names.set(inode, path);
  }
  const found: Duplicate[] = [];
  for (const alike of groupBy(names.keys(), ({ member }) => member.sizeBytes)) {
    if (alike.length < 2) continue;
    const digests = new Map<Inode, Digest>();
    for (const inode of alike) digests.set(inode, await contents.digestOf(inode));
    for (const same of groupBy(alike, (inode) => digests.get(inode))) {
      if (same.length < 2) continue;
      const places = same.map((inode) => ({ path: names.get(inode) as ImagePath, layer: inode.layer }));
      places.sort((left, right) => comparePaths(left.path, right.path));
      found.push({
        sizeBytes: same[0]?.member.sizeBytes ?? 0,
        paths: places.map(({ path }) => path),
        layers: places.map(({ layer }) => layer),
      });
    }
  }
  const saved = ({ sizeBytes, paths }: Duplicate) => sizeBytes * (paths.length - 1);
  return found.sort(
    (left, right) =>
      saved(right) - saved(left) || comparePaths(left.paths[0] as ImagePath, right.paths[0] as ImagePath),
  );
}

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Iterable<readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups.values();
}
