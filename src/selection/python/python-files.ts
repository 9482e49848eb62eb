import type { FileTree } from '../../image/file-tree.js';
import { baseName, childOf, type ImagePath, parentOf } from '../../image/path.js';

/** The files of one name in a directory of modules, in the order in which Python's finder prefers them. */
export interface ModuleFiles {
  /** A directory of that name with an `__init__`, and that file. */
  readonly package?: { readonly directory: ImagePath; readonly init: ImagePath };
  /** A directory of that name without one: a part of a namespace package, if nothing else is found. */
  readonly portion?: ImagePath;
  /** Native modules, one for each ABI. */
  readonly extensions: readonly ImagePath[];
  readonly source?: ImagePath;
  /** A `.pyc` in the place of the source. */
  readonly compiled?: ImagePath;
}

type Directory = ReadonlyMap<string, ModuleFiles>;

/** The directories of each tree that were looked into, by their paths: trees don't change. */
const known = new WeakMap<FileTree, Map<string, Directory>>();

/** The modules that stand in a directory (importlib's FileFinder), by name. */
export function modulesIn(tree: FileTree, directory: ImagePath): Directory {
  const directories = known.get(tree) ?? new Map<string, Directory>();
  known.set(tree, directories);
  const found = directories.get(directory) ?? readDirectory(tree, directory);
  directories.set(directory, found);
  return found;
}

function readDirectory(tree: FileTree, directory: ImagePath): Directory {
  const modules = new Map<string, ModuleFiles>();
  for (const path of tree.children(directory)) {
    const name = baseName(path);
    const type = tree.get(path)?.type === 'symlink' ? tree.resolve(path).entry?.type : tree.get(path)?.type;
    const [, stem = name, extension] = /^([^.]+)(\.[\w.-]*so|\.pyc?)$/.exec(name) ?? [];
    const files = modules.get(stem) ?? { extensions: [] };
    if (type === 'directory' && /^\w+$/.test(name)) modules.set(name, { ...files, ...asPackage(tree, path) });
    else if (type !== 'file' || extension === undefined) continue;
    else if (extension === '.py') modules.set(stem, { ...files, source: path });
    else if (extension === '.pyc') modules.set(stem, { ...files, compiled: path });
    else modules.set(stem, { ...files, extensions: [...files.extensions, path] });
  }
  return modules;
}

function asPackage(tree: FileTree, name: ImagePath): Pick<ModuleFiles, 'package' | 'portion'> {
  const directory = tree.resolve(name).entry?.path ?? name;
  const init = initOf(tree, directory);
  return init === undefined ? { portion: directory } : { package: { directory, init } };
}

/** The file that makes a directory a package. */
export function initOf(tree: FileTree, directory: ImagePath): ImagePath | undefined {
  return ['__init__.py', '__init__.pyc']
    .map((name) => childOf(directory, name))
    .find((path) => tree.resolve(path).entry?.type === 'file');
}

/** The source that a `__pycache__/name.cpython-311.opt-1.pyc` was compiled from (PEP 3147); undefined for other names. */
export function sourceOfCompiled(path: ImagePath): ImagePath | undefined {
  const directory = parentOf(path);
  const stem = /^([^.]+)\.[^/]+\.pyc$/.exec(baseName(path))?.[1];
  if (stem === undefined || baseName(directory) !== '__pycache__') return undefined;
  return childOf(parentOf(directory), `${stem}.py`);
}

/** What Python may have compiled a source to, for each version and level. */
export function compiledOf(tree: FileTree, source: ImagePath): readonly ImagePath[] {
  const cache = childOf(parentOf(source), '__pycache__');
  const stem = baseName(source).replace(/\.py$/, '');
  return tree.children(cache).filter((path) => path.endsWith('.pyc') && baseName(path).startsWith(`${stem}.`));
}
