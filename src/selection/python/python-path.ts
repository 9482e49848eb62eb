import type { FileTree } from '../../image/file-tree.js';
import { baseName, childOf, type ImagePath, isWithin, parentOf } from '../../image/path.js';
import { searchDirectories, variable } from '../environment.js';
import { linesOf } from '../ld-so-conf.js';
import type { RuleContext } from '../rule.js';
import type { PythonVersion } from './python-condition.js';
import { initOf } from './python-files.js';

/** Whose a module is. */
export type PythonOwner = 'application' | 'third-party' | 'standard';

/** Where the Pythons of an image look for modules. */
export interface PythonPath {
  /** In the order of `sys.path`, as far as that can be told. */
  readonly directories: readonly ImagePath[];
  /** The directories that packages are installed to and something is kept of. */
  readonly sites: readonly ImagePath[];
  /** That of the Python in use, where there is only one. */
  readonly version: PythonVersion | undefined;
  ownerOf(path: ImagePath): PythonOwner;
}

interface Layout {
  readonly standard: readonly ImagePath[];
  readonly sites: readonly ImagePath[];
}

const layouts = new WeakMap<FileTree, Layout>();

/**
 * `sys.path` as the kept Pythons would have it (the site module's documentation): directories of the application,
 * PYTHONPATH, the standard library, site-packages and what `.pth` files there name, as far as those are fetched.
 */
export function pythonPath(context: RuleContext): PythonPath {
  const { tree } = context;
  const layout = layouts.get(tree) ?? findLayout(tree);
  layouts.set(tree, layout);
  const standard = layout.standard.filter((directory) => context.isSelected(directory));
  const sites = layout.sites.filter((directory) => context.isSelected(directory));
  const ownerOf = (path: ImagePath): PythonOwner => {
    if (layout.sites.some((site) => isWithin(path, site))) return 'third-party';
    return layout.standard.some((directory) => isWithin(path, directory)) ? 'standard' : 'application';
  };
  const named = sites.flatMap((site) => pthFiles(tree, site).flatMap((path) => directoriesOfPth(context, site, path)));
  const dynload = standard.map((directory) => childOf(directory, 'lib-dynload'));
  const directories = new Set([
    ...environmentDirectories(context),
    ...standard,
    ...dynload,
    ...sites,
    ...named,
    ...applicationDirectories(context, ownerOf),
  ]);
  return { directories: [...directories], sites, version: versionOf(standard), ownerOf };
}

/** The files of a site directory that name more directories. */
export function pthFiles(tree: FileTree, site: ImagePath): readonly ImagePath[] {
  return tree.children(site).filter((path) => path.endsWith('.pth'));
}

/** Directories that packages are installed to, in use or not. */
export function siteDirectories(tree: FileTree): readonly ImagePath[] {
  const layout = layouts.get(tree) ?? findLayout(tree);
  layouts.set(tree, layout);
  return layout.sites;
}

function findLayout(tree: FileTree): Layout {
  const standard: ImagePath[] = [];
  const sites: ImagePath[] = [];
  for (const { path, type } of tree.entries()) {
    if (type === 'directory' && /\/(?:site|dist)-packages$/.test(path)) sites.push(path);
    if (type === 'file' && /\/(?:python|pypy)3(?:\.\d+)?t?\/os\.pyc?$/.test(path)) standard.push(parentOf(path));
  }
  return { standard: [...new Set(standard)].sort(), sites: sites.sort() };
}

function versionOf(standard: readonly ImagePath[]): PythonVersion | undefined {
  const versions = new Set(standard.map((directory) => /python(3)\.(\d+)$/.exec(directory)?.[2]));
  const [minor] = versions;
  return versions.size === 1 && minor !== undefined ? { major: 3, minor: Number(minor) } : undefined;
}

function directoriesOfPth(context: RuleContext, site: ImagePath, path: ImagePath): readonly ImagePath[] {
  const lines = linesOf(context.contents(context.tree.resolve(path).entry?.path ?? path));
  return realDirectories(
    context.tree,
    lines
      .filter((line) => !/^(?:#|import[ \t])/.test(line))
      .map((line) => (line.startsWith('/') ? line : `${site}/${line}`)),
  );
}

function environmentDirectories({ tree, config, env }: RuleContext): readonly ImagePath[] {
  const list = variable({ Env: [...env] }, 'PYTHONPATH') ?? '';
  const named = list === '' ? [] : searchDirectories(config, list);
  return realDirectories(tree, [config.WorkingDir || '/', ...named]);
}

/** The topmost directories of what the runs loaded that is neither the standard library's nor installed. */
function applicationDirectories(context: RuleContext, ownerOf: PythonPath['ownerOf']): readonly ImagePath[] {
  const directories = new Set<ImagePath>();
  for (const { path: name } of context.trace.paths) {
    if (!/\.pyc?$/.test(name)) continue;
    const path = context.tree.resolve(name).entry?.path;
    if (path !== undefined && ownerOf(path) === 'application') directories.add(topDirectory(context.tree, path));
  }
  return [...directories];
}

/** The directory that the outermost package around a module stands in. */
export function topDirectory(tree: FileTree, path: ImagePath): ImagePath {
  let directory = parentOf(path);
  if (baseName(directory) === '__pycache__') directory = parentOf(directory);
  while (directory !== '/' && initOf(tree, directory) !== undefined) directory = parentOf(directory);
  return directory;
}

function realDirectories(tree: FileTree, names: readonly string[]): readonly ImagePath[] {
  return names.flatMap((name) => {
    const { entry } = tree.resolve(name);
    return entry?.type === 'directory' ? [entry.path] : [];
  });
}
