import type { Composition } from '../build/composition.js';
import type { EntryType } from '../image/file-tree.js';

/** The base of a slim image, and why it is this one. */
export interface ReportedBase {
  /** The name a user would pull it by, or the archive it came from. */
  readonly name: string;
  readonly digest: string;
  /** A clause. */
  readonly because: string;
  readonly layers: number;
  /** Of its layers, uncompressed. */
  readonly sizeBytes: number;
  /** Kept entries of the original that the slim image has from the base. */
  readonly sharedEntries: number;
  readonly sharedBytes: number;
  /** Files of it that the application used, and the original lacks: with them it may do what it never did. */
  readonly strangeFiles: readonly string[];
  /** What a person should know of how base and image met. */
  readonly remarks: readonly string[];
}

/** An entry of the slim image that its base brings; `link` is a symlink's text. */
export type BaseEntry = readonly [path: string, type: EntryType, sizeBytes: number, link?: string];

/** Null for an image on scratch. */
export function reportBase({ base }: Pick<Composition, 'base'>, strangeFiles: readonly string[]): ReportedBase | null {
  if (base === undefined) return null;
  const { image, because, shared, remarks } = base;
  return {
    name: image.name,
    digest: image.digest,
    because,
    layers: image.layers.length,
    sizeBytes: image.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sharedEntries: shared.entries,
    sharedBytes: shared.bytes,
    strangeFiles,
    remarks,
  };
}

/** What of the finished image the base brings, and none of our layers has: the rest of its tree is hidden or taken away. */
export function reportBaseEntries({
  base,
  layers,
  entries,
}: Pick<Composition, 'base' | 'layers' | 'entries'>): readonly BaseEntry[] {
  if (base === undefined) return [];
  const own = new Set(layers.flatMap(({ files }) => files.map(({ entry }) => entry.path)));
  return entries
    .filter(({ path }) => !own.has(path))
    .map(({ path, type, sizeBytes, linkTarget }) =>
      linkTarget === undefined ? [path, type, sizeBytes] : [path, type, sizeBytes, linkTarget],
    );
}
