import type { HistoryStep } from '../image/history.js';
import { formatBytes, formatCount, formatPercent, printable, renderColumns } from './format.js';
import type { InspectReport } from './inspect-report.js';
import type { Style } from './style.js';

const longestLine = 110;
const shownNames = 12;

export interface InspectShown {
  /** Rows of each list; `--json` has them all. */
  readonly rows: number;
}

/** An inspection for a person: what it is, its layers, what is large, what is wasted, what is risky, how it was made. */
export function renderInspectReport(report: InspectReport, style: Style, { rows }: InspectShown): string {
  const sections = [
    renderHead(report, style),
    renderLayers(report, style),
    renderWaste(report, rows, style),
    renderDuplicates(report, rows, style),
    table(
      'largest directories',
      report.directories
        .slice(0, rows)
        .map(({ path, bytes, files }) => [formatBytes(bytes), count(files, 'file'), cut(path)]),
      style,
    ),
    table(
      'largest files',
      report.largestFiles.slice(0, rows).map(({ path, sizeBytes }) => [formatBytes(sizeBytes), cut(path)]),
      style,
    ),
    renderPackages(report, rows, style),
    renderRisks(report, rows, style),
    renderHistory(report, style),
    [`${style.bold('slim it')}  slimtrace slim ${printable(report.reference)}`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function renderHead(report: InspectReport, style: Style): readonly string[] {
  const { config } = report;
  const words = (list: readonly string[]) => (list.length === 0 ? '' : cut(JSON.stringify(list)));
  const facts: readonly (readonly [string, string])[] = [
    ['image', cut(report.reference)],
    ['id', printable(report.id)],
    ['platform', `${printable(report.platform)}, made ${printable(report.created)}`],
    ['system', report.distribution === null ? '' : cut(report.distribution)],
    ['size', `${formatBytes(report.sizeBytes)}, ${count(report.files, 'file')}`],
    ['user', config.user === '' ? 'root (none is named)' : cut(config.user)],
    ['entrypoint', words(config.entrypoint)],
    ['command', words(config.cmd)],
    ['directory', cut(config.workdir)],
    ['ports', cut(config.ports.join(' '))],
    ['volumes', cut(config.volumes.join(' '))],
    ['healthcheck', words(config.healthcheck)],
    ['environment', cut(config.env.join(' '))],
  ];
  const shown = facts.filter(([, value]) => value !== '').map(([name, value]) => [name, value]);
  return renderColumns(shown, new Set())
    .split('\n')
    .map((line, at) => line.replace(shown[at]?.[0] ?? '', (name) => style.bold(name)));
}

function renderLayers({ layers }: InspectReport, style: Style): readonly string[] {
  if (layers === null)
    return [`${style.bold('layers')}  not read (--fast), nor wasted bytes, history, and secrets in files`];
  const head = ['#', 'size', 'added', 'changed', 'removed', 'hidden later', 'made by'];
  const body = layers.map((layer, at) => [
    String(at + 1),
    formatBytes(layer.contentBytes),
    formatCount(layer.added),
    formatCount(layer.changed),
    formatCount(layer.removed),
    layer.wastedBytes === 0 ? '' : formatBytes(layer.wastedBytes),
    cut(layer.instruction ?? '', 60),
  ]);
  const [first = '', ...rest] = renderColumns([head, ...body], new Set([0, 1, 2, 3, 4, 5])).split('\n');
  return [style.bold('layers'), `  ${style.dim(first)}`, ...rest.map((line) => `  ${line}`)];
}

function renderWaste({ waste }: InspectReport, rows: number, style: Style): readonly string[] {
  if (waste === null) return [];
  const share = `${formatPercent(waste.efficiency)} of what the layers hold is to be seen in the image`;
  if (waste.files.length === 0) return [`${style.bold('wasted')}  nothing: ${share}`];
  const how = { replaced: 'written again by', 'same-contents': 'written again, the same, by', removed: 'removed by' };
  const lines = waste.files
    .slice(0, rows)
    .map((file) => [
      formatBytes(file.sizeBytes),
      cut(file.path, 60),
      `of layer ${file.broughtBy + 1}, ${how[file.how]} ${file.hiddenBy + 1}`,
    ]);
  const head = `${style.bold('wasted')}  ${formatBytes(waste.bytes)} in ${count(waste.files.length, 'file')}: ${share}`;
  return [head, ...table('', lines, style), ...more(waste.files.length - lines.length, style)];
}

function renderDuplicates({ duplicates }: InspectReport, rows: number, style: Style): readonly string[] {
  if (duplicates === null || duplicates.length === 0) return [];
  const bytes = duplicates.reduce((sum, { sizeBytes, paths }) => sum + sizeBytes * (paths.length - 1), 0);
  const lines = duplicates
    .slice(0, rows)
    .map(({ sizeBytes, paths }) => [
      formatBytes(sizeBytes),
      `${paths.length} times`,
      cut(paths.slice(0, 3).join(', ') + (paths.length > 3 ? ', …' : ''), 90),
    ]);
  const head = `${style.bold('twice')}  ${formatBytes(bytes)} could go: the same contents under several names`;
  return [head, ...table('', lines, style), ...more(duplicates.length - lines.length, style)];
}

function renderPackages({ packages }: InspectReport, rows: number, style: Style): readonly string[] {
  if (packages.length === 0) return [];
  const kinds = new Map<string, number>();
  for (const { type } of packages) kinds.set(type, (kinds.get(type) ?? 0) + 1);
  const lines = packages
    .slice(0, rows)
    .map(({ type, name, version, bytes }) => [bytes === 0 ? '' : formatBytes(bytes), type, cut(`${name} ${version}`)]);
  const head = `${style.bold('packages')}  ${[...kinds].map(([type, number]) => `${formatCount(number)} ${type}`).join(', ')}`;
  return [head, ...table('', lines, style), ...more(packages.length - lines.length, style)];
}

function renderRisks(report: InspectReport, rows: number, style: Style): readonly string[] {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['setuid/setgid', report.setuidFiles],
    ['capabilities', report.capabilities],
    ['anybody may write', report.worldWritable],
    ['shells', report.shells],
    ['package managers', report.packageManagers],
    ['compilers', report.compilers],
    ['interpreters', report.interpreters],
  ];
  const lines = lists
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => {
      const rest = names.length - shownNames;
      return [what, cut(names.slice(0, shownNames).join(' ') + (rest > 0 ? ` and ${rest} more` : ''))];
    });
  const secrets = report.secrets.slice(0, rows).map(({ place, what }) => ['secret', cut(`${place}: ${what}`)]);
  return [
    ...table('who gets in finds', [...lines, ...secrets], style),
    ...more(report.secrets.length - secrets.length, style),
  ];
}

/** The Dockerfile that the history tells of; what is only guessed says so. */
function renderHistory({ history }: InspectReport, style: Style): readonly string[] {
  if (history === null || history.length === 0) return [];
  const lines = history.flatMap((step) => renderStep(step, style));
  return [`${style.bold('how it was made')}  by its history`, ...lines.map((line) => `  ${line}`)];
}

function renderStep({ instruction, guess }: HistoryStep, style: Style): readonly string[] {
  const lines = instruction.split('\n').map((line) => printable(line.replaceAll('\t', '  ')));
  const told = lines.length > 12 ? [...lines.slice(0, 12), '…'] : lines;
  const shown = told.map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
  return guess === null ? shown : [...shown, style.dim(`  # not told: ${printable(guess)}`)];
}

function more(count: number, style: Style): readonly string[] {
  return count > 0 ? [style.dim(`  and ${formatCount(count)} more (--rows, --json)`)] : [];
}

/** Rows under a title; without one only the rows. Numbers stand right. */
function table(title: string, rows: readonly (readonly string[])[], style: Style): readonly string[] {
  if (rows.length === 0) return [];
  const isNumber = (at: number) => rows.every((row) => /^(?:|[\d.,]+ ?[kMGTP]?B?)$/.test(row[at] ?? ''));
  const right = new Set([0].filter(isNumber));
  const lines = renderColumns(rows, right)
    .split('\n')
    .map((line) => `  ${line}`);
  return title === '' ? lines : [style.bold(title), ...lines];
}

function count(number: number, what: string): string {
  return `${formatCount(number)} ${what}${number === 1 ? '' : 's'}`;
}

function cut(text: string, longest = longestLine): string {
  const shown = printable(text);
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
