import type { ImageComparison } from '../compare-images.js';
import type { TreeEntry } from '../image/file-tree.js';
import { reportImage } from './report.js';

/** The shape of `compare --json`: `null` is what can't be told or isn't there. Sizes in bytes. */
function toJson(comparison: ImageComparison) {
  const { original, slim } = comparison;
  return {
    schemaVersion: 1,
    kind: 'compare',
    original: reportImage(original),
    slim: reportImage(slim),
    reduction: original.sizeBytes === 0 ? 0 : 1 - slim.sizeBytes / original.sizeBytes,
    isDeep: comparison.isDeep,
    removed: comparison.removed,
    added: comparison.added,
    changed: comparison.changed,
    largestRemoved: comparison.largestRemoved,
    removedPaths: comparison.removedEntries.map(({ path }) => path),
    addedEntries: comparison.addedEntries.map(describeEntry),
    changedFiles: comparison.changedFiles,
    metadata: comparison.metadata.map(nullForMissing),
    otherTimes: comparison.otherTimes,
    config: comparison.config.map(nullForMissing),
    packages: comparison.packages ?? null,
    durationMs: Math.round(comparison.durationMs),
  };
}

/**
 * A comparison as JSON, keys always in the same order, lists whole. A byte of a name that isn't UTF-8 is a lone surrogate
 * U+DC80 to U+DCFF (see ImagePath), which JSON can say.
 */
export function renderComparisonJson(comparison: ImageComparison): string {
  return `${JSON.stringify(toJson(comparison), null, 2)}\n`;
}

function describeEntry({ path, type, mode, uid, gid, sizeBytes, linkTarget }: TreeEntry) {
  return {
    path,
    type,
    mode: mode.toString(8).padStart(4, '0'),
    uid,
    gid,
    sizeBytes,
    ...(linkTarget === undefined ? {} : { linkTarget }),
  };
}

function nullForMissing<T extends { readonly original: string | undefined; readonly slim: string | undefined }>(
  difference: T,
) {
  return { ...difference, original: difference.original ?? null, slim: difference.slim ?? null };
}
