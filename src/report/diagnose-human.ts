import { formatCount } from '../amount.js';
import type { Diagnosis, Finding, RemovedPath } from './diagnose.js';
import { clueWords } from './diagnose-clue.js';
import { printable } from './format.js';
import type { Style } from './style.js';
import { renderFlag } from './why-pattern.js';

/** What slimming didn't cause is told of so many clues; `--json` has them all. */
const shownOthers = 10;

/** The answer to `slimtrace diagnose` for a person. */
export function renderDiagnosis(diagnosis: Diagnosis, style: Style): string {
  const { findings, image } = diagnosis;
  const removed = findings.filter(({ verdict }) => verdict === 'removed');
  const others = findings.filter(({ verdict }) => verdict !== 'removed');
  const sections = [
    headline(removed.length, findings.length, printable(image), style),
    ...removed.map((finding) => renderRemoved(finding, style)),
    renderAdvice(diagnosis, style),
    renderOthers(others, style),
    diagnosis.isCut ? ['the log was too long: only a part of it was looked at'] : [],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline(removed: number, all: number, image: string, style: Style): string[] {
  if (all === 0) return ['nothing in the log says that something is missing'];
  if (removed === 0) return [`nothing that the log misses was left out of ${image}`];
  return [style.bold(`the log misses ${removed === 1 ? 'something' : `${removed} things`} that ${image} lacks`)];
}

function renderRemoved(finding: Finding, style: Style): string[] {
  if (finding.verdict !== 'removed') return [];
  const more = finding.others > 0 ? [style.dim(`  and ${formatCount(finding.others)} more of that name`)] : [];
  return [style.dim(quote(finding)), ...finding.removed.map((path) => `  ${renderPath(path, style)}`), ...more];
}

function renderPath({ path, package: owner, excludedBy, wider }: RemovedPath, style: Style): string {
  const of = owner === null ? '' : ` (package ${printable(owner)})`;
  const why = excludedBy === null ? 'nothing asked for it' : `${renderFlag('--exclude', excludedBy)} left it out`;
  const whole =
    excludedBy === null && wider !== null
      ? `; one of ${formatCount(wider.files)} files left out in ${printable(wider.pattern)}`
      : '';
  return `${style.red(printable(path))}${of}: ${why}${whole}`;
}

function renderAdvice({ include, excludes }: Diagnosis, style: Style): string[] {
  return [
    ...(include.length > 0
      ? [
          'to keep what is missing, slim again with',
          ...include.map((each) => `  ${style.bold(renderFlag('--include', each))}`),
        ]
      : []),
    ...(excludes.length > 0
      ? [
          'to keep what is missing, slim again without',
          ...excludes.map((each) => `  ${style.bold(renderFlag('--exclude', each))}`),
        ]
      : []),
  ];
}

function renderOthers(others: readonly Finding[], style: Style): string[] {
  if (others.length === 0) return [];
  const more = others.length - shownOthers;
  return [
    'not because of slimming:',
    ...others.slice(0, shownOthers).map((finding) => `  ${renderOther(finding)}`),
    ...(more > 0 ? [style.dim(`  and ${formatCount(more)} more (--json has them all)`)] : []),
  ];
}

function renderOther(finding: Finding): string {
  const { clue, line } = finding;
  const name = `${clueWords[clue.kind]}${clue.name === '' ? '' : ` ${printable(clue.name)}`}`;
  const why =
    finding.verdict === 'kept' ? `${printable(finding.path)} is in the slim image` : 'the original has no such thing';
  return `line ${formatCount(line)}: ${name}: ${why}`;
}

function quote({ line, times, text }: Finding): string {
  return `line ${formatCount(line)}${times > 1 ? ` (${formatCount(times)} times)` : ''}: ${printable(text)}`;
}
