import type { FileTree } from '../../image/file-tree.js';
import type { ImagePath } from '../../image/path.js';
import { initOf, type ModuleFiles, modulesIn } from './python-files.js';

/** A module that was found. */
export interface FoundModule {
  /** What Python loads for it, packages around it first. */
  readonly files: readonly ImagePath[];
  /** The module's own; undefined for a namespace package, which has no file. */
  readonly file: ImagePath | undefined;
  /** Where its submodules are. */
  readonly directories: readonly ImagePath[];
}

/** More levels of packages than anything real has. */
const maxLevels = 32;

/**
 * Finds a module by its dotted name as Python's path finder would (Python reference, 5.5), starting at these
 * directories; undefined when it is in none of them, as a built-in module is. The way to it is in `files`.
 */
export function findModule(tree: FileTree, name: string, from: readonly ImagePath[]): FoundModule | undefined {
  let found: FoundModule = { files: [], file: undefined, directories: from };
  const parts = name.split('.');
  if (parts.length > maxLevels) return undefined;
  for (const part of parts) {
    const next = findPart(tree, part, found);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

/** The package that a relative import starts at: `level` 1 is the package that `path` is in. */
export function packageAround(tree: FileTree, directory: ImagePath): FoundModule {
  const file = initOf(tree, directory);
  return { files: file === undefined ? [] : [file], file, directories: [directory] };
}

function findPart(tree: FileTree, part: string, { files, directories }: FoundModule): FoundModule | undefined {
  const portions: ImagePath[] = [];
  for (const directory of directories) {
    const found: ModuleFiles | undefined = modulesIn(tree, directory).get(part);
    if (found === undefined) continue;
    if (found.package !== undefined) {
      const { init } = found.package;
      return { files: [...files, init], file: init, directories: [found.package.directory] };
    }
    const file = found.extensions[0] ?? found.source ?? found.compiled;
    if (file !== undefined) {
      const all = found.extensions.length > 0 ? found.extensions : [file];
      return { files: [...files, ...all], file, directories: [] };
    }
    if (found.portion !== undefined) portions.push(found.portion);
  }
  return portions.length === 0 ? undefined : { files, file: undefined, directories: portions };
}
