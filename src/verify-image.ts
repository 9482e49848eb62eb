import { exposedTcpPorts } from './check/plan-checks.js';
import type { EngineImage } from './engine/engine.js';
import { inPhase } from './events.js';
import { baseline, type ExerciseOptions, openSource, type SlimContext } from './observe-image.js';
import { type PlannedScenario, planScenarios } from './scenario.js';
import { allPassed, describeVerdicts, proveScenarios, type ScenarioVerdict } from './try-candidate.js';

/** What came of the same checks on two images. */
export interface VerifyResult {
  readonly original: EngineImage;
  readonly slim: EngineImage;
  readonly scenarios: readonly PlannedScenario[];
  readonly passed: boolean;
  readonly verdicts: readonly ScenarioVerdict[];
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
  const planned = await planScenarios(options.scenarios, original, context);
  const scenarios = await baseline(original, planned, options, context, async () => exposedTcpPorts(original.config));
  const verdicts = await inPhase(
    context.emit,
    'verify',
    () => proveScenarios(slim, original, scenarios, options, context),
    describeVerdicts,
  );
  const passed = allPassed(verdicts);
  return { original, slim, scenarios: planned, passed, verdicts, durationMs: performance.now() - startedMs };
}
