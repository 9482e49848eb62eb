import type { FileTree } from '../image/file-tree.js';
import { baseName, type ImagePath, rootPath } from '../image/path.js';
import { type Glob, matchComponents, parseGlobs } from './glob.js';

/**
 * The paths of a tree that a pattern of the user names, real paths only. A path that exists as it is written is taken
 * literally, wildcards and all (`/usr/bin/[`). Symlinks in the literal beginning are followed (`/bin/*` in a
 * usr-merged image), the last component isn't. What stands below a matching directory isn't listed.
 */
export function* matchingPaths(tree: FileTree, pattern: string): Generator<ImagePath> {
  const literally = pattern.startsWith('/') ? tree.resolve(pattern, { followLast: false }).entry : undefined;
  if (literally !== undefined) {
    yield literally.path;
    return;
  }
  const known = remembered.get(tree) ?? new Map<string, ReadonlySet<ImagePath>>();
  remembered.set(tree, known);
  if (known.size > mostRemembered) known.clear();
  const matches = known.get(pattern) ?? new Set(parseGlobs(pattern).flatMap((glob) => [...matchesOf(tree, glob)]));
  known.set(pattern, matches);
  yield* matches;
}

/** Of trees that never change: a thousand files of configuration may include the same directory. */
const remembered = new WeakMap<FileTree, Map<string, ReadonlySet<ImagePath>>>();
const mostRemembered = 100;

function* matchesOf(tree: FileTree, glob: Glob): Generator<ImagePath> {
  const { entry } = tree.resolve(`/${glob.literal.join('/')}`, { followLast: glob.rest.length > 0 });
  if (entry === undefined) return;
  if (glob.rest.length === 0) {
    yield entry.path;
    return;
  }
  if (entry.type !== 'directory') return;
  yield* walk(tree, entry.path, glob.rest);
}

/** One level at a time as long as the pattern is fixed in depth, all below once it isn't. */
function* walk(tree: FileTree, directory: ImagePath, patterns: Glob['rest']): Generator<ImagePath> {
  const [first, ...rest] = patterns;
  if (first === '**') {
    const skip = directory === rootPath ? 1 : directory.length + 1;
    for (const { path } of tree.below(directory)) {
      if (matchComponents(patterns, path.slice(skip).split('/'))) yield path;
    }
    return;
  }
  if (first === undefined) return;
  for (const child of tree.children(directory)) {
    if (!matchComponents([first], [baseName(child)])) continue;
    if (rest.length === 0) yield child;
    else if (tree.get(child)?.type === 'directory') yield* walk(tree, child, rest);
  }
}
