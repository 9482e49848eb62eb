import type { FileTree } from '../image/file-tree.js';
import { asImagePath, type ImagePath } from '../image/path.js';
import type { Trace } from '../trace/trace.js';
import { waysOf } from './traced-path.js';

/**
 * What a slim image's traced run named and did not find though the original has it: the trace with those paths alone.
 *
 * @param tree the original's
 * @param kept what the slim image holds of it
 */
export function missedPaths(trace: Trace, tree: FileTree, kept: ReadonlyMap<ImagePath, unknown>): Trace {
  const paths = trace.paths.filter((path) =>
    [...waysOf(tree, path)].some(({ entry, directory, symlinks, alsoWalked, leadsOn }) => {
      const target = leadsOn && entry !== undefined ? tree.resolve(entry.path).entry?.path : undefined;
      const needed = [entry?.path ?? directory, ...symlinks, ...alsoWalked, ...(target === undefined ? [] : [target])];
      return needed.some((needed) => !kept.has(asImagePath(needed)));
    }),
  );
  return { ...trace, paths };
}
