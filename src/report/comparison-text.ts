import { formatAmount, formatCount } from '../amount.js';
import type { ImageComparison } from '../compare-images.js';
import type { TreeEntry } from '../image/file-tree.js';
import { type ImagePath, parentOf } from '../image/path.js';
import type { ImageSummary } from '../slim-result.js';
import { formatBytes, formatPercent } from './format.js';

/** One row of the table that both renderings for people show. */
export interface Figure {
  readonly name: string;
  readonly original: string;
  readonly slim: string;
  /** `=` when there is none; empty when it can't be told. */
  readonly change: string;
}

/** The figures people compare, a row each. */
export function figuresOf(original: ImageSummary, slim: ImageSummary): Figure[] {
  const count = (name: string, of: (image: ImageSummary) => number | undefined): Figure => {
    const [before, after] = [of(original), of(slim)];
    const show = (value: number | undefined) => (value === undefined ? 'unknown' : formatCount(value));
    const change = before === undefined || after === undefined ? '' : renderChange(after - before);
    return { name, original: show(before), slim: show(after), change };
  };
  return [
    {
      name: 'size',
      original: formatBytes(original.sizeBytes),
      slim: formatBytes(slim.sizeBytes),
      change: renderSizeChange(original.sizeBytes, slim.sizeBytes),
    },
    count('files', ({ census }) => census.files),
    count('layers', ({ layers }) => layers),
    count('packages with files', ({ census }) => census.packages?.length),
    count('shells', ({ census }) => census.shells.length),
    count('setuid/setgid files', ({ census }) => census.setuidFiles.length),
  ];
}

function renderChange(difference: number): string {
  if (difference === 0) return '=';
  return `${difference < 0 ? '-' : '+'}${formatCount(Math.abs(difference))}`;
}

function renderSizeChange(before: number, after: number): string {
  if (before === after) return '=';
  if (before === 0) return `+${formatBytes(after)}`;
  const ratio = after / before - 1;
  return `${ratio < 0 ? '-' : '+'}${formatPercent(Math.abs(ratio))}`;
}

/** One sentence: what went, what came, what changed. */
export function describeTotals({ removed, added, changed, slim, original }: ImageComparison): string {
  const parts = [
    removed.files + removed.directories > 0
      ? `${formatAmount(removed.files, 'file')} gone (${formatBytes(removed.bytes)})`
      : '',
    added.files + added.directories > 0
      ? `${formatAmount(added.files, 'file')} added (${formatBytes(added.bytes)})`
      : '',
    changed.files > 0
      ? `${formatAmount(changed.files, 'file')} changed (${formatBytes(changed.originalBytes)}, now ${formatBytes(changed.slimBytes)})`
      : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(', ');
  return original.id === slim.id ? 'one and the same image' : 'the same files in both';
}

/** How a row of the largest directories is to be read, behind its path. */
export function describeShare({ isRest, isGone }: { readonly isRest: boolean; readonly isGone: boolean }): string {
  if (isRest) return ' (besides those listed)';
  return isGone ? ' (all of it)' : '';
}

/** How much longer or shorter a file is. */
export function describeGrowth(originalBytes: number, slimBytes: number): string {
  const grown = slimBytes - originalBytes;
  return grown === 0 ? 'same size' : `${grown > 0 ? '+' : ''}${formatBytes(grown)}`;
}

/** What a reader has to know to read the rest right. */
export function describeNotes({ otherTimes, isDeep, original, slim }: ImageComparison): string[] {
  return [
    ...(otherTimes === 0
      ? []
      : [`${formatAmount(otherTimes, 'file')} of both images ${otherTimes === 1 ? 'has' : 'have'} another time`]),
    ...(isDeep || original.id === slim.id
      ? []
      : ['files of the same size, time and metadata count as unchanged; --deep compares their contents as well']),
  ];
}

/** Something that came or went. */
export interface EntryRow {
  readonly path: ImagePath;
  /** `12.2 kB`, `symlink`, `40 files, 1.20 MB`. */
  readonly what: string;
}

/**
 * What went, one row each, where that is little enough to read, or nothing that directories could be ranked by; undefined
 * where the largest directories tell more.
 *
 * @param most rows that are shown
 */
export function listRemoved({ removedEntries, largestRemoved }: ImageComparison, most: number): EntryRow[] | undefined {
  if (removedEntries.length > most && largestRemoved.length > 0) return undefined;
  return removedEntries.map((entry) => ({ path: entry.path, what: describeEntry(entry, 0, 0) }));
}

/** What was added, a new directory with all that is in it as one row. @param added sorted by path */
export function foldAdded(added: readonly TreeEntry[]): EntryRow[] {
  const tops: { readonly entry: TreeEntry; files: number; bytes: number }[] = [];
  const topOf = new Map<ImagePath, (typeof tops)[number]>();
  for (const entry of added) {
    const top = topOf.get(parentOf(entry.path)) ?? { entry, files: 0, bytes: 0 };
    if (entry.type === 'directory') topOf.set(entry.path, top);
    if (top.entry === entry) {
      tops.push(top);
      continue;
    }
    if (entry.type !== 'directory') top.files += 1;
    top.bytes += entry.sizeBytes;
  }
  return tops.map(({ entry, files, bytes }) => ({ path: entry.path, what: describeEntry(entry, files, bytes) }));
}

function describeEntry({ type, sizeBytes }: TreeEntry, files: number, bytes: number): string {
  if (type === 'file') return formatBytes(sizeBytes);
  if (type !== 'directory') return type;
  return files === 0 ? 'empty directory' : `${formatAmount(files, 'file')}, ${formatBytes(bytes)}`;
}
