import type { FileTree } from '../image/file-tree.js';
import type { Trace } from './trace.js';

/** The trace, with what of the named paths the image had, links themselves among them. */
export function markExisting(trace: Trace, tree: FileTree): Trace {
  const has = (path: string) => tree.resolve(path, { followLast: false }).entry !== undefined;
  return { ...trace, paths: trace.paths.map((traced) => ({ ...traced, existed: has(traced.path) })) };
}
