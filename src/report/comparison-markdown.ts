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
import { formatBytes } from './format.js';
import { codeSpan, foldedRows } from './markdown.js';

const shownRows = 20;

/** GitHub refuses a comment of more than 65,536 characters; whole sections are left out before that. */
const mostCharacters = 60_000;

/** Two images side by side in GitHub-flavoured Markdown, for a pull request; never longer than a comment may be. */
export function renderComparisonMarkdown(comparison: ImageComparison): string {
  const { original, slim } = comparison;
  const head = [
    `### ${codeSpan(original.reference)} → ${codeSpan(slim.reference)}`,
    renderFigures(comparison),
    `${describeTotals(comparison)}.`,
  ];
  const sections = [
    renderRemoved(comparison),
    renderAdded(comparison),
    renderChanged(comparison),
    renderMetadata(comparison),
    renderConfig(comparison),
    renderPackages(comparison),
    describeNotes(comparison)
      .map((note) => `_${note.replace('--deep', '`--deep`')}_`)
      .join('\\\n'),
  ];
  let text = head.join('\n\n');
  let leftOut = 0;
  for (const section of sections) {
    if (section === '') continue;
    if (text.length + section.length > mostCharacters) leftOut += 1;
    else text += `\n\n${section}`;
  }
  if (leftOut > 0) text += `\n\n_${leftOut} more sections are too long for a comment; \`--json\` has them._`;
  return `${text}\n`;
}

/** The only table, of figures alone: no text of an image is in it, so none can break out of a cell. */
function renderFigures({ original, slim }: ImageComparison): string {
  const rows = figuresOf(original, slim).map(
    (row) => `| ${row.name} | ${row.original} | ${row.slim} | ${row.change} |`,
  );
  return ['| | original | slim | change |', '| :-- | --: | --: | --: |', ...rows].join('\n');
}

function renderRemoved(comparison: ImageComparison): string {
  const few = listRemoved(comparison, shownRows)?.map(({ path, what }) => `${codeSpan(path)}: ${what}`);
  if (few !== undefined) return section('Removed', few);
  const rows = comparison.largestRemoved.map(
    (share) =>
      `${codeSpan(share.path)}${describeShare(share)}: ${formatBytes(share.bytes)}, ${formatAmount(share.files, 'file')}`,
  );
  return section('Largest directories removed', rows);
}

function renderAdded({ addedEntries }: ImageComparison): string {
  const rows = foldAdded(addedEntries).map(({ path, what }) => `${codeSpan(path)}: ${what}`);
  return section('Added', rows);
}

function renderChanged({ changedFiles }: ImageComparison): string {
  const rows = changedFiles.map(
    ({ path, originalBytes, slimBytes }) =>
      `${codeSpan(path)}: ${formatBytes(originalBytes)}, ${describeGrowth(originalBytes, slimBytes)}`,
  );
  return section('Contents changed', rows);
}

function renderMetadata({ metadata }: ImageComparison): string {
  const rows = metadata.map(
    ({ path, field, original, slim }) =>
      `${codeSpan(path)}: ${codeSpan(field)} was ${value(original)}, is ${value(slim)}`,
  );
  return section('Metadata', rows);
}

function renderConfig({ config }: ImageComparison): string {
  const rows = config.map(
    ({ field, original, slim }) => `${codeSpan(field)} was ${value(original)}, is ${value(slim)}`,
  );
  return section('Config', rows);
}

function renderPackages({ packages }: ImageComparison): string {
  const { removed = [], added = [] } = packages ?? {};
  const row = (word: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`${formatCount(names.length)} ${word}: ${names.slice(0, shownRows).map(codeSpan).join(' ')}${andMore(names)}`];
  return section('Packages', [...row('gone', removed), ...row('added', added)], removed.length + added.length);
}

function value(text: string | undefined): string {
  return text === undefined ? 'nothing' : codeSpan(text);
}

function andMore(rows: readonly unknown[]): string {
  return rows.length > shownRows ? ` and ${formatCount(rows.length - shownRows)} more` : '';
}

function section(title: string, rows: readonly string[], count = rows.length): string {
  return foldedRows(title, rows, shownRows, count);
}
