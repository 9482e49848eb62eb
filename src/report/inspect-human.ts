import { formatAmount, formatCount } from '../amount.js';
import { describeShare } from './comparison-text.js';
import { formatBytes, formatPercent, printable, renderColumns } from './format.js';
import type { InspectReport } from './inspect-report.js';
import type { Style } from './style.js';

/** So wide are lines at most, but for the Dockerfile's words that are longer. */
const widest = 100;

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
    renderHiddenSecrets(report, rows, style),
    renderDuplicates(report, rows, style),
    table(
      'largest directories',
      report.directories
        .slice(0, rows)
        .map((share) => [
          formatBytes(share.bytes),
          formatAmount(share.files, 'file'),
          cut(share.path + describeShare({ ...share, isGone: false }), 70),
        ]),
      style,
    ),
    table(
      'largest files',
      report.largestFiles.slice(0, rows).map(({ path, sizeBytes }) => [formatBytes(sizeBytes), cut(path, 85)]),
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
  const words = (list: readonly string[]) => (list.length === 0 ? '' : cut(JSON.stringify(list), 85));
  const facts: readonly (readonly [string, string])[] = [
    ['image', cut(report.reference, 85)],
    ['id', printable(report.id)],
    ['platform', `${printable(report.platform)}, made ${printable(report.created)}`],
    ['system', report.distribution === null ? '' : cut(report.distribution, 85)],
    ['size', `${formatBytes(report.sizeBytes)}, ${formatAmount(report.files, 'file')}`],
    ['user', config.user === '' ? 'root (none is named)' : cut(config.user, 85)],
    ['entrypoint', words(config.entrypoint)],
    ['command', words(config.cmd)],
    ['directory', cut(config.workdir, 85)],
    ['ports', namesWithin(config.ports, 85)],
    ['volumes', namesWithin(config.volumes, 85)],
    ['healthcheck', words(config.healthcheck)],
    ['environment', namesWithin(config.env, 85)],
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
    cut(layer.instruction ?? '', 42),
  ]);
  const [first = '', ...rest] = renderColumns([head, ...body], new Set([0, 1, 2, 3, 4, 5])).split('\n');
  return [style.bold('layers'), `  ${style.dim(first)}`, ...rest.map((line) => `  ${line}`)];
}

function renderWaste({ waste }: InspectReport, rows: number, style: Style): readonly string[] {
  if (waste === null) return [];
  const share = `${formatPercent(waste.efficiency)} of what the layers hold is to be seen in the image`;
  if (waste.files.length === 0) return [`${style.bold('wasted')}  nothing: ${share}`];
  const lines = waste.files
    .slice(0, rows)
    .map((file) => [
      formatBytes(file.sizeBytes),
      cut(file.path, 46),
      `of layer ${file.broughtBy + 1}, ${how[file.how]} ${file.hiddenBy + 1}`,
    ]);
  const head = `${style.bold('wasted')}  ${formatBytes(waste.bytes)} in ${formatAmount(waste.files.length, 'file')}: ${share}`;
  return [head, ...table('', lines, style), ...more(waste.files.length - lines.length, style)];
}

const how = { replaced: 'written again by', 'same-contents': 'written again, the same, by', removed: 'removed by' };

/** What a `rm` in a later step was to take away, and didn't. */
function renderHiddenSecrets({ hiddenSecrets }: InspectReport, rows: number, style: Style): readonly string[] {
  if (hiddenSecrets === null || hiddenSecrets.length === 0) return [];
  const lines = hiddenSecrets
    .slice(0, rows)
    .flatMap((secret) => [
      `  ${cut(secret.place, 60)}: ${printable(secret.what)}`,
      `    of layer ${secret.broughtBy + 1}, ${how[secret.how]} ${secret.hiddenBy + 1}${secret.instruction === null ? '' : `: ${cut(secret.instruction, 60)}`}`,
    ]);
  const files = formatAmount(hiddenSecrets.length, 'secret');
  const head = `${style.yellow('hidden, not gone')}  ${files} in files that a later layer hides: whoever pulls the image has them`;
  return [head, ...lines, ...more(hiddenSecrets.length - Math.min(rows, hiddenSecrets.length), style)];
}

function renderDuplicates({ duplicates }: InspectReport, rows: number, style: Style): readonly string[] {
  if (duplicates === null || duplicates.length === 0) return [];
  const bytes = duplicates.reduce((sum, { sizeBytes, paths }) => sum + sizeBytes * (paths.length - 1), 0);
  const lines = duplicates
    .slice(0, rows)
    .map(({ sizeBytes, paths }) => [formatBytes(sizeBytes), `${paths.length} times`, namesWithin(paths, 80)]);
  const head = `${style.bold('duplicates')}  ${formatBytes(bytes)} could go: the same contents under several names`;
  return [head, ...table('', lines, style), ...more(duplicates.length - lines.length, style)];
}

function renderPackages({ packages }: InspectReport, rows: number, style: Style): readonly string[] {
  if (packages.length === 0) return [];
  const kinds = new Map<string, number>();
  for (const { type } of packages) kinds.set(type, (kinds.get(type) ?? 0) + 1);
  const lines = packages
    .slice(0, rows)
    .map(({ type, name, version, bytes }) => [
      bytes === 0 ? '' : formatBytes(bytes),
      type,
      cut(`${name} ${version}`, 75),
    ]);
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
    .map(([what, names]) => [what, formatCount(names.length), namesWithin(names, 70)]);
  const secrets = report.secrets.slice(0, rows).map(({ place, what }) => ['secret', '', cut(`${place}: ${what}`, 75)]);
  return [
    ...table('attack surface', [...lines, ...secrets], style),
    ...more(report.secrets.length - secrets.length, style),
  ];
}

/** The Dockerfile that the history tells of. What it doesn't tell is said once. */
function renderHistory({ history }: InspectReport, style: Style): readonly string[] {
  if (history === null || history.length === 0) return [];
  const said = new Set<string>();
  const lines = history.flatMap(({ instruction, guess }) => {
    const isNew = guess !== null && !said.has(guess);
    if (guess !== null) said.add(guess);
    const note = isNew ? [style.dim(`# not told: ${printable(guess)}`)] : [];
    return [...note, ...wrapInstruction(instruction)];
  });
  return [style.bold('how it was made, as its history tells'), ...lines.map((line) => `  ${line}`)];
}

const shownLines = 12;

/** An instruction of one line is broken before `&&` and where it broke before; one of more lines stays as it is. */
function wrapInstruction(instruction: string): readonly string[] {
  const given = instruction.split('\n');
  const lines = given.length > 1 ? given.map(shownLine) : wrapped(shownLine(instruction));
  const rest = lines.length - shownLines;
  return rest > 1 ? [...lines.slice(0, shownLines), `# … ${formatCount(rest)} lines more (--json)`] : lines;
}

/** Cut before it is looked through: a hostile one is as long as it likes to be. */
function shownLine(line: string): string {
  return printable(line.slice(0, 4096).replaceAll('\t', '  ').trimEnd());
}

function wrapped(line: string): readonly string[] {
  if (line.length <= widest - 4 || line.startsWith('#')) return [cut(line, widest - 4)];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/ +/)) {
    const isFull = current.length + word.length > widest - 10;
    if (current !== '' && (isFull || word === '&&')) {
      lines.push(`${current} \\`);
      current = `    ${word}`;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
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

/** As many names as fit in a width, and how many more there are. */
function namesWithin(names: readonly string[], width: number): string {
  let shown = '';
  for (const [at, name] of names.entries()) {
    const next = shown === '' ? cut(name, width - 14) : `${shown} ${printable(name)}`;
    if (at > 0 && next.length > width - 14) return `${shown} and ${formatCount(names.length - at)} more`;
    shown = next;
  }
  return shown;
}

/** At most so many characters; of a long path the end tells more than the middle. */
function cut(text: string, longest: number): string {
  const shown = printable(text);
  if (shown.length <= longest) return shown;
  if (!shown.startsWith('/')) return `${shown.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  const start = Math.floor(longest / 3);
  const end = shown.slice(shown.length - (longest - start - 1)).replace(/^[\udc00-\udfff]/, '');
  return `${shown.slice(0, start).replace(/[\ud800-\udbff]$/, '')}…${end}`;
}
