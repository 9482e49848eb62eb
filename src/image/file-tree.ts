import { baseName, childOf, type ImagePath, parentOf, rootPath } from './path.js';

export type EntryType = 'file' | 'directory' | 'symlink' | 'character-device' | 'block-device' | 'fifo' | 'socket';

/** One entry of an image's flattened tree: everything about it but its contents. */
export interface TreeEntry {
  readonly path: ImagePath;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Length of the contents in bytes; 0 for anything but a regular file. */
  readonly sizeBytes: number;
  readonly mtime: { readonly seconds: number; readonly nanoseconds: number };
  /** A symlink's text, unresolved. */
  readonly linkTarget?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  /** Entries with the same id are hard links to one file; absent when the file has one name. */
  readonly hardLinkId?: string;
  /** Extended attributes as raw bytes (`security.capability` is binary). */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** Where a path leads in a tree. */
export interface Resolution {
  /** The entry the path leads to, symlinks followed; undefined when it leads nowhere. */
  readonly entry: TreeEntry | undefined;
  /** Every symlink that was walked through, in order, each as its own real path. */
  readonly symlinks: readonly ImagePath[];
  /** The deepest directory that exists on the way: where a missing file would be made. */
  readonly directory: ImagePath;
  /** What else must exist for the walk to go the same way: directories left again by `..`, a file used as a directory. */
  readonly alsoWalked: readonly ImagePath[];
  /** Why `entry` is undefined. */
  readonly problem?: 'missing' | 'not-a-directory' | 'loop';
}

/** As many symlinks as the kernel follows before ELOOP (`MAXSYMLINKS`, include/linux/namei.h). */
const maxSymlinks = 40;

/**
 * The flattened file tree of an image, whiteouts applied. Immutable. Knows names and metadata, never contents.
 * A tree always has a root directory; every entry's parent is a directory of the tree.
 */
export class FileTree {
  readonly #entries: ReadonlyMap<ImagePath, TreeEntry>;
  #children: Map<ImagePath, ImagePath[]> | undefined;

  /** Parents that `entries` lack are supplied as root-owned directories 0755 with the time 0. */
  constructor(entries: Iterable<TreeEntry>) {
    const byPath = new Map<ImagePath, TreeEntry>();
    for (const entry of entries) byPath.set(entry.path, entry);
    for (const path of [...byPath.keys()]) addMissingParents(byPath, path);
    if (!byPath.has(rootPath)) byPath.set(rootPath, plainDirectory(rootPath));
    this.#entries = byPath;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(path: string): TreeEntry | undefined {
    return this.#entries.get(path as ImagePath);
  }

  has(path: string): boolean {
    return this.#entries.has(path as ImagePath);
  }

  /** All entries, in the order they were given. */
  entries(): Iterable<TreeEntry> {
    return this.#entries.values();
  }

  /** What stands directly in a directory, sorted; empty for anything else. */
  children(directory: string): readonly ImagePath[] {
    this.#children ??= groupByParent(this.#entries.keys());
    return this.#children.get(directory as ImagePath) ?? [];
  }

  /** Everything below a directory, parents before children, the directory itself left out. */
  *below(directory: string): Generator<TreeEntry> {
    const pending = [...this.children(directory)].reverse();
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      const entry = this.#entries.get(path);
      if (entry === undefined) continue;
      yield entry;
      if (entry.type === 'directory') {
        const children = this.children(path);
        for (let at = children.length - 1; at >= 0; at -= 1) pending.push(children[at] as ImagePath);
      }
    }
  }

  /**
   * Walks `path` as the kernel does (path_resolution(7)): component by component, `..` after symlinks are followed,
   * `..` at the root staying there. A relative path starts at `from`. `followLast: false` stops at a final symlink.
   */
  resolve(path: string, options: { readonly followLast?: boolean; readonly from?: ImagePath } = {}): Resolution {
    const pending = path.split('/').reverse();
    const symlinks: ImagePath[] = [];
    const alsoWalked: ImagePath[] = [];
    let current = path.startsWith('/') ? rootPath : (options.from ?? rootPath);
    while (pending.length > 0) {
      const component = pending.pop() ?? '';
      if (component === '' || component === '.') continue;
      if (component === '..') {
        if (current !== rootPath) alsoWalked.push(current);
        current = parentOf(current);
        continue;
      }
      const next = childOf(current, component);
      const entry = this.#entries.get(next);
      if (entry === undefined) return { entry, symlinks, directory: current, alsoWalked, problem: 'missing' };
      // A trailing slash asks for the directory behind a link (path_resolution(7)), so it is followed.
      if (entry.type === 'symlink' && (pending.length > 0 || options.followLast !== false)) {
        symlinks.push(next);
        if (symlinks.length > maxSymlinks) {
          return { entry: undefined, symlinks, directory: current, alsoWalked, problem: 'loop' };
        }
        const target = entry.linkTarget ?? '';
        if (target.startsWith('/')) current = rootPath;
        for (const part of target.split('/').reverse()) pending.push(part);
        continue;
      }
      if (entry.type === 'directory') {
        current = next;
        continue;
      }
      // A file with more behind it, be it only a slash, is ENOTDIR.
      if (pending.length > 0) {
        alsoWalked.push(next);
        return { entry: undefined, symlinks, directory: current, alsoWalked, problem: 'not-a-directory' };
      }
      return { entry, symlinks, directory: current, alsoWalked };
    }
    return { entry: this.#entries.get(current), symlinks, directory: current, alsoWalked };
  }
}

function addMissingParents(byPath: Map<ImagePath, TreeEntry>, path: ImagePath): void {
  for (let parent = parentOf(path); !byPath.has(parent); parent = parentOf(parent)) {
    byPath.set(parent, plainDirectory(parent));
  }
}

function plainDirectory(path: ImagePath): TreeEntry {
  return { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, mtime: { seconds: 0, nanoseconds: 0 } };
}

function groupByParent(paths: Iterable<ImagePath>): Map<ImagePath, ImagePath[]> {
  const groups = new Map<ImagePath, ImagePath[]>();
  for (const path of paths) {
    if (path === rootPath) continue;
    const parent = parentOf(path);
    const group = groups.get(parent);
    if (group === undefined) groups.set(parent, [path]);
    else group.push(path);
  }
  for (const group of groups.values()) group.sort(comparePaths);
  return groups;
}

/** The order of entries everywhere: by code unit, so it never depends on a locale. */
export function comparePaths(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** True for a name such as `libfoo.so` or `libfoo.so.1.2`. */
export function isSharedLibraryName(path: ImagePath): boolean {
  return /\.so(?:\.\d+)*$/.test(baseName(path));
}
