import { type ImagePath, isWithin, parentOf } from '../../image/path.js';
import { places } from './constant-path.js';
import type { NodeWorld } from './node-world.js';

/** Files that a piece of code names; `tooLarge` is a directory that holds more than is taken along unseen. */
export interface NamedFiles {
  readonly files: readonly string[];
  readonly tooLarge?: ImagePath;
}

const none: NamedFiles = { files: [] };

/** An application says by its own code where its views and assets are; a package's directories are seldom all needed. */
const maxDirectoryBytes = { application: 16 * 1024 * 1024, package: 1024 * 1024 };
const maxDirectoryFiles = 2000;

/** A path with its place put in: relative ones stay as they are, those in the working directory are the application's alone. */
export function placedPath(world: NodeWorld, from: ImagePath, text: string): string | undefined {
  const rest = text.slice(1);
  if (text.startsWith(places.directory)) return parentOf(from) + rest;
  if (text.startsWith(places.file)) return from + rest;
  if (text.startsWith(places.workingDirectory)) return isOfPackage(from) ? undefined : world.workingDirectory + rest;
  return text;
}

/** The file or the contents of the directory that a constant path leads to. */
export function filesNamed(world: NodeWorld, from: ImagePath, path: string): NamedFiles {
  const { entry } = world.tree.resolve(path);
  if (entry === undefined) return none;
  return entry.type === 'directory' ? filesBelow(world, from, entry.path) : { files: [path] };
}

/**
 * The files that a path can lead to of which only the beginning is known: what is in its last directory and begins
 * alike, and all below that directory when nothing more is known.
 */
export function filesBeginning(world: NodeWorld, from: ImagePath, path: string, isModule: boolean): NamedFiles {
  const cut = path.lastIndexOf('/');
  const directory = world.tree.resolve(path.slice(0, cut) || '/').entry;
  const begin = path.slice(cut + 1);
  if (cut < 0 || directory?.type !== 'directory') return none;
  const isOwn = isWithin(from, directory.path);
  if (begin === '' && !isModule) return isOwn ? none : filesBelow(world, from, directory.path);
  if (isOwn && parentOf(from) !== directory.path) return none;
  return bounded(world, from, directory.path, world.filesBeginning(directory.path, begin, isModule));
}

/** Never the whole of a package, and never the directory that the code itself is in. */
function filesBelow(world: NodeWorld, from: ImagePath, directory: ImagePath): NamedFiles {
  if (isWithin(from, directory) || world.tree.has(`${directory}/package.json`)) return none;
  if (world.tree.has(`${directory}/node_modules`) || directory.endsWith('/node_modules')) return none;
  // Directories of the system are no application's.
  if (
    /^\/(?:[^/]*$|usr\/[^/]+$|usr\/(?:lib|share|local)\/[^/]+$|var\/[^/]+$)/.test(directory) &&
    !isWithin(directory, parentOf(from))
  ) {
    return none;
  }
  const files: ImagePath[] = [];
  for (const { path, type } of world.tree.below(directory)) {
    // Read by people who debug, and larger than all the rest.
    if (path.endsWith('.map')) continue;
    if (type === 'file' || type === 'symlink') files.push(path);
    if (files.length > maxDirectoryFiles) return { files: [], tooLarge: directory };
  }
  return bounded(world, from, directory, files);
}

function bounded(world: NodeWorld, from: ImagePath, directory: ImagePath, files: readonly ImagePath[]): NamedFiles {
  if (files.length > maxDirectoryFiles) return { files: [], tooLarge: directory };
  const sizeBytes = files.reduce((sum, path) => sum + (world.tree.get(path)?.sizeBytes ?? 0), 0);
  const limit = isOfPackage(from) ? maxDirectoryBytes.package : maxDirectoryBytes.application;
  return sizeBytes > limit ? { files: [], tooLarge: directory } : { files };
}

/** Code that others wrote. */
export function isOfPackage(path: ImagePath): boolean {
  return path.includes('/node_modules/') || /^\/usr\/(?:share|lib)\//.test(path);
}
