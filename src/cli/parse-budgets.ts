import { type Budgets, type FailOn, failOns, type PackagePattern } from '../budgets.js';
import { SlimtraceError } from '../errors.js';
import { parseGlobs } from '../selection/glob.js';
import type { BudgetFlags } from './flags.js';

/** What the flags say that a slim image has to keep to. Throws `usage`. */
export function parseBudgets(flags: BudgetFlags): Budgets {
  const { maxSize, minReduction, maxFiles, failIfLarger, forbidPath = [], forbidPackage = [], failOn = [] } = flags;
  return {
    maxSizeBytes: maxSize === undefined ? undefined : parseSize(maxSize),
    minReduction: minReduction === undefined ? undefined : parseReduction(minReduction),
    maxFiles: maxFiles === undefined ? undefined : parseCount(maxFiles),
    failIfLarger: failIfLarger === true,
    forbiddenPaths: forbidPath.map(parseForbiddenPath),
    forbiddenPackages: forbidPackage.map(parsePackage),
    failOn: parseFailOn(failOn),
  };
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...prefixed(['k', 'm', 'g', 't'], ['', 'b'], 1000),
  ...prefixed(['k', 'm', 'g', 't'], ['i', 'ib'], 1024),
};

function prefixed(prefixes: readonly string[], ends: readonly string[], step: number): Record<string, number> {
  const pairs = prefixes.flatMap((prefix, at) => ends.map((end) => [`${prefix}${end}`, step ** (at + 1)] as const));
  return Object.fromEntries(pairs);
}

/** Bytes; with k, M, G or T as `docker images` counts them (powers of 1000), with Ki, Mi, Gi or Ti powers of 1024. Throws `usage`. */
export function parseSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (number !== '' && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new SlimtraceError('usage', {
    problem: `--max-size ${JSON.stringify(text)} is not a size`,
    hint: 'it takes bytes, or a number with a unit: 120MB (as docker images counts), 80MiB, 1.5GB',
  });
}

/** Throws `usage`: also for a bare number such as 60, which could be meant either way. */
function parseReduction(text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  const share = percent === undefined ? /^0?\.\d+$/.exec(text.trim())?.[0] : String(Number(percent) / 100);
  if (share !== undefined && Number(share) > 0 && Number(share) < 1) return Number(share);
  throw new SlimtraceError('usage', {
    problem: `--min-reduction ${JSON.stringify(text)} is not a share of the original`,
    hint: 'it takes a percentage below 100, or a share below 1: 60%, 0.6',
  });
}

function parseCount(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new SlimtraceError('usage', { problem: `--max-files ${JSON.stringify(text)} is not a number of files` });
}

/** Throws `usage` for a pattern that no path matches, and for one that stands for too much. */
function parseForbiddenPath(text: string): string {
  parseGlobs(text);
  if (text.trim() === '')
    throw new SlimtraceError('usage', { problem: '--forbid-path names no path', hint: 'it takes a path or a glob' });
  // What other tools would make of them; here they stand for themselves, and would forbid nothing.
  if (/^\s|\s$|^!|^~\/|(?:^|\/)\.\.(?:\/|$)/.test(text))
    throw new SlimtraceError('usage', {
      problem: `--forbid-path ${JSON.stringify(text)} would match nothing`,
      hint: 'it takes a path from the root or a glob, without "..", "~", a leading "!" or spaces around it',
    });
  return text;
}

/** The types of package URLs, and what people call them. */
const packageTypes: Readonly<Record<string, string>> = {
  ...{ deb: 'deb', apk: 'apk', rpm: 'rpm', npm: 'npm', pypi: 'pypi', gem: 'gem', composer: 'composer' },
  ...{ python: 'pypi', ruby: 'gem', php: 'composer' },
};

function parsePackage(text: string): PackagePattern {
  const [, prefix, name = ''] = /^(?:([a-z]+):)?([^\s:]+)$/.exec(text) ?? [];
  const type = prefix === undefined ? undefined : packageTypes[prefix];
  // "deb/libc6", as in a package URL, would be a package of that name, which there never is.
  const isPurl = /^(?:deb|apk|rpm|npm|pypi|gem)\//.test(name);
  if (name !== '' && !isPurl && (prefix === undefined || type !== undefined)) return { text, type, name };
  throw new SlimtraceError('usage', {
    problem: `--forbid-package ${JSON.stringify(text)} is not a package’s name`,
    hint: `it takes a name in which * stands for any text, with its kind before it where that matters: perl*, npm:lodash (${Object.keys(packageTypes).join(', ')})`,
  });
}

/** Throws `usage`. */
function parseFailOn(names: readonly string[]): ReadonlySet<FailOn> {
  const all = names.flatMap((name) => name.split(',')).map((name) => name.trim());
  const isKnown = (name: string): name is FailOn => (failOns as readonly string[]).includes(name);
  const unknown = all.find((name) => !isKnown(name));
  if (unknown !== undefined)
    throw new SlimtraceError('usage', {
      problem: `--fail-on ${JSON.stringify(unknown)} is not known`,
      hint: `it takes ${failOns.join(', ')}`,
    });
  return new Set(all.filter(isKnown));
}
