import type { FileTree } from '../../image/file-tree.js';
import type { PackageOwnership } from '../../image/packages.js';
import { baseName, childOf, type ImagePath, parentOf } from '../../image/path.js';

/** Where package managers of languages put what an application depends on. */
const places = [
  /\/(?:bower_components|jspm_packages|\.yarn\/(?:cache|unplugged)|\.pnpm-store)\//,
  /\/gems\/[\d.]+\/(?:gems|extensions|specifications|cache|bundler|plugins|build_info|doc)\//,
  /\/vendor\/bundle\/|^\/usr\/local\/bundle\/|^\/var\/lib\/gems\/|\/\.(?:gem|bundle)\/|\/\.local\/share\/gem\//,
  /\/(?:site_perl|vendor_perl)\/|^\/usr\/local\/share\/perl\/|\/local\/lib\/perl5\/[^5]/,
  /\/R\/(?:[^/]*-?library)\//,
  /\/\.m2\/repository\/|\/\.gradle\/caches\/|\/\.nuget\/packages\/|\/\.cargo\/registry\/|\/go\/pkg\/mod\/|\/deno-dir\//,
  /\/\.cache\/(?:ms-playwright|puppeteer|huggingface|torch)\/|^\/ms-playwright\//,
];

const jarDirectories = new Set(['lib', 'libs', 'jars', 'deps', 'dependency', 'dependencies', 'classpath']);

/** `composer dump-autoload` writes them anew, and they name the application's classes and its commit. */
const isAutoloader = /^(?:autoload\.php|composer\/[^/]+)$/;

/** What tools generate for the application stands in hidden directories (`.prisma`, `.cache`); these are package managers' own. */
const generated = /\/node_modules\/\.(?!(?:pnpm|bin|store|aspect_rules_js|deno|bun)\/)[^/]+\//;

/** Debian's Python puts packages there; what dpkg doesn't own of it was compiled from what it does own. */
const debianPackages = '/usr/lib/python3/dist-packages/';

/** Knows what an application depends on by where it stands; what was installed from the application's own source is its. */
export class DependencyPlaces {
  readonly #tree: FileTree;
  readonly #ownership: PackageOwnership;
  readonly #ownModules = new Map<string, ReadonlySet<string>>();
  readonly #composerVendors = new Map<string, boolean>();

  constructor(tree: FileTree, ownership: PackageOwnership) {
    this.#tree = tree;
    this.#ownership = ownership;
  }

  /** @param place the path, or what of it is below the working directory; with a slash at the end for directories */
  kindOf(path: ImagePath, place: string): 'runtime' | 'dependencies' | 'application' | undefined {
    if (/\/node_modules\//.test(place)) return kindOfModule(path, place);
    if (this.#ownership.kind === 'dpkg' && path.startsWith(debianPackages)) return 'runtime';
    const [, below] = /\/(?:site|dist)-packages\/(.*)$/.exec(place) ?? [];
    if (below !== undefined) return this.#kindOfPython(path, below);
    const [, inVendor] = /\/vendor\/(.*)$/.exec(place) ?? [];
    if (inVendor !== undefined && this.#isComposer(path.slice(0, path.length - inVendor.length)))
      return isAutoloader.test(inVendor) ? 'application' : 'dependencies';
    if (place.endsWith('.jar')) return isJarOfOthers(path) ? 'dependencies' : 'application';
    return places.some((pattern) => pattern.test(place)) ? 'dependencies' : undefined;
  }

  #kindOfPython(path: ImagePath, below: string): 'dependencies' | 'application' {
    const directory = path.slice(0, path.lastIndexOf('-packages/') + '-packages'.length);
    const [first = ''] = below.split('/');
    return this.#ownModulesIn(directory).has(first.toLowerCase()) ? 'application' : 'dependencies';
  }

  /** What pip installed from a directory rather than by name has a `direct_url.json` (PEP 610). */
  #ownModulesIn(directory: string): ReadonlySet<string> {
    const known = this.#ownModules.get(directory);
    if (known !== undefined) return known;
    const own = new Set<string>();
    for (const metadata of this.#tree.children(directory)) {
      if (!metadata.endsWith('.dist-info') || !this.#tree.has(childOf(metadata, 'direct_url.json'))) continue;
      const [name = ''] = baseName(metadata).toLowerCase().split('-');
      for (const module of [baseName(metadata).toLowerCase(), name, `${name}.py`]) own.add(module);
    }
    this.#ownModules.set(directory, own);
    return own;
  }

  /** @param vendor with a slash at its end */
  #isComposer(vendor: string): boolean {
    const known = this.#composerVendors.get(vendor) ?? this.#tree.has(`${vendor}autoload.php`);
    this.#composerVendors.set(vendor, known);
    return known;
  }
}

function kindOfModule(path: ImagePath, place: string): 'runtime' | 'dependencies' | 'application' {
  if (/^\/(?:usr\/|usr\/local\/)?lib\/node_modules\/(?:npm|corepack)(?:\/|$)/.test(path)) return 'runtime';
  return generated.test(place) ? 'application' : 'dependencies';
}

/** Gradle's `installDist` and Jib put the application's own beside its libraries; versions under way end so (Maven). */
function isJarOfOthers(path: ImagePath): boolean {
  return jarDirectories.has(baseName(parentOf(path))) && !path.endsWith('-SNAPSHOT.jar');
}
