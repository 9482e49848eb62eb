import type { Difference } from '../../check/difference.js';
import { isConfined } from '../confinement-report.js';
import { printable, shorten } from '../format.js';
import type { ReportedCheck, SlimReport } from '../report.js';
import type { CiImage, CiProblem } from './ci-report.js';

/** Values longer than this are cut: platforms show lines, not documents. */
const longestValue = 200;
const shownDifferences = 20;
const shownDrift = 200;

/** One thing that was asked of an image, and what came of it. All texts are printable lines. */
export interface Finding {
  /** `no-evidence`: it says nothing, as the original doesn't pass either, or nothing was run. */
  readonly result: 'passed' | 'failed' | 'error' | 'no-evidence';
  /** What was asked: a check, `max-size`, `lock`. */
  readonly name: string;
  /** What is wrong, the most telling line first; empty when it passed. */
  readonly lines: readonly string[];
  /** The key of the configuration that asked for it; null when it isn't to be said. */
  readonly key: string | null;
}

/** Everything that was asked of an image, in the order of a run. What failed has at least one finding that says so. */
export function findingsOf(image: CiImage): readonly Finding[] {
  const findings = [
    ...(image.report === null ? [] : findInReport(image.report)),
    ...image.budgets.map(({ budget, passed, limit, actual, offenders }): Finding => {
      const [key = ''] = budget.split(' ');
      const lines = passed ? [] : [`allowed ${printable(limit)}, is ${printable(actual)}`, ...offenders.map(printable)];
      return { result: passed ? 'passed' : 'failed', name: printable(budget), lines, key };
    }),
    ...(image.drift.length === 0 ? [] : [findDrift(image.drift)]),
    ...(image.problem === null ? [] : [findProblem(image.problem)]),
  ];
  if (image.outcome === 'cancelled')
    findings.push({ result: 'no-evidence', name: 'slimtrace', lines: ['cancelled before it was done'], key: null });
  const isTold = findings.some(({ result }) => result === 'failed' || result === 'error');
  if ((image.outcome === 'failed' || image.outcome === 'error') && !isTold)
    findings.push({ result: 'failed', name: 'verdict', lines: ['the slim image is not proved'], key: null });
  return findings;
}

/** The findings that make an image fail. */
export function failuresOf(image: CiImage): readonly Finding[] {
  return findingsOf(image).filter(({ result }) => result === 'failed' || result === 'error');
}

function findInReport(report: SlimReport): Finding[] {
  const containers = report.containers
    .filter(({ differences }) => differences.length > 0)
    .map(({ scenario, differences }): Finding => {
      const name = scenario === null ? 'container' : `${printable(scenario)}: container`;
      return { result: 'failed', name, lines: describeDifferences(differences), key: null };
    });
  const findings = [...report.checks.map(findCheck), ...containers];
  if (isConfined(report.confinement)) return findings;
  const profiles = [report.confinement.seccomp, report.confinement.apparmor].filter((profile) => profile !== null);
  const because = profiles.filter(({ proved }) => proved === 'no').flatMap((profile) => profile.because);
  const lines = ['the image fails its checks under a profile, which is not written', ...because.map(printable)];
  return [...findings, { result: 'failed', name: 'profiles', lines, key: null }];
}

function findCheck({ scenario, check, kind, result, problem, differences }: ReportedCheck): Finding {
  const name = `${scenario === null ? '' : `${printable(scenario)}: `}${printable(check)}`;
  const told = problem === null ? [] : [printable(problem)];
  if (result === 'same') return { result: 'passed', name, lines: [], key: kind };
  if (result === 'not-evidence')
    return { result: 'no-evidence', name, lines: ['fails on the original too', ...told], key: kind };
  const lines = [...told, ...describeDifferences(differences)];
  return { result: 'failed', name, lines: lines.length === 0 ? ['answers differently'] : lines, key: kind };
}

function findDrift(drift: readonly string[]): Finding {
  const more = drift.length - shownDrift;
  const lines = drift.slice(0, shownDrift).map(printable);
  if (more > 0) lines.push(`and ${more} more lines (the JSON report has them all)`);
  lines.push('hint: review what has changed, then write the lock anew: slimtrace lock --update');
  return { result: 'failed', name: 'lock', lines, key: 'lock' };
}

function findProblem({ message, because, hint }: CiProblem): Finding {
  const lines = [printable(message), ...because.map((cause) => `because: ${printable(cause)}`)];
  if (hint !== null) lines.push(`hint: ${printable(hint)}`);
  return { result: 'error', name: 'slimtrace', lines, key: null };
}

function describeDifferences(differences: readonly Difference[]): string[] {
  const shown = differences
    .slice(0, shownDifferences)
    .map(({ field, original, slim }) => `${printable(field)}: original ${value(original)}, slim ${value(slim)}`);
  const more = differences.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more (the JSON report has them all)`] : shown;
}

function value(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return `"${printable(shorten(text, longestValue))}"`;
}
