import { formatAmount, formatCount } from '../../amount.js';
import { formatBytes, formatSeconds, printable, shorten } from '../format.js';
import { diffBlock } from '../markdown.js';
import type { CiImage, CiOutcome, CiReport } from './ci-report.js';
import { describeReduction, describeSizes, figuresOf, totalFigures } from './figures.js';
import { type Finding, failuresOf } from './findings.js';

const words: Readonly<Record<CiOutcome, string>> = {
  passed: '✅ proved',
  failed: '❌ failed',
  error: '💥 error',
  cancelled: '⏹️ cancelled',
};

const longestCell = 240;
const shownLines = 40;
const shownNotes = 20;

/**
 * All images as GitHub-flavoured Markdown: a row each, and what is to be said of one folded below. Never of more than
 * `mostBytes` bytes: details go first, then rows, and a line says so.
 */
export function renderStepSummary(report: CiReport, mostBytes: number): string {
  const head = [
    `## slimtrace: ${renderHeadline(report)}`,
    '',
    '| image | verdict | original | slim | change | files | against accepted | time |',
    '| :-- | :-- | --: | --: | --: | --: | --: | --: |',
  ];
  // What is left of the room, a line that says what is missing included.
  let room = mostBytes - 200 - sizeOf(head);
  if (room < 0) return '';
  const take = <T>(
    items: readonly T[],
    render: (item: T) => readonly string[],
  ): { lines: string[]; missing: number } => {
    const lines: string[] = [];
    let taken = 0;
    for (const item of items) {
      const wanted = render(item);
      if (sizeOf(wanted) > room) break;
      room -= sizeOf(wanted);
      lines.push(...wanted);
      taken += 1;
    }
    return { lines, missing: items.length - taken };
  };
  const rows = take(report.images, (image) => [renderRow(image)]);
  const details = take(report.images.filter(hasDetails), renderDetails);
  const missing = [
    ...(rows.missing > 0 ? [formatAmount(rows.missing, 'image')] : []),
    ...(details.missing > 0 ? [`the details of ${formatAmount(details.missing, 'image')}`] : []),
  ];
  const cut = missing.length === 0 ? [] : ['', `_No room for ${missing.join(' and ')}: the JSON report has all._`];
  return `${[...head, ...rows.lines, ...details.lines, ...cut].join('\n')}\n`;
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + new TextEncoder().encode(line).length + 1, 0);
}

function renderHeadline(report: CiReport): string {
  const count = (wanted: CiOutcome) => report.images.filter(({ outcome }) => outcome === wanted).length;
  const parts = (['passed', 'failed', 'error', 'cancelled'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${words[outcome].replace(/^\S+ /, '')}`);
  const sizes = describeSizes(totalFigures(report));
  return `${parts.length === 0 ? 'no images' : parts.join(', ')}${sizes === '' ? '' : `, ${sizes}`}`;
}

function renderRow(image: CiImage): string {
  const { sizeBefore, sizeAfter, reduction, filesKept } = figuresOf(image);
  const bytes = (value: number | null) => (value === null ? '' : formatBytes(value));
  const cells = [
    code(image.name),
    words[image.outcome] + (image.isResumed ? ' (by an earlier run)' : ''),
    bytes(sizeBefore),
    bytes(sizeAfter),
    reduction === null ? '' : describeReduction(reduction),
    filesKept === null ? '' : formatCount(filesKept),
    renderDelta(image),
    formatSeconds(image.durationMs),
  ];
  return `| ${cells.join(' | ')} |`;
}

function renderDelta({ acceptedDelta }: CiImage): string {
  if (acceptedDelta === null) return '';
  const { sizeBytes } = acceptedDelta;
  return sizeBytes === 0 ? 'the same' : `${sizeBytes > 0 ? '+' : ''}${formatBytes(sizeBytes)}`;
}

function hasDetails(image: CiImage): boolean {
  return failuresOf(image).length > 0 || (image.report?.notes.length ?? 0) > 0;
}

function renderDetails(image: CiImage): string[] {
  const failures = failuresOf(image);
  const notes = image.report?.notes ?? [];
  const summary = failures.length > 0 ? failures.map(({ name }) => code(name)).join(', ') : 'notes';
  const open = failures.length > 0 ? '<details open>' : '<details>';
  return [
    '',
    `${open}<summary>${code(image.name)}: ${summary}</summary>`,
    '',
    ...failures.flatMap(renderFailure),
    ...renderList(notes.map(code), shownNotes, 'notes'),
    '',
    '</details>',
  ];
}

function renderFailure({ name, lines }: Finding): string[] {
  const items =
    name === 'lock' ? ['', ...diffBlock(lines).split('\n')] : renderList(lines.map(code), shownLines, 'lines');
  return [`- **${code(name)}**`, ...items.map((line) => (line === '' ? '' : `  ${line}`))];
}

function renderList(items: readonly string[], most: number, what: string): string[] {
  const shown = items.slice(0, most).map((item) => `- ${item}`);
  return items.length > most ? [...shown, `- and ${formatCount(items.length - most)} more ${what}`] : shown;
}

/**
 * Text as code in any place, a table's cell too, where a pipe ends a code span and a backslash before it doesn't help: as
 * HTML, with every mark that means something as a character reference, so that nothing of it is markup, a link, a formula
 * or a mention.
 */
function code(text: string): string {
  const shown = shorten(printable(text), longestCell);
  return `<code>${shown.replace(/[&<>|`*_~[\]\\@#:!$]|(?<=www)\./gi, (mark) => `&#${mark.charCodeAt(0)};`)}</code>`;
}
