import type { FileTree } from '../../image/file-tree.js';
import { ancestorsOf, baseName, childOf, type ImagePath, parentOf } from '../../image/path.js';
import type { RuleContext } from '../rule.js';
import { type PackageManifest, parseDevelopmentPackages, parsePackageManifest } from './package-manifest.js';

/** A directory with a package.json that says which package it is. */
export interface OwningPackage {
  readonly directory: ImagePath;
  readonly manifest: PackageManifest;
}

/** Debian's node looks here as well, after all node_modules (debian/patches of nodejs). */
const debianDirectories = ['/usr/share/nodejs', '/usr/lib/nodejs'];

/** What is known of the packages of an image while rules ask: manifests are read once. Only of files that were fetched. */
export class NodeWorld {
  readonly tree: FileTree;
  /** Conditions of `exports` that the image sets besides Node's own. */
  readonly conditions: readonly string[];
  readonly workingDirectory: string;
  readonly #context: RuleContext;
  /** Searched after all node_modules directories. */
  readonly #globalDirectories: readonly string[];
  readonly #manifests = new Map<ImagePath, PackageManifest | undefined>();
  readonly #searched = new Map<ImagePath, readonly string[]>();
  readonly #beginning = new Map<string, readonly ImagePath[]>();
  readonly #developmentPackages = new Map<string, ReadonlySet<string>>();

  constructor(context: RuleContext) {
    this.#context = context;
    this.tree = context.tree;
    this.workingDirectory = context.config.WorkingDir || '/';
    this.#globalDirectories = globalDirectories(context);
    this.conditions = conditionsOf(context);
  }

  /** The directories that exist of those in which a file's packages are looked for, nearest first. */
  searched(from: string): readonly string[] {
    const place = parentOf(from as ImagePath);
    const known = this.#searched.get(place);
    if (known !== undefined) return known;
    const all = [...moduleDirectories(from), ...this.#globalDirectories];
    const existing = all.filter((directory) => this.tree.resolve(directory).entry !== undefined);
    this.#searched.set(place, existing);
    return existing;
  }

  /** The files in a directory (a real path) whose names begin so, or the modules of them: many files may ask the same. */
  filesBeginning(directory: ImagePath, begin: string, isModule: boolean): readonly ImagePath[] {
    const start = childOf(directory, begin);
    const key = `${isModule ? 'modules' : 'files'} ${start}`;
    const files =
      this.#beginning.get(key) ??
      this.tree
        .children(directory)
        .filter((child) => child.startsWith(start) && this.tree.get(child)?.type === 'file')
        .filter((child) => !isModule || /\.(?:[cm]?js|json|node|[cm]?ts)$/.test(child));
    this.#beginning.set(key, files);
    return files;
  }

  /** The manifest of a directory, by any name of it; undefined when it has none or it wasn't fetched. */
  manifest(directory: string): PackageManifest | undefined {
    const { entry } = this.tree.resolve(`${directory}/package.json`);
    if (entry?.type !== 'file') return undefined;
    if (!this.#manifests.has(entry.path)) {
      this.#manifests.set(entry.path, parsePackageManifest(this.#context.contents(entry.path)));
    }
    return this.#manifests.get(entry.path);
  }

  /** The package that a file is part of; manifests without a name only mark a directory's module type. */
  owner(path: ImagePath): OwningPackage | undefined {
    for (const directory of ancestorsOf(path)) {
      if (baseName(directory) === 'node_modules') return undefined;
      const manifest = this.manifest(directory);
      if (manifest !== undefined && isOfPackage(manifest)) return { directory, manifest };
    }
    return undefined;
  }

  /** True when a path in a node_modules directory was installed for development alone, as far as it is written down. */
  isForDevelopment(path: string): boolean {
    const cut = path.indexOf('/node_modules/');
    if (cut < 0) return false;
    const root = path.slice(0, cut) || '/';
    const inside = path.slice(cut + 1);
    const installed = this.#developmentPackagesOf(root);
    const directory = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(inside)?.[0] ?? '';
    if (installed.has(directory)) return true;
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(inside)?.[1] ?? '';
    const manifest = this.manifest(root);
    if (manifest === undefined || directory !== `node_modules/${name}`) return false;
    const isWanted = [manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies].some((names) =>
      names.has(name),
    );
    return manifest.devDependencies.has(name) && !isWanted;
  }

  #developmentPackagesOf(root: string): ReadonlySet<string> {
    const known = this.#developmentPackages.get(root);
    if (known !== undefined) return known;
    const { entry } = this.tree.resolve(`${root}/node_modules/.package-lock.json`);
    const packages = parseDevelopmentPackages(entry && this.#context.contents(entry.path));
    this.#developmentPackages.set(root, packages);
    return packages;
  }
}

function isOfPackage({ name, dependencies, optionalDependencies, devDependencies }: PackageManifest): boolean {
  return name !== undefined || dependencies.size + optionalDependencies.size + devDependencies.size > 0;
}

/**
 * The Node.js programs that were seen to run, none being a sign that JavaScript is only data here. The other runtimes
 * load modules in the same manner.
 */
export function nodePrograms({ trace }: Pick<RuleContext, 'trace'>): readonly string[] {
  const programs = new Set<string>();
  for (const traced of trace.paths) for (const program of traced.programs) programs.add(program);
  return [...programs].filter(isNodeProgram);
}

function isNodeProgram(program: string): boolean {
  return /(?:^|\/)(?:node(?:js)?(?:-?v?\d[\d.]*)?|bun|deno|electron)$/.test(program);
}

/** The node_modules directories in which a file's modules are looked for, nearest first. */
export function moduleDirectories(from: string): readonly string[] {
  return [...ancestorsOf(from as ImagePath)]
    .filter((directory) => baseName(directory) !== 'node_modules')
    .map((directory) => (directory === '/' ? '/node_modules' : `${directory}/node_modules`));
}

/** Where a package stands for a file: by walking up, then in the global directories. Every place, nearest first. */
export function* packageDirectories(world: NodeWorld, from: string, name: string): Generator<string> {
  for (const directory of world.searched(from)) {
    const path = `${directory}/${name}`;
    if (world.tree.resolve(path).entry !== undefined) yield path;
  }
}

function globalDirectories({ env, config }: RuleContext): readonly string[] {
  const value = (name: string) => env.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const listed = (value('NODE_PATH') ?? '').split(':').filter((directory) => directory !== '');
  const home = value('HOME') ?? '/root';
  return [
    ...listed.map((directory) => (directory.startsWith('/') ? directory : `${config.WorkingDir ?? ''}/${directory}`)),
    `${home}/.node_modules`,
    `${home}/.node_libraries`,
    '/usr/local/lib/node',
    '/usr/lib/node',
    ...debianDirectories,
    '/usr/lib/x86_64-linux-gnu/nodejs',
    '/usr/lib/aarch64-linux-gnu/nodejs',
  ];
}

/** `--conditions=NAME` and `-C NAME` of NODE_OPTIONS and of the commands. */
export function conditionsOf({ env, config, trace }: Pick<RuleContext, 'env' | 'config' | 'trace'>): readonly string[] {
  const options = env.findLast((line) => line.startsWith('NODE_OPTIONS=')) ?? '';
  const commands = [config.Entrypoint ?? [], config.Cmd ?? [], ...trace.runs.map(({ command }) => command)];
  const words = [options, ...commands.map((command) => command.join(' '))].join(' ');
  return [...words.matchAll(/(?:--conditions|-C)(?:=|\s+)([^\s'"]+)/g)].map((match) => match[1] ?? '');
}

/** All package.json files upwards of a path to the root of its package, nearest first. */
export function manifestsAbove(tree: FileTree, path: ImagePath): readonly ImagePath[] {
  const found: ImagePath[] = [];
  for (const directory of ancestorsOf(path)) {
    if (baseName(directory) === 'node_modules') break;
    const manifest = (directory === '/' ? '/package.json' : `${directory}/package.json`) as ImagePath;
    if (tree.get(manifest) !== undefined) found.push(manifest);
    if (baseName(parentOf(directory)) === 'node_modules') break;
  }
  return found;
}
