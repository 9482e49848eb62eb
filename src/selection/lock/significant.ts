import type { Reason, ReasonKind } from '../reason.js';

/** Reasons for directories that come along with what a rule names. */
const along: ReadonlySet<ReasonKind> = new Set(['parent-directory', 'walked-through', 'traced-missing']);

/** Why a path is in a lock by itself, the first of its reasons; undefined for what comes along with others. */
export function significantReason(reasons: readonly Reason[]): Reason | undefined {
  return reasons.find(({ kind }) => !along.has(kind));
}
