import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { baseName, childOf, type ImagePath } from '../../image/path.js';
import { type Bridge, differingAt, type Placement } from './place-files.js';
import { BaseConflict } from './refuse-base.js';
import { hasSameAttributes } from './same-entry.js';

/** More names than any merged system needs: two trees that are folded into each other so often are hostile, or strangers. */
const maxNames = 250_000;

/** What makes the other names of our entries work where the base has directories of its own. */
export interface BridgeLinks {
  /** By place: our path that a symlink there is to lead to. */
  readonly links: ReadonlyMap<ImagePath, ImagePath>;
  /** By place: whose attributes the base's directory there takes on. */
  readonly directoryAt: ReadonlyMap<ImagePath, TreeEntry>;
}

/**
 * Plans a symlink for each name by which the original reaches an entry and the base would not: one for a whole directory
 * where the base has nothing. Names at which the base has a file become aliases of the leaf. Throws a BaseConflict.
 */
export function planBridges(placement: Placement, kept: FileTree, base: FileTree): BridgeLinks {
  return new Bridging(placement, kept, base).run();
}

class Bridging {
  readonly #placement: Placement;
  readonly #kept: FileTree;
  readonly #base: FileTree;
  readonly #links = new Map<ImagePath, ImagePath>();
  readonly #directoryAt = new Map<ImagePath, TreeEntry>();
  readonly #pending: Bridge[];
  #names = 0;

  constructor(placement: Placement, kept: FileTree, base: FileTree) {
    this.#placement = placement;
    this.#kept = kept;
    this.#base = base;
    this.#pending = [...placement.bridges];
  }

  run(): BridgeLinks {
    const done = new Set<string>();
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      const key = `${next.directory}\0${next.at}`;
      if (done.has(key)) continue;
      done.add(key);
      this.#claim(next);
      for (const child of this.#kept.children(next.directory)) this.#name(child, childOf(next.at, baseName(child)));
    }
    return { links: this.#links, directoryAt: this.#directoryAt };
  }

  #claim({ directory, at }: Bridge): void {
    const entry = this.#kept.get(directory) as TreeEntry;
    const other = this.#directoryAt.get(at);
    const placed = this.#placement.directoryAt.get(at);
    if (other !== undefined && other.path !== directory) throw differingAt(other.path, directory, at);
    if (placed !== undefined && !hasSameAttributes(placed, entry)) throw differingAt(placed.path, directory, at);
    this.#directoryAt.set(at, entry);
  }

  /** Makes `at` lead to what `path` is. */
  #name(path: ImagePath, at: ImagePath): void {
    this.#names += 1;
    if (this.#names > maxNames) throw new BaseConflict('its directories and the image’s links cross too often');
    const target = this.#kept.resolve(path).entry;
    const ours = this.#placement.taken.get(at) ?? this.#links.get(at);
    if (ours !== undefined) {
      if (target === undefined || this.#kept.resolve(ours).entry?.path !== target.path)
        throw differingAt(ours, path, at);
      return;
    }
    const there = this.#base.get(at);
    if (there === undefined) this.#links.set(at, path);
    else if (target?.type === 'directory') this.#nameDirectory(target, path, at, there);
    else this.#nameLeaf(path, at, there);
  }

  #nameDirectory(target: TreeEntry, path: ImagePath, at: ImagePath, there: TreeEntry): void {
    if (this.#placement.directories.get(target.path) === at) return;
    if (there.type === 'directory') {
      if (this.#base.children(at).length === 0) this.#links.set(at, path);
      else this.#pending.push({ directory: target.path, at });
      return;
    }
    const leadsTo = there.type === 'symlink' ? this.#base.resolve(at).entry : there;
    if (leadsTo === undefined) this.#links.set(at, path);
    else if (leadsTo.path !== this.#placement.directories.get(target.path))
      throw new BaseConflict(`it has something else at ${at} than the image’s ${target.path}`);
  }

  #nameLeaf(path: ImagePath, at: ImagePath, there: TreeEntry): void {
    const hidden = this.#base.resolve(at).entry;
    if (hidden?.type === 'directory' && this.#base.children(hidden.path).length > 0)
      throw new BaseConflict(`it has a directory at ${at}, where the image has a file or link`);
    const stands = this.#placement.sameAs.get(path) ?? path;
    const leaf = this.#placement.leaves.get(stands);
    if (leaf === undefined || there.type === 'directory') this.#links.set(at, path);
    else leaf.aliases.push(at);
  }
}
