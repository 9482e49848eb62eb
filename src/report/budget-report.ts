import { formatAmount, formatCount } from '../amount.js';
import type { BudgetResult } from '../budgets.js';
import type { KeptPackage } from '../build/sbom/composed-inventory.js';
import type { BudgetFinding } from '../check-budgets.js';
import type { DirectoryShare } from '../image/largest-directories.js';
import { formatBytes, formatPercent, printable } from './format.js';
import type { Style } from './style.js';

/** So many of a budget's offenders are named. */
const shownOffenders = 5;

type Words = Omit<BudgetResult, 'passed'>;

type InWords = { readonly [K in BudgetFinding['kind']]: (finding: Extract<BudgetFinding, { kind: K }>) => Words };

const inWords: InWords = {
  'max-size': ({ kind, limit, actual, largest }) => ({
    budget: kind,
    ...apart(limit, actual, formatBytes),
    offenders: largest.map(inBytes),
  }),
  'min-reduction': ({ kind, limit, actual, largest }) => ({
    budget: kind,
    ...apart(limit, actual, formatPercent, (ratio) => `${ratio * 100}%`),
    offenders: largest.map(inBytes),
  }),
  'max-files': ({ kind, limit, actual, largest }) => ({
    budget: kind,
    limit: formatCount(limit),
    actual: formatCount(actual),
    offenders: largest.map(inFiles),
  }),
  'fail-if-larger': ({ kind, before, actual, largest }) => {
    const offenders = largest.map(inBytes);
    if (before === undefined)
      return { budget: kind, limit: 'nothing to compare with', actual: formatBytes(actual), offenders };
    const words = apart(before.sizeBytes, actual, formatBytes);
    const what = before.of === 'accepted' ? 'accepted' : 'of the image before';
    return { budget: kind, ...words, limit: `${words.limit} ${what}`, offenders };
  },
  'forbid-path': ({ pattern, named }) => ({
    budget: `forbid-path ${pattern}`,
    limit: 'none',
    ...listed(named.map(withName)),
  }),
  'forbid-package': ({ pattern, packages, isUnread }) => ({
    budget: `forbid-package ${pattern}`,
    limit: 'none',
    ...listed([...packages.map(inKeptFiles), ...(isUnread ? ['not known: the package database can’t be read'] : [])]),
  }),
  secrets: () => ({ budget: 'fail-on secrets', limit: 'none', ...listed([]) }),
  shell: ({ shells }) => ({ budget: 'fail-on shell', limit: 'none', ...listed(shells.map(withName)) }),
  setuid: ({ paths }) => ({ budget: 'fail-on setuid', limit: 'none', ...listed(paths) }),
  root: ({ user, uid, passed }) => ({
    budget: 'fail-on root',
    limit: 'a user that is not root',
    actual: inUserWords(user, uid),
    offenders: passed ? [] : ['another user: --user nonroot, or USER in the Dockerfile'],
  }),
};

/** A budget as every report has it. */
export function reportBudget(finding: BudgetFinding): BudgetResult {
  const words = inWords[finding.kind] as (finding: BudgetFinding) => Words;
  return { passed: finding.passed, ...words(finding) };
}

/** True when an image is within all of its budgets. */
export function isWithinBudgets({ budgets }: { readonly budgets: readonly BudgetResult[] }): boolean {
  return budgets.every(({ passed }) => passed);
}

/** Both numbers as a person reads them; to the last digit where that would make them look the same. */
function apart(
  limit: number,
  actual: number,
  format: (value: number) => string,
  exactly: (value: number) => string = (value) => `${formatCount(value)} bytes`,
): Pick<Words, 'limit' | 'actual'> {
  const isClear = limit === actual || format(limit) !== format(actual);
  const inWords = isClear ? format : exactly;
  return { limit: inWords(limit), actual: inWords(actual) };
}

function listed(all: readonly string[]): Pick<Words, 'actual' | 'offenders'> {
  if (all.length === 0) return { actual: 'none', offenders: [] };
  const offenders = all.slice(0, shownOffenders);
  const more = all.length - offenders.length;
  const actual = `${offenders.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  return { actual, offenders };
}

function inKeptFiles({ package: { name, version }, extent, filesKept }: KeptPackage): string {
  const kept = extent === 'unknown' ? 'nobody wrote down its files' : `${formatCount(filesKept)} of its files`;
  return `${name} ${version} (${kept})`;
}

function withName({ path, name }: { readonly path: string; readonly name: string }): string {
  return path === name ? path : `${path} (as ${name})`;
}

function inUserWords(user: string, uid: number | undefined): string {
  if (user === '') return 'root (no user is named)';
  if (uid === undefined)
    return `${user} (may be root: neither a name in the image’s /etc/passwd and /etc/group nor a plain ID)`;
  return uid !== 0 || /^(?:root|0)(?::|$)/.test(user) ? user : `${user} (user ID 0: root)`;
}

function inBytes({ path, bytes, isRest }: DirectoryShare): string {
  return `${path} (${formatBytes(bytes)}${isRest ? ' besides' : ''})`;
}

/** The bytes are the files' number: that is what they were weighed by. */
function inFiles({ path, files, isRest }: DirectoryShare): string {
  return `${path} (${formatAmount(files, 'file')}${isRest ? ' besides' : ''})`;
}

/** A line for each budget, and below one that isn't kept to where to look; empty without budgets. */
export function renderBudgets(budgets: readonly BudgetResult[], style: Style): string {
  return budgets.flatMap((budget) => renderBudget(budget, style)).join('\n');
}

function renderBudget({ budget, passed, limit, actual, offenders }: BudgetResult, style: Style): string[] {
  if (passed) return [`${style.green('in budget')}  ${printable(budget)}: ${printable(actual)} (${limit})`];
  const head = `${style.red('over')}       ${printable(budget)}: ${printable(actual)}; allowed: ${limit}`;
  // What is named already needs no second line.
  const rest = offenders.filter((offender) => !actual.includes(offender));
  return [head, ...rest.map((offender) => `           ${printable(offender)}`)];
}
