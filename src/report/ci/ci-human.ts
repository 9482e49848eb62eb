import { formatAmount, formatCount } from '../../amount.js';
import { renderBudgets } from '../budget-report.js';
import { isConfined } from '../confinement-report.js';
import { failureWords, isOnlyUnproved, unprovedHint } from '../failure-words.js';
import { formatBytes, formatPercent, formatSeconds, printable, renderColumns, shorten } from '../format.js';
import type { SlimReport } from '../report.js';
import type { Style } from '../style.js';
import type { CiImage, CiOutcome, CiReport } from './ci-report.js';

/** Lines of a drifted lock, and differences between the images, that are shown of each; `--json` has them all. */
const shownLines = 8;
/** Of one of them, which may be about a path of any length. */
const longestLine = 240;

/** What came of one image, in a few words: `passed: 120 MB → 20 MB`. */
export function outcomeWords(image: CiImage): string {
  const { outcome, report, isResumed } = image;
  const resumed = isResumed ? ', taken from the run before' : '';
  if (outcome === 'passed' && report !== null) return `passed: ${renderSizes(report)}${resumed}`;
  return outcome === 'cancelled' ? 'cancelled' : `${outcome}: ${reasonsOf(image).join(', ')}`;
}

/** Why it isn't good, a clause each. */
function reasonsOf({ report, budgets, drift, problem }: CiImage): string[] {
  const over = budgets.filter(({ passed }) => !passed).map(({ budget }) => printable(budget));
  return [
    ...(report?.passed === false ? [failureWords(report)] : []),
    ...(drift.length > 0 ? ['the lock has drifted'] : []),
    ...(over.length > 0 ? [`over budget: ${over.join(', ')}`] : []),
    ...(report !== null && !isConfined(report.confinement) ? ['a profile is not proved'] : []),
    ...(problem === null || over.length > 0 ? [] : [firstLine(problem.message)]),
  ];
}

function firstLine(text: string): string {
  return printable(text.split('\n')[0] ?? '');
}

/** What {@link firstLine} leaves out. */
function furtherLines(text: string): string[] {
  return text.split('\n').slice(1).map(printable);
}

function renderSizes({ original, slim }: Pick<SlimReport, 'original' | 'slim'>): string {
  return `${formatBytes(original.sizeBytes)} → ${formatBytes(slim.sizeBytes)}`;
}

/** The result of `slimtrace ci` for a person: a table, what is wrong with whom, and a line that says it all. */
export function renderCiReport(report: CiReport, style: Style): string {
  const details = report.images.map((image) => renderDetails(image, style)).filter((text) => text !== '');
  return `${[renderTable(report.images, style), ...details, renderConclusion(report, style)].join('\n\n')}\n`;
}

function renderTable(images: readonly CiImage[], style: Style): string {
  const hasAccepted = images.some(({ accepted }) => accepted !== null);
  const head = ['', 'image', 'original', 'slim', 'less', 'files', ...(hasAccepted ? ['since accepted'] : [])];
  const rows = images.map((image) => [
    image.outcome,
    printable(image.name),
    ...figuresOf(image.report),
    ...(hasAccepted ? [renderDelta(image)] : []),
  ]);
  const lines = renderColumns([head, ...rows], new Set([2, 3, 4, 5, 6])).split('\n');
  return lines
    .map((line, at) => (at === 0 ? style.dim(line) : coloured(line, images[at - 1]?.outcome, style)))
    .join('\n');
}

function figuresOf(report: SlimReport | null): string[] {
  if (report === null) return ['', '', '', ''];
  const { original, slim, reduction } = report;
  return [
    formatBytes(original.sizeBytes),
    formatBytes(slim.sizeBytes),
    formatPercent(reduction),
    formatCount(slim.files),
  ];
}

function renderDelta({ acceptedDelta }: CiImage): string {
  if (acceptedDelta === null) return '';
  const { sizeBytes } = acceptedDelta;
  return sizeBytes === 0 ? 'same' : `${sizeBytes > 0 ? '+' : ''}${formatBytes(sizeBytes)}`;
}

function coloured(line: string, outcome: CiOutcome = 'error', style: Style): string {
  const colour = outcome === 'passed' ? style.green : outcome === 'cancelled' ? style.yellow : style.red;
  return `${colour(outcome)}${line.slice(outcome.length)}`;
}

/** Nothing for an image that passed. */
function renderDetails(image: CiImage, style: Style): string {
  const { name, outcome, report, budgets, drift, problem } = image;
  if (outcome === 'passed' || outcome === 'cancelled') return '';
  const lines = [`${style.bold(printable(name))}: ${reasonsOf(image).join(', ')}`];
  if (report?.passed === false) lines.push(...renderFailures(report, style));
  const over = budgets.filter(({ passed }) => !passed);
  if (over.length > 0) lines.push(...renderBudgets(over, style).split('\n'));
  lines.push(...bounded(drift, (line) => printable(shorten(line, longestLine))));
  for (const cause of problem?.because ?? []) lines.push(`${style.dim('because:')} ${clean(cause)}`);
  lines.push(...furtherLines(problem?.message ?? ''));
  if (problem !== null && problem.hint !== null) lines.push(`${style.yellow('hint:')} ${clean(problem.hint)}`);
  if (report !== null)
    lines.push(
      report.dryRun ? 'dry run: nothing was kept' : `kept as ${printable(report.slim.reference)} to look into`,
    );
  return lines.join('\n  ');
}

function renderFailures(report: SlimReport, style: Style): string[] {
  const { checks, containers } = report;
  const failed = checks.filter(({ result }) => result !== 'same');
  const differences = [...failed, ...containers].flatMap((one) => one.differences);
  return [
    ...failed.map(({ scenario, check, result, problem }) => {
      const mark = result === 'different' ? 'different' : 'no proof ';
      const where = scenario === null ? '' : `${scenario}: `;
      return printable(`${mark}  ${where}${check}${problem === null ? '' : `: ${problem}`}`);
    }),
    ...(isOnlyUnproved(report) ? [`${style.yellow('hint:')} ${unprovedHint}`] : []),
    ...bounded(differences, ({ field, original, slim }) => {
      const show = (text: string | undefined) =>
        text === undefined ? 'nothing' : `"${printable(text.slice(0, 100))}"`;
      return `           ${printable(field)}: original ${show(original)}, slim ${show(slim)}`;
    }),
  ];
}

function bounded<T>(all: readonly T[], render: (one: T) => string): string[] {
  const more = all.length - shownLines;
  return [...all.slice(0, shownLines).map(render), ...(more > 0 ? [`and ${more} more (--json has them all)`] : [])];
}

/** Line breaks stay. */
function clean(text: string): string {
  return text.split('\n').map(printable).join('\n    ');
}

function renderConclusion({ images, passed, durationMs }: CiReport, style: Style): string {
  const counts = (['passed', 'failed', 'error', 'cancelled'] as const).flatMap((outcome) => {
    const count = images.filter((image) => image.outcome === outcome).length;
    return count === 0 ? [] : [outcome === 'error' ? formatAmount(count, 'error') : `${count} ${outcome}`];
  });
  const verdict = passed ? style.green(style.bold('passed')) : style.red(style.bold('failed'));
  const size = formatAmount(images.length, 'image');
  return `${verdict}: ${size}, ${counts.join(', ')} (${formatSeconds(durationMs)})`;
}
