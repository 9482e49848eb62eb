import { emptyTrace } from './agent/traced-image.js';
import type { Verdict } from './check/compare-runs.js';
import { type HardenedVerdict, proveHardened } from './check/hardened.js';
import { proveImage, withEvidence } from './check/prove.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import { validateWrittenImage } from './image/archive/validate.js';
import {
  type ExerciseOptions,
  type ObservedScenario,
  proofOptions,
  type SlimContext,
  traceScenario,
} from './observe-image.js';
import { sharesNothing } from './scenario.js';
import { allOrNone } from './system/concurrency.js';
import { mergeTraces } from './trace/merge-traces.js';
import type { Trace } from './trace/trace.js';

/** What came of one scenario's checks on both images. */
export interface ScenarioVerdict {
  readonly scenario: string;
  readonly verdict: Verdict;
  /** Whether the slim image runs hardened too; null when it doesn't even run as it is. */
  readonly hardened: HardenedVerdict | null;
}

/** Whether every check of every scenario was answered as by the original. */
export function allPassed(verdicts: readonly ScenarioVerdict[]): boolean {
  return verdicts.every(({ verdict }) => verdict.passed);
}

/** What they come to, in words. */
export function describeVerdicts(verdicts: readonly ScenarioVerdict[]): string {
  if (allPassed(verdicts)) return 'every check passed';
  const isDifferent = verdicts.some(
    ({ verdict: { checks, container } }) =>
      checks.some(({ kind }) => kind === 'different') || container.differences.length > 0,
  );
  return isDifferent ? 'the slim image answers differently' : 'a check fails on the original too';
}

/** A slim image on the engine under the name it has until it is proved. Leaving its scope takes that name away. */
export class LoadedCandidate implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #pending: string;
  readonly image: EngineImage;

  private constructor(engine: Engine, pending: string, image: EngineImage) {
    this.#engine = engine;
    this.#pending = pending;
    this.image = image;
  }

  /** Loads an archive whose image is named `pending` in it, and validates it on the way. */
  static async load(engine: Engine, archive: string, pending: string): Promise<LoadedCandidate> {
    try {
      const [id] = await Promise.all([
        engine.loadImage(archive, pending),
        validateWrittenImage({ transport: 'file', path: archive }),
      ]);
      return new LoadedCandidate(engine, pending, await engine.inspectImage(id));
    } catch (error) {
      await engine.removeImageName(pending);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.removeImageName(this.#pending);
  }
}

/** What came of trying a slim image: the verdict on the untouched image, and what it touched under the trace. */
export interface Trial {
  readonly verdicts: readonly ScenarioVerdict[];
  readonly trace: Trace;
}

/**
 * Makes the checks of every scenario on a slim image as it is, and runs it under the trace unless nothing may; at once where
 * that is possible.
 */
export async function tryCandidate(
  slim: EngineImage,
  original: EngineImage,
  scenarios: readonly ObservedScenario[],
  options: ExerciseOptions,
  context: SlimContext,
): Promise<Trial> {
  const limit = sharesNothing(scenarios) ? 2 : 1;
  const [verdicts, trace] = await allOrNone(limit, context.signal, (signal) => [
    () => proveScenarios(slim, original, scenarios, options, { ...context, signal }),
    () => traceSlim(slim, options.isUnprivileged === true ? [] : scenarios, options, { ...context, signal }),
  ]);
  return { verdicts, trace };
}

/** Makes the checks of every scenario on a slim image, and compares the answers with the original's. */
export async function proveScenarios(
  slim: EngineImage,
  original: EngineImage,
  scenarios: readonly ObservedScenario[],
  options: ExerciseOptions,
  context: SlimContext,
): Promise<readonly ScenarioVerdict[]> {
  const verdicts: ScenarioVerdict[] = [];
  for (const scenario of scenarios) {
    const proof = proofOptions(scenario, options, context);
    const images = { original, slimId: slim.id };
    const verdict = await proveImage(context.engine, images, scenario.originals, proof);
    const hardened = verdict.passed ? await proveHardened(context.engine, slim.id, verdict.originals, proof) : null;
    verdicts.push({ scenario: scenario.name, verdict, hardened });
  }
  return verdicts;
}

/** Runs a slim image under the trace in every scenario. That it can't even be started is the verdict's to tell. */
async function traceSlim(
  slim: EngineImage,
  scenarios: readonly ObservedScenario[],
  options: ExerciseOptions,
  context: SlimContext,
): Promise<Trace> {
  const traces: Trace[] = [];
  for (const scenario of scenarios) {
    try {
      const { proving } = withEvidence(scenario.originals, proofOptions(scenario, options, context));
      // The original's ports weren't tried under the trace either: servers log such a connection, and look up what that takes.
      const untried = { ...proving, learntPorts: [] };
      traces.push((await traceScenario(slim, untried, options, context)).trace);
    } catch (error) {
      if (!(error instanceof SlimtraceError && error.code === 'engine-command')) throw error;
    }
  }
  return mergeTraces(emptyTrace(slim), ...traces);
}
