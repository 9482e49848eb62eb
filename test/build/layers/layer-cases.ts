import { type PlacedFile, type PlannedLayer, placeEntry } from '../../../src/build/composition.js';
import { divideLayers } from '../../../src/build/layers/divide-layers.js';
import { FileTree } from '../../../src/image/file-tree.js';
import type { ImageConfig } from '../../../src/image/image.js';
import type { PackageOwnership } from '../../../src/image/packages.js';
import { ancestorsOf, asImagePath, type ImagePath } from '../../../src/image/path.js';
import { entryOf, type Sketch } from '../../image/tree-of.js';

export type Entries = Readonly<Record<string, Sketch>>;

export interface DividedCase {
  /** Everything the original has; all is kept unless `kept` says otherwise. Parents come along. */
  readonly entries: Entries;
  readonly kept?: readonly string[];
  /** Package by path. */
  readonly owners?: Readonly<Record<string, string>>;
  readonly config?: ImageConfig;
  readonly whiteouts?: readonly string[];
  readonly base?: Entries;
  /** In the place of kept ones. */
  readonly placed?: readonly PlacedFile[];
  readonly mode?: 'single' | 'split';
}

function ownershipOf(owners: Readonly<Record<string, string>> | undefined): PackageOwnership {
  const files = Object.entries(owners ?? {});
  return {
    kind: owners === undefined ? 'none' : 'dpkg',
    packages: [...new Set(files.map(([, name]) => name))].sort(),
    records: [],
    ownerOf: (path) => owners?.[path],
    filesOf: (name) => files.filter(([, owner]) => owner === name).map(([path]) => asImagePath(path)),
  };
}

/** The layers of an image in few words. */
export function divide(about: DividedCase): readonly PlannedLayer[] {
  const tree = new FileTree(Object.entries(about.entries).map(([path, sketch]) => entryOf(path, sketch)));
  const paths = (about.kept ?? Object.keys(about.entries)).map((path) => asImagePath(path));
  const kept = new Set<ImagePath>(paths.flatMap((path) => [path, ...ancestorsOf(path)]));
  const placed = new Map((about.placed ?? []).map((file) => [file.entry.path, file]));
  const files = [...kept].filter((path) => !placed.has(path)).map((path) => placeEntry(tree.get(path) as never));
  const base = about.base;
  return divideLayers(
    [...files, ...placed.values()],
    (about.whiteouts ?? []).map((path) => asImagePath(path)),
    about.mode ?? 'split',
    {
      ownership: ownershipOf(about.owners),
      config: about.config ?? {},
      tree,
      base: base && new FileTree(Object.entries(base).map(([path, sketch]) => entryOf(path, sketch))),
    },
  );
}

/** The kind of layer that each file is in, directories left out. */
export function kindsOf(layers: readonly PlannedLayer[]): Record<string, string> {
  return Object.fromEntries(
    layers.flatMap(({ kind, files }) =>
      files.filter(({ entry }) => entry.type !== 'directory').map(({ entry }) => [entry.path as string, kind] as const),
    ),
  );
}

/** Which layers list a directory, and the time each gives it. */
export function timesOf(layers: readonly PlannedLayer[], path: string): Record<string, number> {
  return Object.fromEntries(
    layers.flatMap(({ kind, files }) =>
      files.filter(({ entry }) => entry.path === path).map(({ entry }) => [kind, entry.mtime.seconds] as const),
    ),
  );
}
