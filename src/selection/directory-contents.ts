import type { FileTree, TreeEntry } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';

/** What is in a directory, or in words why it is too much. */
export type DirectoryContents = { readonly paths: readonly ImagePath[] } | { readonly tooLarge: string };

/**
 * Everything below a directory (a real path), empty directories too, as long as it keeps within bounds.
 *
 * @param enters whether an entry counts; what is below a directory that doesn't count is not looked at
 */
export function directoryContents(
  tree: FileTree,
  directory: ImagePath,
  bounds: { readonly bytes: number; readonly entries: number },
  enters: (entry: TreeEntry) => boolean = () => true,
): DirectoryContents {
  const paths: ImagePath[] = [];
  const pending = [directory];
  let bytes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const path of tree.children(next)) {
      const entry = tree.get(path);
      if (entry === undefined || !enters(entry)) continue;
      paths.push(path);
      bytes += entry.sizeBytes;
      if (paths.length > bounds.entries) return { tooLarge: `more than ${bounds.entries} files are in it` };
      if (bytes > bounds.bytes) return { tooLarge: `more than ${Math.round(bounds.bytes / 1e6)} MB are in it` };
      if (entry.type === 'directory') pending.push(path);
    }
  }
  return { paths };
}
