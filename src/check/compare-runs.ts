import type { Check, CheckOutcome, CheckRun } from './check.js';

/** One field that the slim image answers differently. `undefined`: the field is not there. */
export interface Difference {
  readonly field: string;
  readonly original: string | undefined;
  readonly slim: string | undefined;
}

export interface CheckVerdict {
  readonly check: Check;
  /** `same`: passed on both, alike in everything that doesn't vary. `not-evidence`: it doesn't pass on the original. */
  readonly kind: 'same' | 'different' | 'not-evidence';
  readonly differences: readonly Difference[];
  /** Fields that vary between runs of the original, and were not compared. */
  readonly setAside: readonly string[];
  readonly problem?: string;
}

/** What the comparison of the original with the slim image came to. */
export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly CheckVerdict[];
  readonly originalLogLines: readonly string[];
  readonly slimLogLines: readonly string[];
}

/**
 * Compares runs of the same checks, in the same order: what differs among the runs of the original is what varies by
 * itself, and is set aside field by field; everything else must be the same on the slim image.
 */
export function compareRuns(originals: readonly CheckRun[], slim: CheckRun): Verdict {
  const checks = slim.outcomes.map((outcome, index) =>
    compareOutcomes(
      originals.flatMap((run) => run.outcomes[index] ?? []),
      outcome,
    ),
  );
  return {
    passed: checks.some(({ kind }) => kind === 'same') && checks.every(({ kind }) => kind !== 'different'),
    checks,
    originalLogLines: originals.at(0)?.lastLogLines ?? [],
    slimLogLines: slim.lastLogLines,
  };
}

function compareOutcomes(originals: readonly CheckOutcome[], slim: CheckOutcome): CheckVerdict {
  const { check } = slim;
  const [first] = originals;
  const failed = originals.find((outcome) => !outcome.passed);
  if (first === undefined || failed !== undefined) {
    return {
      check,
      kind: 'not-evidence',
      differences: [],
      setAside: [],
      problem: failed?.problem ?? 'it was not made',
    };
  }
  const setAside = varyingFields(originals);
  const present = new Set([...originals, slim].flatMap(({ fields }) => Object.keys(fields)));
  const differences = differencesOf(first.fields, slim.fields, setAside);
  const kind = slim.passed && differences.length === 0 ? 'same' : 'different';
  return {
    check,
    kind,
    differences,
    setAside: [...setAside].filter((field) => present.has(field) || isWhole(field)).sort(),
    ...(slim.problem === undefined ? {} : { problem: slim.problem }),
  };
}

function differencesOf(
  original: Readonly<Record<string, string>>,
  slim: Readonly<Record<string, string>>,
  setAside: ReadonlySet<string>,
): Difference[] {
  const isBodyAside = [...setAside].some(isWhole);
  return [...new Set([...Object.keys(original), ...Object.keys(slim)])]
    .filter((field) => original[field] !== slim[field] && !setAside.has(field))
    .filter((field) => !(isBodyAside && /^(?:body|stdout) /.test(field)))
    .map((field) => ({ field, original: original[field], slim: slim[field] }));
}

/** Stands for all fields of a body or of stdout. */
function isWhole(field: string): boolean {
  return field === 'body' || field === 'stdout';
}

/**
 * The fields whose values differ among the runs. When even the set of a body's fields differs (another number of
 * lines), positions mean nothing, and `body` or `stdout` stands for all of it.
 */
function varyingFields(outcomes: readonly CheckOutcome[]): Set<string> {
  const varying = new Set<string>();
  const all = new Set(outcomes.flatMap(({ fields }) => Object.keys(fields)));
  for (const field of all) {
    const values = outcomes.map(({ fields }) => fields[field]);
    if (values.every((value) => value === values[0])) continue;
    varying.add(field);
    const part = /^(body|stdout) /.exec(field)?.[1];
    if (part !== undefined && values.includes(undefined)) varying.add(part);
    // A body of varying content may vary in length, and says so in this header.
    if (part === 'body') varying.add('header content-length').add('header etag');
  }
  return varying;
}
