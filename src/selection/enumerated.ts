import { comparePaths, type FileTree } from '../image/file-tree.js';
import { baseName, childOf, type ImagePath } from '../image/path.js';
import type { Trace } from '../trace/trace.js';

/** A directory whose names the application reads, and of which the slim image shows fewer. */
export interface EnumeratedDirectory {
  readonly directory: ImagePath;
  /** Executables that list it, sorted. */
  readonly programs: readonly string[];
  /** How many names it has in the original. */
  readonly names: number;
  /** Those that the slim image lacks, sorted. */
  readonly missing: readonly string[];
}

/** The directories that the runs listed, as far as the slim image lacks names that they have in the original; sorted. */
export function enumeratedDirectories(
  traces: readonly Trace[],
  tree: FileTree,
  slim: FileTree,
): readonly EnumeratedDirectory[] {
  const programs = new Map<ImagePath, Set<string>>();
  for (const path of traces.flatMap(({ paths }) => paths)) {
    if (!path.accesses.includes('list')) continue;
    const { entry } = tree.resolve(path.path);
    if (entry?.type !== 'directory') continue;
    const known = programs.get(entry.path) ?? new Set();
    programs.set(entry.path, known);
    for (const program of path.programs) known.add(program);
  }
  return [...programs]
    .map(([directory, by]): EnumeratedDirectory => {
      const children = tree.children(directory);
      const place = slim.resolve(directory).entry?.path ?? directory;
      const missing = children.map((child) => baseName(child)).filter((name) => !slim.has(childOf(place, name)));
      return { directory, programs: [...by].sort(), names: children.length, missing };
    })
    .filter(({ missing }) => missing.length > 0)
    .sort((left, right) => comparePaths(left.directory, right.directory));
}
