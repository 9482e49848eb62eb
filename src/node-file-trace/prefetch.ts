import type { FileTree, TreeEntry } from '../image/file-tree.js';
import { type ImagePath, isWithin, parentOf } from '../image/path.js';
import { moduleDirectories } from '../selection/node/node-world.js';
import type { NodeEntryPoints } from './entry-points.js';

/** A bundle of a whole application; and what has no extension of JavaScript's is a script, or a program to leave alone. */
const maxSourceBytes = 4 * 1024 * 1024;
const maxOtherBytes = 256 * 1024;
/** Of one package that something is wanted of. */
const maxPackageFiles = 500;
const maxPackageBytes = 4 * 1024 * 1024;

/** True for a file that may be JavaScript, or describe some: by its name and size. */
export function mayBeSource({ type, path, sizeBytes }: TreeEntry): boolean {
  if (type !== 'file') return false;
  return sizeBytes <= (isSourceName(path) ? maxSourceBytes : maxOtherBytes);
}

/**
 * What will likely be read, the likeliest first: what was loaded and the packages that it is of, the manifests of the
 * packages that can be reached, the files next to those of the application and below.
 */
export function* likelySources(tree: FileTree, { entryPoints, loaded }: NodeEntryPoints): Generator<ImagePath> {
  yield* loaded;
  const modules = reachableModules(tree, entryPoints);
  for (const directory of modules) {
    for (const entry of tree.below(directory)) if (entry.path.endsWith('/package.json')) yield entry.path;
  }
  for (const path of loaded) if (path.includes('/node_modules/')) yield* packageSources(tree, path);
  for (const directory of applicationDirectories(entryPoints)) yield* sourcesBelow(tree, directory);
}

/** The directories of node_modules in which files are looked for, as real paths. */
export function reachableModules(tree: FileTree, entryPoints: readonly ImagePath[]): readonly ImagePath[] {
  const directories = new Set(entryPoints.flatMap((path) => moduleDirectories(path)));
  return outermost([...directories].flatMap((path) => tree.resolve(path).entry ?? []).map(({ path }) => path));
}

/** The directories in which the application's own files are, none within another, and never the root. */
export function applicationDirectories(entryPoints: readonly ImagePath[]): readonly ImagePath[] {
  return outermost(entryPoints.map(parentOf).filter((path) => path !== '/'));
}

/** The sources of the package that a file is of, unless they are too many; or the file alone. */
export function* packageSources(tree: FileTree, path: ImagePath): Generator<ImagePath> {
  yield path;
  const directory = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
  if (directory === undefined) return;
  let files = 0;
  let sizeBytes = 0;
  for (const source of sourcesBelow(tree, directory)) {
    files += 1;
    sizeBytes += tree.get(source)?.sizeBytes ?? 0;
    if (files > maxPackageFiles || sizeBytes > maxPackageBytes) return;
    yield source;
  }
}

function* sourcesBelow(tree: FileTree, directory: string): Generator<ImagePath> {
  for (const entry of tree.below(directory)) {
    if (entry.path.startsWith('node_modules/', directory.length + 1)) continue;
    if (isSourceName(entry.path) && mayBeSource(entry)) yield entry.path;
  }
}

function isSourceName(path: string): boolean {
  return /\.(?:[cm]?[jt]s|json)$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

function outermost(directories: readonly ImagePath[]): readonly ImagePath[] {
  const found: ImagePath[] = [];
  for (const path of [...new Set(directories)].sort()) {
    if (!found.some((above) => isWithin(path, above))) found.push(path);
  }
  return found;
}
