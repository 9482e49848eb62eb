import type { FileTree } from '../image/file-tree.js';
import { asImagePath, type ImagePath } from '../image/path.js';
import type { Trace, TracedPath } from '../trace/trace.js';
import { waysOf } from './traced-path.js';

type Kept = ReadonlyMap<ImagePath, unknown>;

/**
 * What a slim image's traced run named and did not find though the original has it, and the directories that it listed,
 * unlike the original's run, and that show fewer names: the trace with those paths alone. A directory that lacks nothing
 * but names has `list` as its only access.
 *
 * @param kept what the slim image holds of the original
 */
export function missedPaths(
  trace: Trace,
  original: { readonly tree: FileTree; readonly trace: Trace },
  kept: Kept,
): Trace {
  const { tree } = original;
  const listed = new Set(original.trace.paths.filter(isListed).map(({ path }) => path));
  const paths = trace.paths.flatMap((path): readonly TracedPath[] => {
    if (isMissed(path, tree, kept)) return [path];
    const isOnlyHere = isListed(path) && !listed.has(path.path);
    const lacksNames = isOnlyHere && namesIn(path, tree).some((name) => !kept.has(name));
    return lacksNames ? [{ ...path, accesses: ['list'] }] : [];
  });
  return { ...trace, paths };
}

/** Without the directories that were only listed and got nothing for it: few of them hold plugins that a pack knows. */
export function withoutIdleListings(missed: Trace, tree: FileTree, before: Kept, after: Kept): Trace {
  const isNew = (path: ImagePath) => after.has(path) && !before.has(path);
  return { ...missed, paths: missed.paths.filter((path) => !isOnlyListed(path) || namesIn(path, tree).some(isNew)) };
}

/** Nothing was missed at this path itself. */
export function isOnlyListed({ accesses }: TracedPath): boolean {
  return accesses.length === 1 && accesses[0] === 'list';
}

function isListed({ accesses }: TracedPath): boolean {
  return accesses.includes('list');
}

function isMissed(path: TracedPath, tree: FileTree, kept: Kept): boolean {
  return [...waysOf(tree, path)].some(({ entry, directory, symlinks, alsoWalked, leadsOn }) => {
    const target = leadsOn && entry !== undefined ? tree.resolve(entry.path).entry?.path : undefined;
    const needed = [entry?.path ?? directory, ...symlinks, ...alsoWalked, ...(target === undefined ? [] : [target])];
    return needed.some((one) => !kept.has(asImagePath(one)));
  });
}

function namesIn({ path }: TracedPath, tree: FileTree): readonly ImagePath[] {
  const { entry } = tree.resolve(path);
  return entry?.type === 'directory' ? tree.children(entry.path) : [];
}
