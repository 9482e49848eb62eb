import type { Verdict } from './check/compare-runs.js';
import type { CheckPlan } from './check/plan-checks.js';
import { proveImage } from './check/prove.js';
import type { EngineImage } from './engine/engine.js';
import { inPhase } from './events.js';
import {
  baseline,
  choosePlan,
  type ExerciseOptions,
  openSource,
  proofOptions,
  type SlimContext,
} from './observe-image.js';

/** What came of the same checks on two images. */
export interface VerifyResult {
  readonly original: EngineImage;
  readonly slim: EngineImage;
  readonly plan: CheckPlan;
  readonly verdict: Verdict;
  readonly durationMs: number;
}

/**
 * Makes the same checks on two images, as the last step of slimming does, and compares the answers. Builds and changes
 * nothing. Throws SlimtraceError when there is nothing to judge.
 */
export async function verifyImage(
  reference: string,
  slimReference: string,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<VerifyResult> {
  const startedMs = performance.now();
  const original = await openSource(reference, options, context);
  const slim = await openSource(slimReference, options, { ...context, emit: () => {} });
  const plan = await choosePlan(original, options, context);
  const originals = await baseline(original, plan, options, context);
  const proof = proofOptions(plan, options, context);
  const verdict = await inPhase(
    context.emit,
    'verify',
    () => proveImage(context.engine, { original, slimId: slim.id }, originals, proof),
    ({ passed }) => (passed ? 'every check passed' : 'the slim image answers differently'),
  );
  return { original, slim, plan, verdict, durationMs: performance.now() - startedMs };
}
