import type { Engine, EngineImage, RunOptions } from '../engine/engine.js';
import type { Check, CheckRun } from './check.js';
import { compareRuns, type Verdict } from './compare-runs.js';
import type { RunChecksOptions } from './run-checks.js';
import { runPlain } from './run-plain.js';

export interface ProofOptions extends RunChecksOptions {
  readonly run: RunOptions;
  readonly checks: readonly Check[];
}

/** An app that was ready after 2 s on the original is given 10 times that, and this much, before it is given up. */
const slimGraceMs = 10_000;

/**
 * Makes the checks against the slim image and compares it with what the original answered. A difference has to be
 * confirmed: both images run once more, since a value that happened to be equal in two runs may still vary.
 */
export async function proveImage(
  engine: Engine,
  images: { readonly original: EngineImage; readonly slimId: string },
  originals: readonly CheckRun[],
  options: ProofOptions,
): Promise<Verdict> {
  const slimOptions = { ...options, timeoutMs: Math.min(options.timeoutMs, slimGraceMs + 10 * longestMs(originals)) };
  const verdict = compareRuns(originals, await runPlain(engine, images.slimId, options.run, slimOptions));
  if (verdict.passed) return verdict;
  const again = await runPlain(engine, images.original.id, options.run, options);
  return compareRuns([...originals, again], await runPlain(engine, images.slimId, options.run, slimOptions));
}

function longestMs(runs: readonly CheckRun[]): number {
  return Math.max(0, ...runs.flatMap(({ outcomes }) => outcomes.map(({ durationMs }) => durationMs)));
}
