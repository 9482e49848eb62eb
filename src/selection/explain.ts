import { comparePaths, type FileTree } from '../image/file-tree.js';
import { ancestorsOf, baseName, type ImagePath, parentOf, rootPath } from '../image/path.js';
import { type ChainStep, chainsOf, type Reasons } from './chains.js';
import { parentOfReason, type Reason, type Selection } from './reason.js';
import type { SelectionResult } from './select.js';

export type ExplainedStep = ChainStep<ImagePath, Reason>;

/** A kept path near one that isn't: the likeliest that was meant, or the place it would stand in. */
interface KeptNeighbour {
  readonly path: ImagePath;
  readonly relation: 'sibling' | 'ancestor';
}

interface Explained {
  /** The real path of what was asked about; a final symlink isn't followed. */
  readonly path: ImagePath;
  /** Symlinks that the name as it was asked goes through. */
  readonly through: readonly ImagePath[];
}

/** Why a path of an image is in the selection, or why it isn't. */
export type Explanation =
  /** `chains`: each from the path down to a root cause, the shortest first. */
  | (Explained & { readonly kind: 'kept'; readonly chains: readonly (readonly ExplainedStep[])[] })
  | (Explained & { readonly kind: 'excluded'; readonly pattern: string; readonly nearest: KeptNeighbour })
  | (Explained & { readonly kind: 'not-asked-for'; readonly nearest: KeptNeighbour })
  | (Explained & { readonly kind: 'not-in-image'; readonly nearest: KeptNeighbour });

/** Explains `path`, an absolute name in the image that may go through symlinks. */
export function explainPath(
  result: Pick<SelectionResult, 'selection' | 'excluded'>,
  tree: FileTree,
  path: ImagePath,
): Explanation {
  const way = tree.resolve(path, { followLast: false });
  if (way.entry === undefined) {
    const place = way.directory === parentOf(path) ? path : way.directory;
    return { kind: 'not-in-image', path, through: way.symlinks, nearest: nearestKept(result, tree, place) };
  }
  const explained = { path: way.entry.path, through: way.symlinks };
  if (result.selection.has(explained.path)) {
    return { kind: 'kept', ...explained, chains: chainsOf(explained.path, reasonsIn(result.selection)) };
  }
  const nearest = nearestKept(result, tree, explained.path);
  const pattern = result.excluded.get(explained.path);
  if (pattern !== undefined) return { kind: 'excluded', ...explained, pattern, nearest };
  return { kind: 'not-asked-for', ...explained, nearest };
}

function reasonsIn(selection: Selection): Reasons<ImagePath, Reason> {
  return { reasonsOf: (path) => selection.get(path) ?? [], parentOf: parentOfReason };
}

/** The kept entry of the same directory with the most similar name, else the nearest kept directory above. */
function nearestKept(result: Pick<SelectionResult, 'selection'>, tree: FileTree, path: ImagePath): KeptNeighbour {
  let nearest: ImagePath | undefined;
  for (const sibling of tree.children(parentOf(path))) {
    if (sibling === path || !result.selection.has(sibling)) continue;
    if (nearest === undefined || isNearer(sibling, nearest, path)) nearest = sibling;
  }
  if (nearest !== undefined) return { path: nearest, relation: 'sibling' };
  const ancestor = [...ancestorsOf(path)].find((directory) => result.selection.has(directory));
  return { path: ancestor ?? rootPath, relation: 'ancestor' };
}

function isNearer(candidate: ImagePath, than: ImagePath, path: ImagePath): boolean {
  const [left, right] = [nameDistance(candidate, path), nameDistance(than, path)];
  return left === right ? comparePaths(candidate, than) < 0 : left < right;
}

/** Characters in which two names differ between what they begin and what they end with alike. */
function nameDistance(left: ImagePath, right: ImagePath): number {
  const [a, b] = [baseName(left), baseName(right)];
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && a[before] === b[before]) before += 1;
  let after = 0;
  while (after < shorter - before && a[a.length - 1 - after] === b[b.length - 1 - after]) after += 1;
  return Math.max(a.length, b.length) - before - after;
}
