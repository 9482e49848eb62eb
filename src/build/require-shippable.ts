import { SlimtraceError } from '../errors.js';
import type { TreeEntry } from '../image/file-tree.js';
import { baseName } from '../image/path.js';

/**
 * Throws `name-unshippable` for an entry that no layer can hold: one whose name takes away another of a lower layer (OCI
 * image-spec layer.md, "Whiteouts"). Docker's own build drops such a file; another engine's may keep it until it is pushed.
 */
export function requireShippable(entries: readonly Pick<TreeEntry, 'path'>[]): void {
  const marking = entries.find(({ path }) => baseName(path).startsWith('.wh.'));
  if (marking !== undefined) throw new SlimtraceError('name-unshippable', { path: marking.path });
}
