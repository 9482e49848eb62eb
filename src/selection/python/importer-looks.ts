import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import type { Trace, TracedPath } from '../../trace/trace.js';

/**
 * Names that a run looked at only because Python was looking for a module there: importing `lzma` from a script in
 * `/usr/bin`, it lists that directory, sees `lzma` and asks whether that is a package (importlib's FileFinder.find_spec).
 * Where the program isn't listed, Python doesn't ask. Only files that nothing opened or executed, in a directory that the
 * same run listed and ran a script of, named like a module that it then loaded from elsewhere.
 */
export function importerLooks(tree: FileTree, trace: Trace): ReadonlySet<string> {
  const modules = new Set(trace.paths.flatMap((traced) => moduleLoaded(traced)));
  const searched = new Set(
    trace.paths
      .filter(({ accesses }) => accesses.includes('list') || accesses.includes('opendir'))
      .map(({ path }) => path),
  );
  const looks = trace.paths.filter(
    ({ path, accesses, programs }) =>
      modules.has(baseName(path as ImagePath)) &&
      accesses.every((access) => access === 'stat') &&
      programs.every((program) => /\/(?:python|pypy)[\d.]*$/.test(program)) &&
      searched.has(parentOf(path as ImagePath)) &&
      tree.resolve(path).entry?.type === 'file',
  );
  return new Set(looks.map(({ path }) => path));
}

/** The module at the top level of the standard library that was read. */
function moduleLoaded({ path, accesses }: TracedPath): readonly string[] {
  if (!accesses.includes('read')) return [];
  const name = /\/python3\.\d+\/(?:lib-dynload\/|__pycache__\/)?(\w+)\.(?:py|[\w.-]*pyc|[\w.-]*so)$/.exec(path)?.[1];
  return name === undefined ? [] : [name];
}
