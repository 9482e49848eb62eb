import { openEngineImage } from './agent/open-image.js';
import { openSavedImage } from './agent/open-saved-image.js';
import { type TraceOutcome, traceImage } from './agent/trace-image.js';
import { emptyTrace } from './agent/traced-image.js';
import { formatAmount } from './amount.js';
import { AwaitedPorts } from './check/awaited-ports.js';
import { type CheckRun, renderCheck } from './check/check.js';
import { type CheckPlan, exposedTcpPorts } from './check/plan-checks.js';
import type { ProofOptions } from './check/prove.js';
import { runPlain } from './check/run-plain.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { hasHomeVariable } from './engine/environment.js';
import { SlimtraceError } from './errors.js';
import { type Emit, inPhase } from './events.js';
import { withConfig } from './healthcheck-request.js';
import type { Image } from './image/image.js';
import { isOfBuild, requireTracedImage, requireTracedPlatform, requireTracedProgram } from './require-traced-image.js';
import { countChecks, type PlannedScenario, type Scenario, sharesNothing } from './scenario.js';
import type { GeneralisedTrace } from './selection/generalise/generalise-trace.js';
import { allOrNone, mapBounded } from './system/concurrency.js';
import { Resources } from './system/resources.js';
import type { Session } from './system/session.js';
import { mergeTraces } from './trace/merge-traces.js';
import type { Trace } from './trace/trace.js';

/** How an image is run and exercised. */
export interface ExerciseOptions {
  /** At least one. */
  readonly scenarios: readonly Scenario[];
  /** How long a container may take to become ready, and each check to pass. */
  readonly timeoutMs: number;
  readonly stopGraceSeconds: number;
  /** A trace made before, instead of tracing now. */
  readonly trace: Trace | undefined;
  /** Nothing runs with more rights than any container has: no tracer, and no look into the image by a container. */
  readonly isUnprivileged?: boolean;
  /** Trace every system call, not only those that name a path. */
  readonly tracesSyscalls?: boolean;
}

/** What the story needs from outside. */
export interface SlimContext {
  readonly engine: Engine;
  readonly session: Session;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Inspects an image for slimming. Throws when there is no engine, no such image, or it can't be run here. */
export async function openSource(
  reference: string,
  options: ExerciseOptions,
  { engine, emit }: SlimContext,
): Promise<EngineImage> {
  const { architecture, limits } = await engine.probe();
  for (const message of limits) emit({ kind: 'warning', message });
  const [source, swept] = await Promise.all([inspect(reference, { engine, emit }), engine.sweep()]);
  if (swept > 0)
    emit({
      kind: 'note',
      message: `removed what an interrupted run had left behind: ${swept === 1 ? '1 container or image' : `${swept} containers and images`}`,
    });
  if (source.platform.os !== 'linux')
    throw new SlimtraceError('unsupported-platform', { what: `images for ${source.platform.os}` });
  if (source.platform.architecture !== architecture) {
    throw new SlimtraceError('wrong-architecture', { image: source.platform.architecture, engine: architecture });
  }
  // Read again when it is needed; one that can't be read is told before the work.
  for (const { run } of options.scenarios) await hasHomeVariable(run, source.config);
  if (options.trace !== undefined) requireTracedPlatform(options.trace, source, reference);
  return source;
}

/** On an engine that takes archives, this is when they are read, and inflated the first time. */
async function inspect(
  reference: string,
  { engine, emit }: Pick<SlimContext, 'engine' | 'emit'>,
): Promise<EngineImage> {
  const work = () => engine.inspectImage(reference);
  if (engine.openImage === undefined) return await work();
  return await inPhase(emit, 'read', work, ({ layerCount }) => formatAmount(layerCount, 'layer'));
}

/** A scenario with two runs of the original as it is, to learn what varies. */
export interface ObservedScenario extends PlannedScenario {
  readonly originals: readonly CheckRun[];
  /** TCP ports that the original listens on, as far as is known. */
  readonly learntPorts: readonly number[];
}

/** What was seen of the original. */
export interface Observed {
  readonly image: Image;
  /** Of all scenarios together. */
  readonly trace: Trace;
  readonly scenarios: readonly ObservedScenario[];
  /** The trace as one of this build, where it had to be found out whether it is of this image. */
  readonly generalised?: GeneralisedTrace | undefined;
}

export interface ObserveOptions extends ExerciseOptions {
  /** What the trace was read from, if that is a lock: however much of it the image lacks is drift, and no mistake. */
  readonly lock: object | undefined;
}

/**
 * Lists the pristine tree, traces the image and runs it twice untraced; at once, unless the runs share something, or it has to
 * be found out first whether a trace that was given is of this image. Throws `trace-invalid` and `no-evidence`.
 */
export async function observeImage(
  reference: string,
  source: EngineImage,
  scenarios: readonly PlannedScenario[],
  options: ObserveOptions,
  context: SlimContext,
): Promise<Observed> {
  const given = options.lock === undefined ? options.trace : undefined;
  const isOfOtherBuild = given !== undefined && !isOfBuild(given, source);
  const limit = sharesNothing(scenarios) && !isOfOtherBuild ? 3 : 1;
  const learning = new AwaitedPorts();
  let generalised: GeneralisedTrace | undefined;
  const [image, trace, observed] = await allOrNone(limit, context.signal, (signal) => [
    async () => {
      await using held = new Resources();
      const image = held.use(await openObserved(reference, source, options, context));
      if (isOfOtherBuild) generalised = requireTracedImage(given, { reference, source, tree: image.tree });
      const warning = given && requireTracedProgram(given, { reference, source, scenarios });
      if (warning !== undefined) context.emit({ kind: 'warning', message: warning });
      held.move();
      return image;
    },
    async () => options.trace ?? (await traceOriginal(source, scenarios, options, { ...context, signal }, learning)),
    () =>
      baseline(source, scenarios, options, { ...context, signal }, (scenario) =>
        options.trace === undefined ? learning.of(scenario.name) : Promise.resolve(exposedTcpPorts(source.config)),
      ),
  ]);
  return { image, trace, scenarios: observed, generalised };
}

/** An image's own tree and contents with the configuration that it is to have. */
export async function openObserved(
  reference: string,
  source: EngineImage,
  { isUnprivileged = false }: ExerciseOptions,
  { engine, emit, signal }: SlimContext,
): Promise<Image> {
  const isSaved = isUnprivileged && engine.openImage === undefined;
  const work = () =>
    isSaved ? openSavedImage(engine, source, { reference, signal }) : openPristine(engine, source, reference);
  return withConfig(await inPhase(emit, 'open', work, ({ tree }) => formatAmount(tree.size, 'entry')), source.config);
}

/** An image's own tree and contents: read by the engine where it can, else listed in a container that runs nothing of it. */
export async function openPristine(engine: Engine, source: EngineImage, reference: string): Promise<Image> {
  return (await engine.openImage?.(reference)) ?? (await openEngineImage(engine, source, reference));
}

/** Traces the original in every scenario, and merges what was seen. Throws `no-evidence`. */
export async function traceOriginal(
  source: EngineImage,
  scenarios: readonly PlannedScenario[],
  options: ExerciseOptions,
  context: SlimContext,
  learning = new AwaitedPorts(),
): Promise<Trace> {
  const work = async () => {
    const traces: Trace[] = [];
    for (const scenario of scenarios) {
      const proof = proofOptions(scenario, options, context);
      const { trace, run, ports } = await traceScenario(source, proof, options, context);
      requireEvidence(scenario.plan, run, whereIn(scenarios, scenario, 'under the trace'));
      learning.learn(scenario.name, ports);
      traces.push(scenarios.length === 1 ? trace : ofScenario(trace, scenario.name));
    }
    return mergeTraces(emptyTrace(source), ...traces);
  };
  try {
    return await inPhase(context.emit, 'trace', work, ({ paths }) => formatAmount(paths.length, 'path'));
  } finally {
    learning.end();
  }
}

function ofScenario(trace: Trace, scenario: string): Trace {
  return { ...trace, runs: trace.runs.map((run) => ({ ...run, scenario })) };
}

/** Runs an image under the trace in one scenario. */
export async function traceScenario(
  image: EngineImage,
  proof: ProofOptions,
  { stopGraceSeconds, tracesSyscalls = false }: ExerciseOptions,
  { engine }: SlimContext,
): Promise<TraceOutcome> {
  const hasHome = await hasHomeVariable(proof.run, image.config);
  return await traceImage(engine, image, { ...proof, hasHome, stopGraceSeconds, allCalls: tracesSyscalls });
}

/** Runs the original as it is, twice in every scenario, to learn what varies. Throws `no-evidence`. */
export async function baseline(
  source: EngineImage,
  scenarios: readonly PlannedScenario[],
  options: ExerciseOptions,
  context: SlimContext,
  portsOf: (scenario: PlannedScenario) => Promise<readonly number[]>,
): Promise<readonly ObservedScenario[]> {
  const limit = sharesNothing(scenarios) ? 2 : 1;
  const runs = scenarios.flatMap((scenario) => [scenario, scenario]);
  const work = () =>
    mapBounded(runs, limit, async (scenario) => {
      const proof = { ...proofOptions(scenario, options, context), learntPorts: portsOf(scenario) };
      const run = await runPlain(context.engine, source.id, scenario.run, proof);
      requireEvidence(scenario.plan, run, whereIn(scenarios, scenario, 'on the original image'));
      return run;
    });
  const all = await inPhase(context.emit, 'baseline', work, () => `${countChecks(scenarios)}, twice`);
  return await Promise.all(
    scenarios.map(async (scenario, index) => ({
      ...scenario,
      originals: all.slice(2 * index, 2 * index + 2),
      learntPorts: await portsOf(scenario),
    })),
  );
}

function whereIn(scenarios: readonly PlannedScenario[], { name }: PlannedScenario, where: string): string {
  return scenarios.length === 1 ? where : `${where} (scenario ${name})`;
}

/** A check that the user named has to pass; of those we chose, one is enough. Throws `no-evidence`. */
function requireEvidence(plan: CheckPlan, run: CheckRun, where: string): void {
  const failed = run.outcomes.filter(({ passed }) => !passed);
  if (failed.length === 0 || (plan.isDefault && failed.length < run.outcomes.length)) return;
  const reason = failed.map(({ check, problem = 'it failed' }) => `${renderCheck(check)}: ${problem}`).join('; ');
  throw new SlimtraceError('no-evidence', { reason: `${where}, ${reason}`, log: run.lastLogLines.join('\n') });
}

/** What every run of a scenario's checks is given. */
export function proofOptions(
  { run, plan, learntPorts = [] }: PlannedScenario & { readonly learntPorts?: readonly number[] },
  { timeoutMs }: ExerciseOptions,
  { signal }: Pick<SlimContext, 'signal'>,
): ProofOptions {
  return { run, checks: plan.checks, timeoutMs, learntPorts, signal };
}
