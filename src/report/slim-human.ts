import { formatCount } from '../amount.js';
import type { Difference } from '../check/difference.js';
import { renderBase } from './base-human.js';
import { isWithinBudgets, renderBudgets } from './budget-report.js';
import { renderConfidence } from './confidence-human.js';
import { isConfined, renderConfinement } from './confinement-report.js';
import { renderCosts } from './costs-human.js';
import { afterDrift, isAsLocked, renderDrift } from './drift-report.js';
import { failureWords, isOnlyUnproved, unprovedHint } from './failure-words.js';
import { formatBytes, formatPercent, formatSeconds, printable, renderColumns } from './format.js';
import { renderInventory } from './inventory-report.js';
import { renderLayers } from './layers-human.js';
import { renderPosture } from './posture-human.js';
import { renderRecords } from './records-human.js';
import type { ReportedCheck, ReportedContainer, ReportedHardened, ReportedImage, SlimReport } from './report.js';
import type { Style } from './style.js';

/** Differences of one check that are shown; `--json` has them all. */
const shownDifferences = 8;
const shownLogLines = 10;
const shownReasons = 4;
const shownNotes = 5;
const longestValue = 160;

/** The result of `slimtrace slim` for a person. */
export function renderSlimReport(report: SlimReport, style: Style, options: { readonly explainSize: boolean }): string {
  const sections = [renderTable(report, style), renderBase(report.base, style), renderLayers(report, style)];
  sections.push(
    [renderInventory(report, style), renderRecords(report.packageRecords, style)].filter(Boolean).join('\n'),
  );
  sections.push(renderChecks(report, style), renderConfidence(report, style));
  sections.push(renderDrift(report.drift, style));
  sections.push(renderBudgets(report.budgets, style), renderPosture(report.posture, style));
  sections.push(renderConfinement(report.confinement, style));
  if (options.explainSize) sections.push(renderCosts(report.costs, style));
  if (report.notes.length > 0) sections.push(renderNotes(report.notes, style));
  if (report.logs !== null) sections.push(renderLogs('slim image', report.logs.slim));
  const failedProfile = `${style.red(style.bold('failed'))}: a profile that was asked for is not written, see above`;
  const profile = isConfined(report.confinement) ? '' : `\n${failedProfile}`;
  sections.push(`${renderConclusion(report, style)}${profile}`);
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderNotes(notes: readonly string[], style: Style): string {
  const shown = notes.slice(0, shownNotes).map((note) => `${style.yellow('note:')} ${printable(note)}`);
  const more = notes.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more notes (--json has them all)`] : [])].join('\n');
}

function renderTable({ original, slim, reduction }: SlimReport, style: Style): string {
  const row = (name: string, value: (image: ReportedImage) => string, change = '') => [
    name,
    value(original),
    value(slim),
    change,
  ];
  const rows = [
    ['', 'original', 'slim', ''],
    row('size', (image) => formatBytes(image.sizeBytes), `-${formatPercent(reduction)}`.replace('--', '+')),
    row('files', (image) => formatCount(image.files)),
    row('layers', (image) => formatCount(image.layers)),
    row('packages with files', (image) => (image.packages === null ? 'unknown' : formatCount(image.packages))),
    row('shells', (image) => formatCount(image.shells.length)),
    row('setuid/setgid files', (image) => formatCount(image.setuidFiles.length)),
  ];
  const [head = '', ...body] = renderColumns(rows, new Set([1, 2, 3])).split('\n');
  return [style.dim(head), ...body].join('\n');
}

/** What came of each check, one block each, and of the containers beside them; whether it runs hardened. */
export function renderChecks(
  { checks, containers, hardened }: Pick<SlimReport, 'checks' | 'containers' | 'hardened'>,
  style: Style,
): string {
  return [
    ...checks.flatMap((check) => renderCheckLines(check, style)),
    ...containers.flatMap((container) => renderContainerLines(container, style)),
    ...(hardened === null ? [] : renderHardened(hardened, style)),
  ].join('\n');
}

function renderContainerLines({ scenario, differences, remarks }: ReportedContainer, style: Style): string[] {
  const name = scenario === null ? 'the container' : `${printable(scenario)}: the container`;
  const lines = remarks.map((remark) => `${style.dim('remark   ')}  ${printable(remark)}`);
  return differences.length === 0
    ? lines
    : [`${style.red('different')}  ${name}`, ...renderDifferences(differences), ...lines];
}

function renderHardened({ runs, because }: ReportedHardened, style: Style): string[] {
  const what = 'runs hardened (read-only root, no capabilities, no new privileges)';
  if (runs) return [`${style.green('hardened')}   ${what}: yes`];
  const shown = because.slice(0, shownReasons).map((reason) => `           ${printable(reason)}`);
  const more = because.length - shown.length;
  const rest = more > 0 ? [`           and ${more} more (--json has them all)`] : [];
  return [`${style.yellow('hardened')}   ${what}: no, because`, ...shown, ...rest];
}

function renderCheckLines(checked: ReportedCheck, style: Style): string[] {
  const name = (checked.scenario === null ? '' : `${printable(checked.scenario)}: `) + printable(checked.check);
  if (checked.result === 'same') {
    const aside =
      checked.setAside.length === 0 ? '' : style.dim(`  (varies by itself: ${printable(checked.setAside.join(', '))})`);
    return [`${style.green('same')}       ${name}${aside}`];
  }
  if (checked.result === 'not-evidence')
    return [`${style.yellow('no proof')}   ${name}: fails on the original too (${printable(checked.problem ?? '')})`];
  const problem = checked.problem === null ? '' : `: ${printable(checked.problem)}`;
  return [`${style.red('different')}  ${name}${problem}`, ...renderDifferences(checked.differences)];
}

function renderDifferences(differences: readonly Difference[]): string[] {
  const shown = differences
    .slice(0, shownDifferences)
    .map(
      ({ field, original, slim }) => `           ${printable(field)}: original ${value(original)}, slim ${value(slim)}`,
    );
  const more = differences.length - shown.length;
  return more > 0 ? [...shown, `           and ${more} more (--json has them all)`] : shown;
}

function value(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  const short = text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  return `"${printable(short)}"`;
}

/** The last lines a container printed. */
export function renderLogs(of: string, lines: readonly string[]): string {
  if (lines.length === 0) return `the ${of} printed nothing`;
  return [`last lines of the ${of}:`, ...lines.slice(-shownLogLines).map((line) => `  ${printable(line)}`)].join('\n');
}

/** The line that says what came of it all, and where the image is. */
export function renderConclusion(report: SlimReport, style: Style): string {
  const name = printable(report.slim.reference);
  const time = formatSeconds(report.durationMs);
  if (!report.passed)
    return `${headOf(report, 'failed', style)}: ${failureWords(report)}; ${remainderOf(report)} (${time})\n${style.yellow('hint:')} ${adviceAfter(report)}`;
  if (!isAsLocked(report))
    return `${headOf(report, 'drifted', style)}: the slim image answers as the original does, and is not as its lock says; ${remainderOf(report)} (${time})\n${style.yellow('hint:')} ${afterDrift}`;
  if (!isWithinBudgets(report)) return renderOverBudget(report, style);
  const savedBytes = report.original.sizeBytes - report.slim.sizeBytes;
  const change = `${formatBytes(Math.abs(savedBytes))} ${savedBytes < 0 ? 'larger' : 'smaller'}`;
  if (report.dryRun)
    return `${headOf(report, 'proved', style)}: ${style.bold(name)} would be ${change}, and answers as the original does; ${remainderOf(report)} (${time})`;
  const isElsewhere = report.output !== null && report.output !== report.slim.reference;
  const output = isElsewhere ? `\nwritten to ${printable(report.output ?? '')}` : '';
  return `${headOf(report, 'proved', style)}: ${style.bold(name)} is ${change} and answers as the original does (${time})${output}${renderDebugImage(report.debug)}`;
}

/** The word that matters first; what follows is no image where it was only tried. */
function headOf({ dryRun }: SlimReport, word: string, style: Style): string {
  const paint = word === 'proved' ? style.green : style.red;
  return `${dryRun ? 'dry run, ' : ''}${paint(style.bold(word))}`;
}

function adviceAfter(report: SlimReport): string {
  if (isOnlyUnproved(report)) return unprovedHint;
  return `if a file is missing that no check asked for, keep it with --include PATH; ${nextStep(report)}`;
}

function remainderOf({ dryRun, slim }: SlimReport): string {
  return dryRun ? 'nothing was kept' : `kept as ${printable(slim.reference)} to look into`;
}

function nextStep({ dryRun, slim }: SlimReport): string {
  if (dryRun) return 'without --dry-run the image is kept to look into';
  return `slimtrace why ${printable(slim.reference)} PATH says what is known of it`;
}

/** It works, and that is easy to read as good: what it is not comes first. */
function renderOverBudget(report: SlimReport, style: Style): string {
  const over = report.budgets.filter(({ passed }) => !passed).map(({ budget }) => printable(budget));
  const head = headOf(report, 'proved, but over budget', style);
  return `${head}: ${over.join(', ')}; ${remainderOf(report)} (${formatSeconds(report.durationMs)})\n${style.yellow('hint:')} leave out what is too much with --exclude, or raise the budget`;
}

function renderDebugImage(debug: SlimReport['debug']): string {
  if (debug === null) return '';
  const shell = `${debug.directory}/sh`;
  return `\nfor debugging: ${printable(debug.reference)}, the same layers and a busybox on top (exec ${shell} in it)`;
}
