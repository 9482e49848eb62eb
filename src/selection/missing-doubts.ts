import type { FileTree } from '../image/file-tree.js';
import type { Doubt } from './doubt.js';

/** Without the doubts about files that the slim image has after all: from its base. */
export function missingDoubts(doubts: readonly Doubt[], slim: FileTree): readonly Doubt[] {
  return doubts.filter(
    (doubt) => doubt.doubt === 'dynamic-loader' || doubt.target === undefined || !slim.resolve(doubt.target).entry,
  );
}
