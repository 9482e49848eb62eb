import type { FileTree } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import { type ImagePath, isWithin } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import { DependencyPlaces } from './dependency-places.js';
import { namedByConfig, onlyJar, specificWorkingDirectory } from './named-by-config.js';
import { isRuntimePackage, RuntimePlaces } from './runtime-places.js';
import { isRecord, SystemPlaces } from './system-places.js';

export interface LayerKnowledge {
  readonly ownership: PackageOwnership;
  readonly config: ImageConfig;
  /** The original's. */
  readonly tree: FileTree;
  /** What the base holds; undefined on scratch. */
  readonly base: FileTree | undefined;
}

/** What a file can be about, from what changes least to what changes most. */
export const fileKinds = ['os', 'runtime', 'dependencies', 'application'] as const;

export type FileKind = (typeof fileKinds)[number];

/**
 * Says what a file is about: by the package that owns it, else by the usual places. What nobody owns and nothing is known
 * of is the application's: too much there costs bytes, too little makes a lower layer change. Names only, no contents.
 */
export class FileClassifier {
  readonly #knowledge: LayerKnowledge;
  readonly #named: ReadonlySet<ImagePath>;
  readonly #jar: ImagePath | undefined;
  readonly #home: ImagePath | undefined;
  readonly #dependencies: DependencyPlaces;
  readonly #runtime: RuntimePlaces;
  readonly #system: SystemPlaces;

  constructor(files: readonly PlacedFile[], knowledge: LayerKnowledge) {
    const { config, tree, ownership } = knowledge;
    this.#knowledge = knowledge;
    this.#named = namedByConfig(config, tree);
    this.#jar = onlyJar(this.#named);
    this.#home = specificWorkingDirectory(config, tree);
    this.#dependencies = new DependencyPlaces(tree, ownership);
    this.#runtime = new RuntimePlaces(files.map(originOf));
    this.#system = new SystemPlaces(tree, ownership);
  }

  kindOf(file: PlacedFile): FileKind {
    const path = originOf(file);
    if (isRecord(path)) return 'os';
    // A bill of materials names the application's version too.
    if (file.contents instanceof Uint8Array) return 'application';
    const owner = this.#knowledge.ownership.ownerOf(path);
    if (owner !== undefined) return this.#kindOfOwned(path, owner);
    const within = this.#home !== undefined && isWithin(path, this.#home) ? this.#home : undefined;
    const place = placeOf(file, path, within);
    if (path === this.#jar) return 'application';
    const known = this.#dependencies.kindOf(path, place) ?? this.#runtime.kindOf(path, place);
    if (known !== undefined) return known;
    if (within !== undefined || this.#named.has(path)) return this.#system.isCarrier(path) ? 'os' : 'application';
    return this.#system.has(file.entry, path) ? 'os' : 'application';
  }

  #kindOfOwned(path: ImagePath, owner: string): FileKind {
    if (this.#system.isChangedSince(path, owner)) return 'application';
    return isRuntimePackage(owner) ? 'runtime' : 'os';
  }
}

/** Where the original has what stands here. */
function originOf({ entry, contents }: PlacedFile): ImagePath {
  return typeof contents === 'string' ? contents : entry.path;
}

/** The path by which places are known: within the working directory only what is below it counts. */
function placeOf({ entry }: PlacedFile, path: ImagePath, workingDirectory: ImagePath | undefined): string {
  const below = workingDirectory === undefined ? path : path.slice(workingDirectory.length);
  return entry.type === 'directory' ? `${below}/` : below;
}
