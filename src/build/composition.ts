import type { BaseImage } from '../image/base-image.js';
import type { TreeEntry } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import type { ComposedInventory } from './sbom/composed-inventory.js';
import type { Secret } from './secrets/secret.js';

/** One entry of a slim image's own layers. */
export interface PlacedFile {
  /** Where and how it stands in the slim image. */
  readonly entry: TreeEntry;
  /** Of a regular file only: its bytes, or the path they are read at in the original. */
  readonly contents?: Uint8Array | ImagePath;
}

/** An entry of the original as it is. */
export function placeEntry(entry: TreeEntry): PlacedFile {
  return entry.type === 'file' ? { entry, contents: entry.path } : { entry };
}

/** What a layer is about, from what changes least to what changes most. `all` is the one layer of `--layers single`, `debug` what `--debug-tag` puts on top. */
export const layerKinds = ['os', 'runtime', 'dependencies', 'application', 'all', 'debug'] as const;

export type LayerKind = (typeof layerKinds)[number];

/** One layer to be written. */
export interface PlannedLayer {
  readonly kind: LayerKind;
  /** No path twice (OCI image-spec layer.md), in no order. */
  readonly files: readonly PlacedFile[];
  /** Paths of lower layers that it takes away. */
  readonly whiteouts: readonly ImagePath[];
}

/** The base of a slim image, and how it was come to. */
export interface ChosenBase {
  readonly image: BaseImage;
  /** Why this one: a clause. */
  readonly because: string;
  /** What is left out of our layers because the base has it. */
  readonly shared: { readonly entries: number; readonly bytes: number };
  /** What a person should know: which libraries won, what release scanners take. */
  readonly remarks: readonly string[];
}

/** An entry whose owner was changed for the user the image runs as. */
export interface OwnerChange {
  readonly path: ImagePath;
  /** `uid:gid` */
  readonly from: string;
  readonly to: string;
  /** What it has to be able to do there. */
  readonly why: 'reads' | 'writes';
}

/** Everything that is decided about a slim image before a byte of it is written. */
export interface Composition {
  readonly base: ChosenBase | undefined;
  /** Our own layers, bottom first: at least one, none of them empty. */
  readonly layers: readonly PlannedLayer[];
  /** Everything in the finished image: the base's entries and ours. */
  readonly entries: readonly TreeEntry[];
  /** The config's User; undefined for the original's. */
  readonly user: string | undefined;
  readonly owners: readonly OwnerChange[];
  /** For the environment; undefined where the engine finds it in the account files. */
  readonly home: string | undefined;
  /** What a person should know about that user. */
  readonly userRemarks: readonly string[];
  /** What would ship and should not. */
  readonly secrets: readonly Secret[];
  /** What a person should know about the package records. */
  readonly records: PackageRecords;
  readonly inventory: ComposedInventory;
}

export interface PackageRecords {
  /** `none`: the image has no package database; `left-out`: not wanted; `whole`: kept as it is, because it can't be trimmed. */
  readonly form: 'dpkg' | 'apk' | 'whole' | 'left-out' | 'none';
  /** Names of the packages that are recorded, sorted. */
  readonly packages: readonly string[];
  /** What a person should know. */
  readonly remarks: readonly string[];
}
