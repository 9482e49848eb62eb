import type { TreeEntry } from './file-tree.js';
import type { ImagePath } from './path.js';

/** Paths that anybody may write to, and of directories those where anybody may take away what is another's; sorted. */
export function worldWritable(entries: Iterable<TreeEntry>): readonly ImagePath[] {
  const paths: ImagePath[] = [];
  for (const { path, type, mode } of entries) {
    if (type === 'file' && (mode & 0o002) !== 0) paths.push(path);
    if (type === 'directory' && (mode & 0o1002) === 0o002) paths.push(path);
  }
  return paths.sort();
}
