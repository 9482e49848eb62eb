import { comparePaths, type FileTree } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import { isLauncher } from '../selection/node/may-follow.js';
import { nodePrograms } from '../selection/node/node-world.js';
import type { Trace } from '../trace/trace.js';

/** More files than any application was seen to load. */
const maxEntryPoints = 5000;

export interface NodeEntryPoints {
  /** The application's own JavaScript that Node.js was seen to load; of packages, when it has none of its own. */
  readonly entryPoints: readonly ImagePath[];
  /** All JavaScript that it was seen to load, sorted: real paths, as the others. */
  readonly loaded: readonly ImagePath[];
}

/** Where a static look at an image's JavaScript begins. */
export function nodeEntryPoints(trace: Trace, tree: FileTree): NodeEntryPoints {
  const programs = new Set(nodePrograms({ trace }));
  const found = new Set<ImagePath>();
  for (const { path, accesses, programs: who } of trace.paths) {
    if (!/\.[cm]?[jt]s$/.test(path) || !accesses.includes('read')) continue;
    if (!who.some((program) => programs.has(program))) continue;
    const { entry } = tree.resolve(path);
    if (entry?.type === 'file' && !isLauncher(entry.path)) found.add(entry.path);
  }
  const loaded = [...found].sort(comparePaths);
  const own = loaded.filter((path) => !isOfPackage(path));
  return { entryPoints: (own.length > 0 ? own : loaded).slice(0, maxEntryPoints), loaded };
}

/** Debian's packages are in directories of their own, some of them being parts of its Node.js. */
function isOfPackage(path: ImagePath): boolean {
  return /\/node_modules\/|^\/usr\/(?:share|lib)\/nodejs\//.test(path);
}
