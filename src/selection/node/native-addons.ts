import { baseName } from '../../image/path.js';
import type { RuleContext } from '../rule.js';
import { type NodeWorld, type OwningPackage, packageDirectories } from './node-world.js';

/** Packages whose only business is to find the native addon of the package that calls them. */
export const addonLoaders: ReadonlySet<string> = new Set([
  'bindings',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  '@mapbox/node-pre-gyp',
  'node-pre-gyp',
  'pkg-prebuilds',
  'prebuildify',
  'node-addon-loader',
]);

/** Where a build leaves addons; the first that has one is taken (README of `bindings`, of `node-gyp-build`). */
const buildDirectories = ['build/Release', 'build', 'build/default', 'out/Release', 'Release', 'build/Debug', 'Debug'];

/** Below these the directories are named for platforms and versions. */
const deepDirectories = ['lib/binding', 'compiled', 'addon-build/release/install-root'];

const maxAddons = 64;

/** The native addons of a package that its loaders may take on the platform of the image: names of `.node` files. */
export function addonsOf({ tree }: NodeWorld, directory: string, architecture: string | undefined): readonly string[] {
  const inDirectory = (path: string) =>
    tree
      .children(tree.resolve(path).entry?.path ?? '')
      .filter((child) => child.endsWith('.node') && tree.resolve(child).entry?.type === 'file');
  for (const build of buildDirectories) {
    const built = inDirectory(`${directory}/${build}`);
    if (built.length > 0) return built.slice(0, maxAddons);
  }
  const prebuilds = tree.children(tree.resolve(`${directory}/prebuilds`).entry?.path ?? '');
  const fitting = prebuilds.filter((platform) => isPlatform(baseName(platform), architecture));
  const deep = deepDirectories.flatMap((name) => below(tree, `${directory}/${name}`));
  return [...fitting.flatMap(inDirectory), ...deep].slice(0, maxAddons);
}

/**
 * The packages that a package has installed for this platform only, as napi-rs, esbuild and sharp do it: names of
 * directories. Only of its optional dependencies that say which system they are for.
 */
export function platformPackages(
  world: NodeWorld,
  owner: OwningPackage,
  architecture: string | undefined,
): readonly { readonly name: string; readonly directory: string }[] {
  return [...owner.manifest.optionalDependencies].slice(0, maxAddons * 2).flatMap((name) => {
    const [directory] = packageDirectories(world, `${owner.directory}/package.json`, name);
    const manifest = directory === undefined ? undefined : world.manifest(directory);
    if (directory === undefined || manifest === undefined) return [];
    if (manifest.os.length + manifest.cpu.length === 0) return [];
    return allows(manifest.os, 'linux') && allows(manifest.cpu, architecture) ? [{ name, directory }] : [];
  });
}

/** All `.node` files below a directory, and the programs in its `bin`, as esbuild has one. */
export function below(tree: NodeWorld['tree'], directory: string): readonly string[] {
  const { entry } = tree.resolve(directory);
  if (entry?.type !== 'directory') return [];
  const found: string[] = [];
  for (const { path, type } of tree.below(entry.path)) {
    if (type === 'file' && (path.endsWith('.node') || path.startsWith(`${entry.path}/bin/`))) found.push(path);
    if (found.length >= maxAddons) break;
  }
  return found;
}

/** What Node.js calls the processor (process.arch) that the traced node was built for; undefined when it isn't known. */
export function architectureOf(context: RuleContext, nodePrograms: readonly string[]): string | undefined {
  for (const program of nodePrograms) {
    const { entry } = context.tree.resolve(program);
    const machine = entry === undefined ? undefined : context.elf(entry.path)?.machine;
    if (machine !== undefined) return architectures.get(machine);
  }
  return undefined;
}

/** e_machine of ELF (elf.h) to process.arch. */
const architectures: ReadonlyMap<number, string> = new Map([
  [3, 'ia32'],
  [21, 'ppc64'],
  [22, 's390x'],
  [40, 'arm'],
  [62, 'x64'],
  [183, 'arm64'],
  [243, 'riscv64'],
]);

/** `linux-x64`, `linux-x64+arm64`, `linuxmusl-x64`. */
function isPlatform(name: string, architecture: string | undefined): boolean {
  const [, system, processors = ''] = /^([a-z]+)-(.+)$/.exec(name) ?? [];
  if (system?.startsWith('linux') !== true) return false;
  return architecture === undefined || processors.split(/[+-]/).includes(architecture);
}

/** A list of package.json's `os` or `cpu`: `!name` is anything but it. */
function allows(list: readonly string[], value: string | undefined): boolean {
  if (list.length === 0 || value === undefined) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith('!'));
}
