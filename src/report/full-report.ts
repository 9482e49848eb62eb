import type { EntryType, FileTree } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import type { Reason } from '../selection/reason.js';
import type { SlimResult } from '../slim-result.js';
import { type BaseEntry, reportBaseEntries } from './base-report.js';
import { buildReport, type SlimReport } from './report.js';
import { reportWritten, type WrittenEntry } from './written-entries.js';

/**
 * An entry of the original. `sizeBytes`: of a file with several names, it stands with one of them, a kept one where there
 * is one. `layer` counts the original's from 0, bottom first; null where nobody said which (on an engine). `link` is a
 * symlink's text.
 */
export type OriginalEntry = readonly [
  path: string,
  type: EntryType,
  package_: string | null,
  sizeBytes: number,
  layer: number | null,
  link?: string,
];

/** A kept path. `layer` is the one of the slim image's own that has it, as `layers` counts them; null when it is the base's. */
export type KeptEntry = readonly [path: string, reasons: readonly Reason[], layer: number | null];

/** A report with every path and why: what `slimtrace why` reads. */
export interface FullReport extends SlimReport {
  readonly kept: readonly KeptEntry[];
  readonly excluded: readonly (readonly [path: string, pattern: string])[];
  /** What of the slim image its base brings. */
  readonly fromBase: readonly BaseEntry[];
  /**
   * What slimtrace made: files such as package records, an SBOM and given certificates, the directories that they need,
   * links to a base's places.
   */
  readonly written: readonly WrittenEntry[];
  /** Every entry of the original. */
  readonly tree: readonly OriginalEntry[];
}

/** What slimming came to as plain data, with every path and its reasons. `notes` are sentences for whoever slims. */
export function buildFullReport(result: SlimResult, version: string, notes: readonly string[]): FullReport {
  const { selection, excluded } = result.selection;
  const layers = layersOf(result);
  const weights = weigh(result.tree, (path) => selection.has(path));
  return {
    ...buildReport(result, version, notes),
    kept: [...selection].map(([path, reasons]) => [path, reasons, layers.get(path) ?? null]),
    excluded: [...excluded],
    fromBase: reportBaseEntries(result.composition),
    written: reportWritten(result),
    tree: [...result.tree.entries()].map(({ path, type, linkTarget, sizeBytes }) => {
      const owner = result.ownership.ownerOf(path) ?? null;
      const row = [path, type, owner, weights.get(path) ?? sizeBytes, result.layerOf?.(path) ?? null] as const;
      return linkTarget === undefined ? row : ([...row, linkTarget] as const);
    }),
  };
}

/** A full report without its lists of paths: what `--json` prints. */
export function withoutPaths({ kept, excluded, fromBase, written, tree, ...report }: FullReport): SlimReport {
  return report;
}

/** The own layer of the slim image that has a path: the topmost one. */
function layersOf({ composition: { base, layers } }: SlimResult): ReadonlyMap<ImagePath, number> {
  const below = base?.image.layers.length ?? 0;
  return new Map(layers.flatMap(({ files }, at) => files.map(({ entry }) => [entry.path, below + at] as const)));
}

/** The bytes of hard links, which are there once: at the first kept name, else at the first. */
function weigh(tree: FileTree, isKept: (path: ImagePath) => boolean): ReadonlyMap<ImagePath, number> {
  const heavy = new Map<string, ImagePath>();
  const weights = new Map<ImagePath, number>();
  for (const { path, hardLinkId, sizeBytes } of tree.entries()) {
    if (hardLinkId === undefined) continue;
    const before = heavy.get(hardLinkId);
    const takes = before === undefined || (!isKept(before) && isKept(path));
    weights.set(path, takes ? sizeBytes : 0);
    if (!takes) continue;
    heavy.set(hardLinkId, path);
    if (before !== undefined) weights.set(before, 0);
  }
  return weights;
}
