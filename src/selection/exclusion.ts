import type { FileTree } from '../image/file-tree.js';
import { ancestorsOf, type ImagePath, rootPath } from '../image/path.js';
import { matchingPaths } from './matching-paths.js';
import type { SelectionNote } from './note.js';

/** What the user's `--exclude` patterns leave out of a tree: what they match, and all below a matching directory. */
export class Exclusion {
  /** One for each pattern that leaves out nothing. */
  readonly notes: readonly SelectionNote[];
  readonly #patterns = new Map<ImagePath, string>();

  constructor(tree: FileTree, patterns: readonly string[]) {
    const notes: SelectionNote[] = [];
    for (const pattern of patterns) {
      let isMatched = false;
      for (const path of matchingPaths(tree, pattern)) {
        // The root holds everything that is kept.
        if (path === rootPath) continue;
        isMatched = true;
        if (!this.#patterns.has(path)) this.#patterns.set(path, pattern);
      }
      if (!isMatched) {
        notes.push({ kind: 'pattern-matches-nothing', option: 'exclude', pattern });
      }
    }
    this.notes = notes;
  }

  /** The pattern that leaves `path` out. */
  patternFor(path: ImagePath): string | undefined {
    if (this.#patterns.size === 0) return undefined;
    const own = this.#patterns.get(path);
    if (own !== undefined) return own;
    for (const directory of ancestorsOf(path)) {
      const pattern = this.#patterns.get(directory);
      if (pattern !== undefined) return pattern;
    }
    return undefined;
  }
}
