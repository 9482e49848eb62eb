import { comparePaths, type FileTree } from './file-tree.js';
import { type ImagePath, isWithin, parentOf } from './path.js';
import type { WeighedEntry } from './tally.js';

/** A directory and what went from it. Every byte counts for one directory only. */
export interface DirectoryShare {
  readonly path: ImagePath;
  readonly bytes: number;
  /** Everything that went and isn't a directory. */
  readonly files: number;
  /** Another listed directory lies in this one, and its share is not counted here. */
  readonly isRest: boolean;
  /** Nothing of it is left. */
  readonly isGone: boolean;
}

/** A directory with a smaller part of all that went is shown as part of its parent. */
const smallestShare = 1 / 50;

/**
 * The directories that most bytes went from, largest first: the deepest ones that hold a noticeable share (hierarchical
 * heavy hitters), so that neither every ancestor of a large directory nor each of a thousand small ones is listed.
 */
export function largestDirectories(removed: readonly WeighedEntry[], slim: FileTree, limit: number): DirectoryShare[] {
  const shares = directShares(removed);
  const total = [...shares.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  if (total === 0) return [];
  const heavy = foldUpwards(shares, ({ bytes }) => bytes >= total * smallestShare);
  const ranked = [...heavy].sort(([left, a], [right, b]) => b.bytes - a.bytes || comparePaths(left, right));
  const listed = new Set(ranked.slice(0, limit).map(([path]) => path));
  // What fell off the end of the list is told with the listed directory above it, if there is one.
  const told = foldUpwards(heavy, (_, path) => listed.has(path));
  return [...told]
    .sort(([left, a], [right, b]) => b.bytes - a.bytes || comparePaths(left, right))
    .map(([path, { bytes, files }]) => ({
      path,
      bytes,
      files,
      isRest: [...listed].some((other) => other !== path && isWithin(other, path)),
      isGone: !slim.has(path),
    }));
}

interface Share {
  bytes: number;
  files: number;
}

function directShares(removed: readonly WeighedEntry[]): Map<ImagePath, Share> {
  const shares = new Map<ImagePath, Share>();
  for (const { entry, bytes } of removed)
    if (entry.type !== 'directory') addShare(shares, parentOf(entry.path), { bytes, files: 1 });
  return shares;
}

/** Moves each share that isn't to be kept to the directory above, deepest first; what reaches past `/` is dropped. */
function foldUpwards(
  shares: ReadonlyMap<ImagePath, Readonly<Share>>,
  isKept: (share: Share, path: ImagePath) => boolean,
): Map<ImagePath, Share> {
  const kept = new Map<ImagePath, Share>();
  const levels: Map<ImagePath, Share>[] = [];
  const at = (depth: number): Map<ImagePath, Share> => {
    levels[depth] ??= new Map();
    return levels[depth];
  };
  for (const [path, share] of shares) at(depthOf(path)).set(path, { ...share });
  for (let depth = levels.length - 1; depth >= 0; depth -= 1) {
    for (const [path, share] of levels[depth] ?? []) {
      if (isKept(share, path)) kept.set(path, share);
      else if (depth > 0) addShare(at(depth - 1), parentOf(path), share);
    }
  }
  return kept;
}

function addShare(shares: Map<ImagePath, Share>, path: ImagePath, { bytes, files }: Readonly<Share>): void {
  const share = shares.get(path);
  if (share === undefined) {
    shares.set(path, { bytes, files });
    return;
  }
  share.bytes += bytes;
  share.files += files;
}

function depthOf(path: ImagePath): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}
