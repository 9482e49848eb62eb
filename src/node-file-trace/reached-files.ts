import { comparePaths, type FileTree } from '../image/file-tree.js';
import { asImagePath, type ImagePath, isWithin } from '../image/path.js';
import type { AssistedFile } from '../selection/assisted-file.js';
import { applicationDirectories, reachableModules } from './prefetch.js';

/** One file that names a directory of the system's by a computed name means one file of it, not all. */
const maxOutsideFiles = 50;

/**
 * What is reached, as data for the rules: sorted, every way to a file told, and none that the tree doesn't have. Of what is
 * neither the application's nor of a package, only what a file names a few of.
 */
export function reachedFiles(
  tree: FileTree,
  entryPoints: readonly ImagePath[],
  reached: readonly (readonly [string, readonly string[]])[],
): readonly AssistedFile[] {
  const inside = [...applicationDirectories(entryPoints), ...reachableModules(tree, entryPoints)];
  const outside = new Map<ImagePath, number>();
  const isInside = (path: ImagePath) => inside.some((directory) => isWithin(path, directory));
  const files = reached.flatMap(([name, parents]) => {
    const path = `/${name}`;
    if (!tree.has(path)) return [];
    return parents.flatMap((parent) =>
      tree.has(`/${parent}`) ? { path: asImagePath(path), parent: asImagePath(`/${parent}`) } : [],
    );
  });
  for (const { path, parent } of files) if (!isInside(path)) outside.set(parent, (outside.get(parent) ?? 0) + 1);
  return files
    .filter(({ path, parent }) => isInside(path) || (outside.get(parent) ?? 0) <= maxOutsideFiles)
    .sort((left, right) => comparePaths(left.path, right.path) || comparePaths(left.parent, right.parent));
}
