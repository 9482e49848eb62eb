import { comparePaths } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import type { Doubt } from './doubt.js';

/** The doubts that remain when all is selected: each once, sorted; what was kept for another reason is none any more. */
export function settleDoubts(doubts: readonly Doubt[], selected: ReadonlyMap<ImagePath, unknown>): readonly Doubt[] {
  const remaining = doubts.filter((doubt) => !('target' in doubt) || !selected.has(doubt.target));
  const settled = new Map(remaining.map((doubt) => [JSON.stringify(doubt), doubt]));
  return [...settled].sort(([left], [right]) => comparePaths(left, right)).map(([, doubt]) => doubt);
}
