import { formatAmount, formatCount } from '../amount.js';
import type { ImageComparison } from '../compare-images.js';
import {
  describeGrowth,
  describeNotes,
  describeShare,
  describeTotals,
  figuresOf,
  foldAdded,
  listRemoved,
} from './comparison-text.js';
import { formatBytes, printable, renderColumns, shorten } from './format.js';
import type { Style } from './style.js';

/** Rows that are shown of each list; `--json` has them all. */
const shownRows = 20;
const longestValue = 120;

/** Two images side by side for a person: the figures, then what went, came and changed. Empty sections are left out. */
export function renderComparison(comparison: ImageComparison, style: Style): string {
  const sections = [
    renderFigures(comparison, style),
    describeTotals(comparison),
    renderRemoved(comparison, style),
    renderAdded(comparison, style),
    renderChanged(comparison, style),
    renderMetadata(comparison, style),
    renderConfig(comparison, style),
    renderPackages(comparison, style),
    renderNotes(comparison, style),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderFigures({ original, slim }: ImageComparison, style: Style): string {
  const rows = figuresOf(original, slim).map(({ name, original, slim, change }) => [name, original, slim, change]);
  const table = renderColumns([['', 'original', 'slim', 'change'], ...rows], new Set([1, 2, 3]));
  const [head = '', ...body] = table.split('\n');
  const names = [`original  ${printable(original.reference)}`, `slim      ${printable(slim.reference)}`];
  return [
    ...names,
    '',
    style.dim(head),
    ...body.map((line, at) => colourChange(line, rows[at]?.[3] ?? '', style)),
  ].join('\n');
}

/** The change stands at the end of its line. */
function colourChange(line: string, change: string, style: Style): string {
  if (change === '' || !line.endsWith(change)) return line;
  const paint = change.startsWith('-') ? style.green : change.startsWith('+') ? style.yellow : style.dim;
  return `${line.slice(0, -change.length)}${paint(change)}`;
}

function renderRemoved(comparison: ImageComparison, style: Style): string {
  const few = listRemoved(comparison, shownRows)?.map(({ path, what }) => [what, printable(path)]);
  if (few !== undefined) return section('removed', few, style, new Set([0]));
  const rows = comparison.largestRemoved.map((share) => [
    formatBytes(share.bytes),
    formatAmount(share.files, 'file'),
    `${printable(share.path)}${describeShare(share)}`,
  ]);
  return section('largest directories removed', rows, style, new Set([0, 1]));
}

function renderAdded({ addedEntries }: ImageComparison, style: Style): string {
  const rows = foldAdded(addedEntries).map(({ path, what }) => [what, printable(path)]);
  return section('added', rows, style, new Set([0]));
}

function renderChanged({ changedFiles }: ImageComparison, style: Style): string {
  const rows = changedFiles.map(({ path, originalBytes, slimBytes }) => [
    formatBytes(originalBytes),
    describeGrowth(originalBytes, slimBytes),
    printable(path),
  ]);
  return section('contents changed', rows, style, new Set([0, 1]));
}

function renderMetadata({ metadata }: ImageComparison, style: Style): string {
  const rows = metadata.map(({ path, field, original, slim }) => [
    printable(field),
    `${value(original)} -> ${value(slim)}`,
    printable(path),
  ]);
  return section('metadata', rows, style);
}

function renderConfig({ config }: ImageComparison, style: Style): string {
  const rows = config.map(({ field, original, slim }) => [printable(field), `${value(original)} -> ${value(slim)}`]);
  return section('config', rows, style);
}

function renderPackages({ packages }: ImageComparison, style: Style): string {
  const added = packages?.added ?? [];
  const removed = packages?.removed ?? [];
  const row = (word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [[word, formatCount(names.length), shorten(printable(names.join(' ')), longestValue)]];
  return section('packages', [...row('gone', removed), ...row('added', added)], style, new Set([1]));
}

function renderNotes(comparison: ImageComparison, style: Style): string {
  return describeNotes(comparison)
    .map((note) => style.dim(note))
    .join('\n');
}

function value(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return shorten(printable(text), longestValue);
}

function section(
  title: string,
  rows: readonly (readonly string[])[],
  style: Style,
  rightAligned: ReadonlySet<number> = new Set(),
): string {
  if (rows.length === 0) return '';
  const more = rows.length - shownRows;
  const lines = renderColumns(rows.slice(0, shownRows), rightAligned)
    .split('\n')
    .map((line) => `  ${line}`);
  if (more > 0) lines.push(style.dim(`  and ${formatCount(more)} more (--json has them all)`));
  return [style.bold(title), ...lines].join('\n');
}
