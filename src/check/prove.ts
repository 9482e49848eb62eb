import type { Engine, EngineImage, RunOptions } from '../engine/engine.js';
import type { Check, CheckRun } from './check.js';
import { type CheckVerdict, compareRuns, type Verdict } from './compare-runs.js';
import { refusedPorts } from './learnt-ports.js';
import type { RunChecksOptions } from './run-checks.js';
import { runPlain } from './run-plain.js';

export interface ProofOptions extends RunChecksOptions {
  readonly run: RunOptions;
  readonly checks: readonly Check[];
}

/** A verdict, and the runs of the original that it rests on: what they showed to vary is noise for later runs too. */
export interface Proof extends Verdict {
  readonly originals: readonly CheckRun[];
}

/** An app that was ready after 2 s on the original is given 10 times that, and this much, before it is given up. */
const slimGraceMs = 10_000;

/**
 * Makes the checks against the slim image and compares it with what the original answered. A difference has to be
 * confirmed: both images run again, since a value that happened to be equal in two runs may still vary.
 */
export async function proveImage(
  engine: Engine,
  images: { readonly original: EngineImage; readonly slimId: string },
  originals: readonly CheckRun[],
  options: ProofOptions,
): Promise<Proof> {
  const { proving, keep, unproved } = withEvidence(originals, options);
  const compare = async (runs: readonly CheckRun[]): Promise<Proof> => ({
    ...compareRuns(runs.map(keep), await runPlain(engine, images.slimId, options.run, proving)),
    originals: runs,
  });
  let verdict = await compare(originals);
  for (let round = 1; !verdict.passed && round <= (hasFailed(verdict) ? 1 : confirmations); round++)
    verdict = await compare([...verdict.originals, await runPlain(engine, images.original.id, options.run, options)]);
  return { ...verdict, checks: [...verdict.checks, ...unproved] };
}

/** What takes one of few values (a process ID) may be alike in three runs; more than four are no luck. */
const confirmations = 2;

/** Some check does not pass, which is more than another answer. */
function hasFailed({ checks }: Verdict): boolean {
  return checks.some(({ kind, problem }) => kind === 'different' && problem !== undefined);
}

/** Leaves out the checks that don't pass on the original: they would only be waited for again. */
export function withEvidence(originals: readonly CheckRun[], options: ProofOptions) {
  const hasEvidence = options.checks.map((_, index) => originals.every(({ outcomes }) => outcomes[index]?.passed));
  const keep = (run: CheckRun): CheckRun => ({
    ...run,
    outcomes: run.outcomes.filter((_, index) => hasEvidence[index]),
  });
  const proving: ProofOptions = {
    ...options,
    checks: options.checks.filter((_, index) => hasEvidence[index]),
    timeoutMs: Math.min(options.timeoutMs, slimGraceMs + 10 * longestMs(originals.map(keep))),
    refusedPorts: refusedPorts(originals),
  };
  return { proving, keep, unproved: unprovedChecks(originals, hasEvidence) };
}

function unprovedChecks(originals: readonly CheckRun[], hasEvidence: readonly (boolean | undefined)[]): CheckVerdict[] {
  return (originals[0]?.outcomes ?? []).flatMap(({ check }, index) => {
    if (hasEvidence[index]) return [];
    const problem = originals.map(({ outcomes }) => outcomes[index]?.problem).find((text) => text !== undefined);
    return [{ check, kind: 'not-evidence', differences: [], setAside: [], problem: problem ?? 'it failed' } as const];
  });
}

function longestMs(runs: readonly CheckRun[]): number {
  return Math.max(0, ...runs.flatMap(({ outcomes }) => outcomes.map(({ durationMs }) => durationMs)));
}
