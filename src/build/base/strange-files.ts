import { FileTree, type TreeEntry } from '../../image/file-tree.js';
import type { ImagePath } from '../../image/path.js';
import type { AccessKind, Trace } from '../../trace/trace.js';

/** What makes a program's behaviour depend on a file's contents. */
const uses: readonly AccessKind[] = ['read', 'exec'];

/**
 * The files of a base that a slim image's run used and the original has nothing in the place of: with them the application
 * may do what it never did. Sorted.
 */
export function strangeFiles(
  trace: Trace,
  original: FileTree,
  slim: { readonly base: FileTree | undefined; readonly entries: readonly TreeEntry[] },
): readonly ImagePath[] {
  const { base } = slim;
  if (base === undefined) return [];
  const tree = new FileTree(slim.entries);
  const found = new Set<ImagePath>();
  for (const { path, accesses } of trace.paths) {
    if (!uses.some((kind) => accesses.includes(kind))) continue;
    const { entry } = tree.resolve(path);
    if (entry?.type === 'file' && base.has(entry.path) && original.resolve(path).entry === undefined)
      found.add(entry.path);
  }
  return [...found].sort();
}
