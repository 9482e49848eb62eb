import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { baseName, childOf, type ImagePath, parentOf, rootPath } from '../../image/path.js';
import { BaseConflict } from './refuse-base.js';
import { hasSameAttributes } from './same-entry.js';

/** An entry of ours that isn't a directory, and where it is to be found. */
export interface PlacedLeaf {
  readonly entry: TreeEntry;
  /** Where it stands on the base: no symlink leads there. */
  readonly at: ImagePath;
  /** Where the base has something in the way of other names of it. */
  readonly aliases: ImagePath[];
}

/** A directory of ours, by a name that the base has a directory of its own for. */
export interface Bridge {
  readonly directory: ImagePath;
  readonly at: ImagePath;
}

/** Where each entry of ours stands on a base. Keys are our paths, unless they are said to be places. */
export interface Placement {
  readonly leaves: ReadonlyMap<ImagePath, PlacedLeaf>;
  readonly directories: ReadonlyMap<ImagePath, ImagePath>;
  /** By place: whose attributes the directory there has. */
  readonly directoryAt: ReadonlyMap<ImagePath, TreeEntry>;
  /** Entries that another one stands for, for both come to one place; the second must hold what the first does. */
  readonly sameAs: ReadonlyMap<ImagePath, ImagePath>;
  /** Pairs of `sameAs` that are two regular files. */
  readonly twins: readonly (readonly [ImagePath, ImagePath])[];
  readonly bridges: readonly Bridge[];
  /** By place: our path that comes to stand there. */
  readonly taken: ReadonlyMap<ImagePath, ImagePath>;
}

/**
 * Finds a place on a base for every entry of ours: its own path, but behind the base's symlinks where those stand for our
 * directories. Throws a BaseConflict where something of the base would be hidden, or two files come to one place.
 */
export function placeFiles(kept: FileTree, base: FileTree): Placement {
  return new Placer(kept, base).run();
}

class Placer {
  readonly #kept: FileTree;
  readonly #base: FileTree;
  readonly #leaves = new Map<ImagePath, PlacedLeaf>();
  readonly #directories = new Map<ImagePath, ImagePath>();
  readonly #directoryAt = new Map<ImagePath, TreeEntry>();
  readonly #sameAs = new Map<ImagePath, ImagePath>();
  readonly #twins: [ImagePath, ImagePath][] = [];
  readonly #bridges: Bridge[] = [];
  readonly #taken = new Map<ImagePath, ImagePath>();
  /** Symlinks where the base has a directory: decided when every directory has its place. */
  readonly #links: { readonly entry: TreeEntry; readonly at: ImagePath }[] = [];

  constructor(kept: FileTree, base: FileTree) {
    this.#kept = kept;
    this.#base = base;
  }

  run(): Placement {
    const pending: (readonly [ImagePath, ImagePath])[] = [[rootPath, rootPath]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [directory, place] = next;
      this.#placeDirectory(directory, place);
      for (const child of this.#kept.children(directory)) {
        const entry = this.#kept.get(child) as TreeEntry;
        const at = childOf(place, baseName(child));
        if (entry.type === 'directory') pending.push([child, this.#destination(child, at)]);
        else if (entry.type === 'symlink' && this.#base.get(at)?.type === 'directory') this.#links.push({ entry, at });
        else this.#placeLeaf(entry, at);
      }
    }
    for (const { entry, at } of this.#links) this.#placeLink(entry, at);
    return {
      leaves: this.#leaves,
      directories: this.#directories,
      directoryAt: this.#directoryAt,
      sameAs: this.#sameAs,
      twins: this.#twins,
      bridges: this.#bridges,
      taken: this.#taken,
    };
  }

  /** The base's directory that is meant by a name of ours. */
  #destination(path: ImagePath, at: ImagePath): ImagePath {
    const there = this.#base.get(at);
    if (there === undefined || there.type === 'directory') return at;
    const target = there.type === 'symlink' ? this.#base.resolve(at) : undefined;
    if (target?.entry?.type === 'directory') return target.entry.path;
    // A link to nothing hides nothing.
    if (target !== undefined && target.entry === undefined) return at;
    throw new BaseConflict(`it has a file at ${at}, where the image has the directory ${path}`);
  }

  #placeDirectory(path: ImagePath, at: ImagePath): void {
    const entry = this.#kept.get(path) as TreeEntry;
    this.#directories.set(path, at);
    const other = this.#taken.get(at);
    if (other !== undefined && this.#kept.get(other)?.type !== 'directory') this.#settle(other, path, at);
    const before = this.#directoryAt.get(at);
    if (before !== undefined && !hasSameAttributes(before, entry)) throw differingAt(before.path, path, at);
    // Where several come to one place, the one that has its name says of what time it is.
    if (!this.#directoryAt.has(at) || path === at) {
      this.#directoryAt.set(at, entry);
      this.#taken.set(at, path);
    }
  }

  #placeLeaf(entry: TreeEntry, at: ImagePath): void {
    const other = this.#taken.get(at);
    if (other !== undefined) this.#settle(other, entry.path, at);
    else {
      this.#requireNothingHidden(entry, at);
      this.#taken.set(at, entry.path);
      this.#leaves.set(entry.path, { entry, at, aliases: [] });
    }
  }

  #requireNothingHidden(entry: TreeEntry, at: ImagePath): void {
    const there = this.#base.get(at);
    if (there?.type === 'directory' && this.#base.children(at).length > 0)
      throw new BaseConflict(`it has a directory at ${at}, where the image has a file or link`);
    if (there?.type !== 'symlink' || there.linkTarget === entry.linkTarget) return;
    const hidden = this.#base.resolve(at).entry;
    if (hidden?.type !== 'directory' || this.#base.children(hidden.path).length === 0) return;
    // Deeper down, a directory that is chosen by a link (alternatives, a default version) is ours to choose.
    const isChoice = this.#kept.resolve(entry.path).entry?.type === 'directory' && parentOf(at) !== rootPath;
    if (!isChoice) throw new BaseConflict(`${at} leads to ${hidden.path} there, and elsewhere in the image`);
  }

  #placeLink(entry: TreeEntry, at: ImagePath): void {
    const target = this.#kept.resolve(entry.path).entry;
    const place = target === undefined ? undefined : this.#directories.get(target.path);
    if (target !== undefined && place === at) this.#sameAs.set(entry.path, target.path);
    else if (this.#taken.has(at)) this.#settle(this.#taken.get(at) as ImagePath, entry.path, at);
    else if (this.#base.children(at).length === 0) this.#placeLeaf(entry, at);
    else if (target !== undefined && place !== undefined) {
      this.#bridges.push({ directory: target.path, at });
      this.#sameAs.set(entry.path, target.path);
    } else throw new BaseConflict(`it has a directory at ${at}, where the image has a link to no directory`);
  }

  /** Two of ours at one place: one is a link to the other, or they are the same. */
  #settle(first: ImagePath, second: ImagePath, at: ImagePath): void {
    const [one, two] = [this.#kept.get(first) as TreeEntry, this.#kept.get(second) as TreeEntry];
    const [leftTo, rightTo] = [this.#kept.resolve(first).entry?.path, this.#kept.resolve(second).entry?.path];
    if (leftTo !== undefined && leftTo === rightTo && (one.type === 'symlink' || two.type === 'symlink')) {
      if (two.type === 'symlink') this.#sameAs.set(second, first);
      else {
        this.#leaves.delete(first);
        this.#taken.delete(at);
        this.#sameAs.set(first, second);
        if (two.type !== 'directory') this.#placeLeaf(two, at);
      }
      return;
    }
    const isSame = one.type !== 'directory' && hasSameAttributes(one, two);
    if (!isSame) throw differingAt(first, second, at);
    this.#sameAs.set(second, first);
    if (one.type === 'file') this.#twins.push([first, second]);
  }
}

/** The image has two things that would be one on this base. */
export function differingAt(first: ImagePath, second: ImagePath, at: ImagePath): BaseConflict {
  const place = at === first || at === second ? '' : `, ${at}`;
  const names = [first, second].sort().join(' and ');
  return new BaseConflict(`${names} differ in the image and are one place there${place}`);
}
