import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import type { Trace, TracedPath } from '../../trace/trace.js';

/**
 * The names in a trace that say only that Python looked for a module: importing `lzma` from a script in `/usr/bin`, it
 * lists that directory, sees a program `lzma`, asks for `lzma/__init__.py` and what `lzma` is, and goes on (importlib's
 * FileFinder.find_spec). Where the program isn't listed, Python doesn't ask. Nobody else asks for an `__init__.py` below
 * a file; a file that was opened, executed or asked for by another program is none of these.
 */
export function importerLooks(tree: FileTree, trace: Trace): ReadonlySet<string> {
  const inits = trace.paths.filter((traced) => isOnlyLookedAt(traced) && isInit(traced.path));
  const files = new Set<string>(
    inits.map(({ path }) => parentOf(path as ImagePath)).filter((path) => tree.resolve(path).entry?.type === 'file'),
  );
  // The kernel's name for what a link led to comes along with that of the link.
  const isLook = ({ path, reachedThrough = [path] }: TracedPath): boolean =>
    reachedThrough.some((named) => files.has(named));
  const looks = trace.paths.filter((traced) => isOnlyLookedAt(traced) && (files.has(traced.path) || isLook(traced)));
  const looked = new Set(looks.map(({ path }) => path));
  // A file that something else asked for stays, and so does all that was asked below it.
  const below = inits.filter(({ path }) => looked.has(parentOf(path as ImagePath)));
  return new Set([...looked, ...below.map(({ path }) => path)]);
}

function isInit(path: string): boolean {
  return /^__init__\.(?:py|pyc|[\w.-]*so)$/.test(baseName(path as ImagePath));
}

function isOnlyLookedAt({ accesses, programs }: TracedPath): boolean {
  return (
    accesses.every((access) => access === 'stat') &&
    programs.length > 0 &&
    programs.every((program) => /\/(?:python|pypy)[\d.]*$/.test(program))
  );
}
