import type { FileTree } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import type { Granularity, GranularityPlan } from '../granularity.js';
import { matchingPaths } from '../matching-paths.js';
import type { SelectionNote } from '../note.js';

/** A plan applied to the paths of one tree. A pattern that matches a directory speaks for all below it. */
export class GranularityOfPaths {
  /** One for each pattern that matches nothing. */
  readonly notes: readonly SelectionNote[];
  readonly #plan: GranularityPlan;
  /** The last override that matches a path itself. */
  readonly #matched = new Map<ImagePath, number>();

  constructor(tree: FileTree, plan: GranularityPlan) {
    this.#plan = plan;
    const notes: SelectionNote[] = [];
    for (const [index, { pattern }] of plan.overrides.entries()) {
      let isMatched = false;
      for (const path of matchingPaths(tree, pattern)) {
        this.#matched.set(path, index);
        isMatched = true;
      }
      if (!isMatched) notes.push({ kind: 'pattern-matches-nothing', option: 'granularity', pattern });
    }
    this.notes = notes;
  }

  /** What comes along with `path` when it is kept. */
  of(path: ImagePath): Granularity {
    return this.#override(path) ?? this.#plan.default;
  }

  /** True where an override says `file`: such a path isn't company of others either, whatever theirs is. */
  isAlwaysAlone(path: ImagePath): boolean {
    return this.#override(path) === 'file';
  }

  #override(path: ImagePath): Granularity | undefined {
    if (this.#matched.size === 0) return undefined;
    let last = this.#matched.get(path) ?? -1;
    for (const directory of ancestorsOf(path)) last = Math.max(last, this.#matched.get(directory) ?? -1);
    return this.#plan.overrides[last]?.granularity;
  }
}
