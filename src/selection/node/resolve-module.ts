import { ancestorsOf, baseName, type ImagePath, parentOf } from '../../image/path.js';
import { isBuiltinModule } from './builtin-modules.js';
import { exportTargets, importTargets } from './exports-map.js';
import { type NodeWorld, packageDirectories } from './node-world.js';

export interface ModuleRequest {
  readonly specifier: string;
  /** The real path of the file that names it. */
  readonly from: ImagePath;
  readonly kind: 'require' | 'import';
}

export interface ResolvedModule {
  /** The files that it may be, by names through symlinks; more than one where Node's versions differ. */
  readonly files: readonly string[];
  /** Each package.json that is read on the way. */
  readonly manifests: readonly string[];
  /** Of a module found in a package: the package's name, and the directory by the name it was found under. */
  readonly package?: { readonly name: string; readonly directory: string };
}

const extensions = ['', '.js', '.json', '.node', '.cjs', '.mjs'];
const typescriptExtensions = ['.ts', '.tsx', '.mts', '.cts'];
const indexNames = ['index.js', 'index.json', 'index.node', 'index.cjs', 'index.mjs'];

/** How deep `imports` may lead from one name to another. */
const maxIndirections = 4;

/**
 * What a specifier leads to, as Node.js resolves it (nodejs.org/api/modules.html, esm.html): both algorithms are tried
 * where they differ, for a file too many is safe. Undefined for what isn't installed and for Node's own modules.
 */
export function resolveModule(world: NodeWorld, request: ModuleRequest, depth = 0): ResolvedModule | undefined {
  const { specifier, from } = request;
  if (specifier === '' || specifier.includes('\0') || depth > maxIndirections) return undefined;
  if (specifier.startsWith('file://')) return fileModule(world, decodedPath(specifier.slice(7)), from);
  if (/^\.{0,2}(?:\/|$)/.test(specifier)) {
    return fileModule(world, specifier.startsWith('/') ? specifier : `${parentOf(from)}/${specifier}`, from);
  }
  if (specifier.startsWith('#')) return ownImport(world, request, depth);
  if (isBuiltinModule(specifier) || /^[a-z][a-z\d+.-]*:/i.test(specifier)) return undefined;
  return packageModule(world, request);
}

/** A bare specifier's package name and what follows it; undefined for what can't be a package's name. */
export function splitSpecifier(specifier: string): { name: string; rest: string } | undefined {
  const [, name, rest] = /^((?:@[^/\\%]+\/)?[^@./\\%][^/\\%]*)(\/.*)?$/s.exec(specifier) ?? [];
  return name === undefined ? undefined : { name, rest: rest ?? '' };
}

function packageModule(world: NodeWorld, request: ModuleRequest): ResolvedModule | undefined {
  const parts = splitSpecifier(request.specifier);
  if (parts === undefined) return undefined;
  const own = ownExport(world, request, parts);
  if (own !== undefined) return own;
  for (const directory of packageDirectories(world, request.from, parts.name)) {
    const found = inPackage(world, request, directory, parts.rest);
    if (found !== undefined) return { ...found, package: { name: parts.name, directory } };
  }
  // A package can be one file: node_modules/name.js.
  for (const directory of world.searched(request.from)) {
    const found = asFile(world, `${directory}/${request.specifier}`, request.from);
    if (found !== undefined) return { files: [found], manifests: [] };
  }
  return undefined;
}

function inPackage(
  world: NodeWorld,
  request: ModuleRequest,
  directory: string,
  rest: string,
): ResolvedModule | undefined {
  const exports = world.manifest(directory)?.exports;
  const manifests = [`${directory}/package.json`];
  if (exports !== undefined) {
    const targets = eachConditions(world, request.kind).flatMap(
      (conditions) => exportTargets(exports, `.${rest}`, conditions) ?? [],
    );
    const files = existing(world, directory, targets, request.from);
    // A package that exports less than it has is still loaded whole by what patches the loader.
    if (files.length > 0) return { files, manifests };
  }
  const found = fileModule(world, directory + rest, request.from);
  return found && { files: found.files, manifests: [...new Set([...manifests, ...found.manifests])] };
}

/** A package that names itself (PACKAGE_SELF_RESOLVE). */
function ownExport(
  world: NodeWorld,
  { from, kind }: ModuleRequest,
  { name, rest }: { name: string; rest: string },
): ResolvedModule | undefined {
  const owner = world.owner(from);
  if (owner?.manifest.name !== name || owner.manifest.exports === undefined) return undefined;
  const targets = eachConditions(world, kind).flatMap(
    (conditions) => exportTargets(owner.manifest.exports, `.${rest}`, conditions) ?? [],
  );
  const files = existing(world, owner.directory, targets, from);
  return files.length > 0 ? { files, manifests: [`${owner.directory}/package.json`] } : undefined;
}

/** `#name`, by the `imports` of the nearest package.json. */
function ownImport(world: NodeWorld, request: ModuleRequest, depth: number): ResolvedModule | undefined {
  const directory = [...ancestorsOf(request.from)].find((above) => world.manifest(above) !== undefined);
  if (directory === undefined) return undefined;
  const imports = world.manifest(directory)?.imports;
  const targets = eachConditions(world, request.kind).flatMap(
    (conditions) => importTargets(imports, request.specifier, conditions) ?? [],
  );
  const files = existing(world, directory, targets, request.from);
  if (files.length > 0) return { files, manifests: [`${directory}/package.json`] };
  const other = targets.find((target) => !target.startsWith('.') && !target.startsWith('#'));
  if (other === undefined) return undefined;
  return resolveModule(
    world,
    { ...request, specifier: other, from: `${directory}/package.json` as ImagePath },
    depth + 1,
  );
}

function existing(world: NodeWorld, directory: string, targets: readonly string[], from: ImagePath): readonly string[] {
  const paths = targets
    .filter((target) => target.startsWith('./'))
    .flatMap((target) => asFile(world, `${directory}/${target.slice(2)}`, from) ?? []);
  return [...new Set(paths)];
}

/** Conditions with and without `module-sync`, which Node.js has from 22.10 and 20.19 on. */
function eachConditions(world: NodeWorld, kind: 'require' | 'import'): readonly ReadonlySet<string>[] {
  const base = ['node', kind, 'node-addons', ...world.conditions];
  return [new Set(base), new Set([...base, 'module-sync'])];
}

/** LOAD_AS_FILE, then LOAD_AS_DIRECTORY. */
function fileModule(world: NodeWorld, path: string, from: ImagePath): ResolvedModule | undefined {
  const file = path.endsWith('/') ? undefined : asFile(world, path, from);
  if (file !== undefined) return { files: [file], manifests: [] };
  if (world.tree.resolve(path).entry?.type !== 'directory') return undefined;
  const manifest = world.manifest(path);
  const manifests = manifest === undefined ? [] : [`${path}/package.json`];
  const main = manifest?.main;
  const found =
    (main === undefined ? undefined : (asFile(world, `${path}/${main}`, from) ?? asIndex(world, `${path}/${main}`))) ??
    asIndex(world, path);
  return found === undefined ? undefined : { files: [found], manifests };
}

function asFile(world: NodeWorld, path: string, from: ImagePath): string | undefined {
  const isTypescript = /\.[cm]?tsx?$/.test(baseName(from));
  const names = extensions.map((extension) => path + extension);
  if (isTypescript) {
    names.push(...typescriptExtensions.map((extension) => path + extension));
    // Compilers and loaders take `./a.js` for the `./a.ts` it will be made of.
    names.push(path.replace(/\.([cm]?)js$/, '.$1ts'), path.replace(/\.js$/, '.tsx'));
  }
  return names.find((name) => world.tree.resolve(name).entry?.type === 'file');
}

function asIndex(world: NodeWorld, directory: string): string | undefined {
  return indexNames
    .map((name) => `${directory}/${name}`)
    .find((path) => world.tree.resolve(path).entry?.type === 'file');
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
