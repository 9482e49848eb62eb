import { comparePaths, type FileTree } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import type { Doubt } from './doubt.js';

/**
 * The doubts that remain when all is selected: each once, sorted; what was kept for another reason is none any more. That a
 * directory is kept says nothing about what is in it.
 */
export function settleDoubts(
  doubts: readonly Doubt[],
  selected: ReadonlyMap<ImagePath, unknown>,
  tree: FileTree,
): readonly Doubt[] {
  const isKept = (target: ImagePath) => selected.has(target) && tree.get(target)?.type !== 'directory';
  const remaining = doubts.filter((doubt) => !('target' in doubt) || !isKept(doubt.target));
  const settled = new Map(remaining.map((doubt) => [JSON.stringify(doubt), doubt]));
  return [...settled].sort(([left], [right]) => comparePaths(left, right)).map(([, doubt]) => doubt);
}
