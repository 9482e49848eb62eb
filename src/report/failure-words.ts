import { formatAmount } from '../amount.js';
import type { SlimReport } from './report.js';

/** What a negative verdict rests on. */
type Judged = Pick<SlimReport, 'checks' | 'containers'>;

/** What to do when the original itself doesn't pass. */
export const unprovedHint =
  'the original has to pass every check: give it longer with --timeout, give it what it needs, or leave such a check out';

/** Nothing is answered differently, and still nothing is proved: some check fails on the original too. */
export function isOnlyUnproved({ checks, containers }: Judged): boolean {
  const isDifferent =
    checks.some(({ result }) => result === 'different') || containers.some(({ differences }) => differences.length > 0);
  return !isDifferent && checks.some(({ result }) => result === 'not-evidence');
}

/** Why a verdict is negative, as a clause. */
export function failureWords(judged: Judged): string {
  if (!isOnlyUnproved(judged)) return 'the slim image answers differently';
  const unproved = judged.checks.filter(({ result }) => result === 'not-evidence').length;
  const verbs = unproved === 1 ? 'proves nothing: it fails' : 'prove nothing: they fail';
  return `${formatAmount(unproved, 'check')} ${verbs} on the original too`;
}
