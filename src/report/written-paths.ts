import type { PlacedFile } from '../build/composition.js';
import type { FileTree } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';

/** Paths of what slimtrace made itself: contents of its own, and directories and links that the original has none of. */
export function writtenPaths(files: readonly PlacedFile[], original: FileTree): ImagePath[] {
  return files.flatMap(({ entry: { path, type }, contents }) => {
    const isOwn = type === 'file' ? contents instanceof Uint8Array : !original.has(path);
    return isOwn ? [path] : [];
  });
}
