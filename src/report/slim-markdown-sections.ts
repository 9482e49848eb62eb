import { formatAmount, formatCount } from '../amount.js';
import type { Difference } from '../check/difference.js';
import { doubtWords } from './confidence-human.js';
import { failureWords } from './failure-words.js';
import { formatBytes, formatPercent } from './format.js';
import { codeBlock, codeSpan, diffBlock, folded, foldedRows, listRows, prose } from './markdown.js';
import type { ReportedCheck, ReportedImage, SlimReport } from './report.js';

/** The verdict in a line of its own. */
export function renderHeadline(report: SlimReport): string {
  const [mark, verdict] = verdictOf(report);
  return `### ${mark} ${report.dryRun ? 'Dry run, nothing kept. ' : ''}${verdict}`;
}

function verdictOf(report: SlimReport): readonly [mark: string, words: string] {
  const { passed, budgets, drift, original, slim } = report;
  const over = budgets.filter((budget) => !budget.passed).length;
  const saved = original.sizeBytes - slim.sizeBytes;
  const size = `${formatBytes(Math.abs(saved))} ${saved < 0 ? 'larger' : 'smaller'}`;
  if (!passed) return ['❌', `Failed: ${failureWords(report)}`];
  if (drift !== null && !drift.holds && drift.against === 'lock') return ['❌', `Drifted from its lock: ${size}`];
  if (over > 0) return ['❌', `Proved, but over ${over === 1 ? 'a budget' : `${over} budgets`}: ${size}`];
  return ['✅', `Proved: ${size}, and answers as the original does`];
}

/** The only table, of figures alone: no text of an image is in it, so none can break out of a cell. */
export function renderFigures({ original, slim, reduction }: SlimReport): string {
  const row = (name: string, value: (image: ReportedImage) => string, change = '') =>
    `| ${name} | ${value(original)} | ${value(slim)} | ${change} |`;
  const change = `${reduction < 0 ? '+' : '−'}${formatPercent(Math.abs(reduction))}`;
  return [
    '| | original | slim | |',
    '| :-- | --: | --: | --: |',
    row('size', ({ sizeBytes }) => formatBytes(sizeBytes), `**${change}**`),
    row('files', ({ files }) => formatCount(files)),
    row('layers', ({ layers }) => formatCount(layers)),
    row('packages with files', ({ packages }) => (packages === null ? 'unknown' : formatCount(packages))),
    row('shells', ({ shells }) => formatCount(shells.length)),
    row('setuid/setgid files', ({ setuidFiles }) => formatCount(setuidFiles.length)),
  ].join('\n');
}

/** Everything below the figures, what matters most first; `shown`: rows of one list. */
export function sectionsOf(report: SlimReport, shown: number): readonly string[] {
  return [
    renderBudgets(report, shown),
    renderDrift(report, shown),
    ...renderChecks(report, shown),
    renderHardened(report, shown),
    ...renderLogs(report),
    renderSecrets(report, shown),
    ...renderHealing(report, shown),
    renderPosture(report, shown),
    ...renderGone(report, shown),
    renderDoubts(report, shown),
    foldedRows('Notes', report.notes.map(prose), shown),
  ].filter((section) => section !== '');
}

function renderBudgets({ budgets }: SlimReport, shown: number): string {
  if (budgets.length === 0) return '';
  const rows = budgets.map(
    ({ budget, passed, limit, actual, offenders }) =>
      `${passed ? '✅' : '❌'} ${codeSpan(budget)}: ${prose(actual)}; allowed: ${prose(limit)}${nested(offenders.map(prose), shown)}`,
  );
  return `**Budgets**\n\n${listRows(rows, shown)}`;
}

function renderDrift({ drift }: SlimReport, shown: number): string {
  if (drift === null || drift.lines.length === 0) return '';
  const from = drift.against === 'lock' ? 'from the lock' : 'from the build that was traced';
  const title = drift.holds ? `Drift ${from}: other names of the same files` : `Drift ${from}: to be reviewed`;
  const lines = drift.lines.slice(0, 4 * shown);
  const more = drift.lines.length - lines.length;
  const block = diffBlock([...lines, ...(more > 0 ? [`and ${formatAmount(more, 'line')} more`] : [])]);
  return drift.holds ? folded(title, block) : `**${title}**\n\n${block}`;
}

function renderChecks({ checks, containers }: SlimReport, shown: number): string[] {
  const bad = checks.filter(({ result }) => result !== 'same');
  const good = checks.filter(({ result }) => result === 'same');
  const headline = `**Checks**: ${formatCount(good.length)} of ${formatCount(checks.length)} answered the same by both images`;
  const differing = bad.map(
    (check) => `${checkName(check)}${checkProblem(check)}${renderDifferences(check.differences, shown)}`,
  );
  const beside = containers
    .filter(({ differences }) => differences.length > 0)
    .map(
      ({ scenario, differences }) =>
        `❌ ${scenario === null ? '' : `${codeSpan(scenario)}: `}the container${renderDifferences(differences, shown)}`,
    );
  const rows = [...differing, ...beside];
  return [
    rows.length === 0 ? headline : `${headline}\n\n${listRows(rows, shown)}`,
    foldedRows('Checks that are answered the same', good.map(checkName), shown),
  ];
}

function checkName({ scenario, check, result }: ReportedCheck): string {
  const mark = { same: '✅', different: '❌', 'not-evidence': '⚠️' }[result];
  return `${mark} ${scenario === null ? '' : `${codeSpan(scenario)}: `}${codeSpan(check)}`;
}

function checkProblem({ result, problem }: ReportedCheck): string {
  if (result === 'not-evidence')
    return `: no proof, it fails on the original too${problem === null ? '' : ` (${codeSpan(problem)})`}`;
  return problem === null ? '' : `: ${prose(problem)}`;
}

/** Below the row of its check. */
function renderDifferences(differences: readonly Difference[], shown: number): string {
  const value = (text: string | undefined) => (text === undefined ? 'nothing' : codeSpan(text));
  const rows = differences.map(
    ({ field, original, slim }) => `${codeSpan(field)}: original ${value(original)}, slim ${value(slim)}`,
  );
  return nested(rows, shown);
}

/** Rows below a row. */
function nested(rows: readonly string[], shown: number): string {
  return rows.length === 0 ? '' : `\n${listRows(rows, shown).replaceAll(/^/gm, '  ')}`;
}

function renderHardened({ hardened }: SlimReport, shown: number): string {
  if (hardened === null || hardened.runs)
    return hardened === null ? '' : '**Hardened**: runs with a read-only root, no capabilities, no new privileges';
  return `**Hardened**: doesn’t run with a read-only root, no capabilities, no new privileges\n\n${listRows(hardened.because.map(prose), shown)}`;
}

function renderLogs({ logs }: SlimReport): string[] {
  if (logs === null) return [];
  const last = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : folded(title, codeBlock(lines.slice(-20).map((line) => line.slice(0, 300))));
  return [last('Last lines of the slim image', logs.slim), last('Last lines of the original', logs.original)];
}

function renderSecrets({ posture: { secrets } }: SlimReport, shown: number): string {
  if (secrets.length === 0) return '';
  return `**⚠️ Would better not ship**\n\n${listRows(
    secrets.map(({ place, what }) => `${codeSpan(place)}: ${prose(what)}`),
    shown,
  )}`;
}

function renderHealing({ healing: { rounds, missed }, checksChosenByDefault }: SlimReport, shown: number): string[] {
  return [
    checksChosenByDefault ? '⚠️ No check was given: those that every image gets were made.' : '',
    missed.length === 0
      ? ''
      : `**⚠️ Looked for in the slim image, and only in the original**\n\n${listRows(missed.map(codeSpan), shown)}`,
    ...rounds.map(({ round, paths }) => foldedRows(`Healed in round ${round}`, paths.map(codeSpan), shown)),
  ];
}

function renderPosture({ posture, remaining, slim }: SlimReport, shown: number): string {
  const { user, remarks, worldWritable } = posture;
  const stays = [...remaining.packageManagers, ...remaining.compilers, ...remaining.interpreters];
  const rows = [
    `runs as ${codeSpan(user.slim || 'root')}${user.original === user.slim ? '' : ` (the original: ${codeSpan(user.original || 'root')})`}`,
    ...namedRow('shells', slim.shells, shown),
    ...namedRow('setuid/setgid', slim.setuidFiles, shown),
    ...namedRow('programs of use to an intruder', stays, shown),
    ...namedRow('anybody may write', worldWritable.slim, shown),
    ...remarks.map(prose),
  ];
  return folded('Posture', listRows(rows, shown + 5));
}

/** Short names in one row; no row without any. */
function namedRow(title: string, names: readonly string[], shown: number): string[] {
  const more = names.length > shown ? ` and ${formatCount(names.length - shown)} more` : '';
  return names.length === 0 ? [] : [`${title}: ${names.slice(0, shown).map(codeSpan).join(' ')}${more}`];
}

function renderGone({ gone, keptPackages }: SlimReport, shown: number): string[] {
  const programs = [...gone.packageManagers, ...gone.compilers, ...gone.interpreters];
  const others = [
    ...namedRow('programs', programs, shown),
    ...namedRow('shells', gone.shells, shown),
    ...namedRow('setuid and setgid', gone.setuidFiles, shown),
  ];
  const packages = gone.packages.map(({ type, name, version }) => `${type} ${codeSpan(`${name} ${version}`)}`);
  const all = packages.length + keptPackages.length;
  return [
    foldedRows(`Packages that went, of ${formatCount(all)}`, packages, shown),
    foldedRows('What else went', others, shown, programs.length + gone.shells.length + gone.setuidFiles.length),
  ];
}

function renderDoubts({ confidence }: SlimReport, shown: number): string {
  const { onStaticEvidence: unseen, enumerated, doubts, unexercisedPorts } = confidence;
  const rows = [
    ...(unseen.files === 0
      ? []
      : [`${formatAmount(unseen.files, 'file')}, ${formatBytes(unseen.bytes)}, kept on static evidence alone`]),
    ...(unexercisedPorts.length === 0
      ? []
      : [`exposed, and no check of it passed: ${unexercisedPorts.map(codeSpan).join(' ')}`]),
    ...enumerated.map(
      ({ directory, names, missing }) =>
        `the application lists ${codeSpan(directory)}, and is shown ${names - missing.length} of ${names} names`,
    ),
    ...doubts.map((doubt) => prose(doubtWords(doubt))),
  ];
  return foldedRows('What is less sure', rows, shown);
}
