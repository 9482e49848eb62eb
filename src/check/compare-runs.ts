import type { Check, CheckOutcome, CheckRun } from './check.js';
import { compareContainers } from './compare-containers.js';
import { bodyHeaders } from './describe-headers.js';
import type { Difference } from './difference.js';
import type { Fields } from './field.js';
import { Effort } from './noise/effort.js';
import { learnField } from './noise/field-pattern.js';

export interface CheckVerdict {
  readonly check: Check;
  /** `same`: passed on both, alike in everything that doesn't vary. `not-evidence`: it doesn't pass on the original. */
  readonly kind: 'same' | 'different' | 'not-evidence';
  readonly differences: readonly Difference[];
  /** What varies between runs of the original and was not compared, in words: `body line 3: the date`. */
  readonly setAside: readonly string[];
  readonly problem?: string;
}

/** What the comparison of the original with the slim image came to. */
export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly CheckVerdict[];
  /** How the containers differ beside what the checks were answered: ports, errors in the log. */
  readonly container: Pick<CheckVerdict, 'differences' | 'setAside'>;
  /** What a person should know and is no failure, in words. */
  readonly remarks: readonly string[];
  readonly originalLogLines: readonly string[];
  readonly slimLogLines: readonly string[];
}

/**
 * Compares runs of the same checks, in the same order. What differs among the runs of the original varies by itself,
 * and is masked where it stands, as finely as can be told; everything else must be the same on the slim image. The order
 * of `originals` doesn't count.
 */
export function compareRuns(originals: readonly CheckRun[], slim: CheckRun): Verdict {
  const effort = new Effort();
  const checks = slim.outcomes.map((outcome, index) =>
    compareOutcomes(
      originals.flatMap((run) => run.outcomes[index] ?? []),
      outcome,
      effort,
    ),
  );
  const container = compareContainers(originals, slim, effort);
  return {
    passed:
      checks.some(({ kind }) => kind === 'same') &&
      checks.every(({ kind }) => kind !== 'different') &&
      container.differences.length === 0,
    checks,
    container: { differences: container.differences, setAside: container.setAside },
    remarks: container.remarks,
    originalLogLines: originals.at(0)?.lastLogLines ?? [],
    slimLogLines: slim.lastLogLines,
  };
}

function compareOutcomes(originals: readonly CheckOutcome[], slim: CheckOutcome, effort: Effort): CheckVerdict {
  const { check } = slim;
  const failed = originals.find((outcome) => !outcome.passed);
  if (originals.length === 0 || failed !== undefined) {
    const problem = failed?.problem ?? 'it was not made';
    return { check, kind: 'not-evidence', differences: [], setAside: [], problem };
  }
  const { differences, setAside } = compareFields(
    originals.map(({ fields }) => fields),
    slim.fields,
    effort,
  );
  const kind = slim.passed && differences.length === 0 ? 'same' : 'different';
  return { check, kind, differences, setAside, ...(slim.problem === undefined ? {} : { problem: slim.problem }) };
}

/** So many masks are told one by one. */
const mostTold = 40;

function compareFields(originals: readonly Fields[], slim: Fields, effort: Effort) {
  const names = [...new Set([...originals, slim].flatMap((fields) => Object.keys(fields)))];
  const patterns = names.map((name) => {
    const pattern = learnField(
      name,
      originals.map((fields) => fields[name]),
      effort,
    );
    return { name, pattern };
  });
  const isBodyVarying = patterns.some(({ name, pattern }) => name === 'body' && pattern.masks.length > 0);
  const followsBody = (name: string) =>
    isBodyVarying &&
    bodyHeaders.some((header) => name === `header ${header}`) &&
    originals.every((fields) => name in fields);
  const compared = patterns.map(({ name, pattern }) =>
    followsBody(name) && name in slim
      ? { masks: [`${name}: it follows the body`], differences: [] }
      : { masks: pattern.masks, differences: pattern.differences(slim[name]) },
  );
  const masks = compared.flatMap((field) => field.masks);
  const untold = masks.length - mostTold;
  return {
    differences: compared.flatMap((field) => field.differences),
    setAside: [...masks.slice(0, mostTold), ...(untold > 0 ? [`${untold} more`] : [])],
  };
}
