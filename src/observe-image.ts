import { openEngineImage } from './agent/open-image.js';
import { type TraceOutcome, traceImage } from './agent/trace-image.js';
import { type CheckRun, renderCheck } from './check/check.js';
import { requireFreePorts } from './check/host-ports.js';
import { type CheckPlan, type CheckRequests, planChecks } from './check/plan-checks.js';
import type { ProofOptions } from './check/prove.js';
import { runPlain } from './check/run-plain.js';
import { containerCommand } from './engine/container-command.js';
import type { Engine, EngineImage, RunOptions } from './engine/engine.js';
import { hasHomeVariable } from './engine/environment.js';
import { SlimtraceError } from './errors.js';
import { type Emit, inPhase } from './events.js';
import type { Image } from './image/image.js';
import { allOrNone, mapBounded } from './system/concurrency.js';
import type { Session } from './system/session.js';
import type { Trace } from './trace/trace.js';

/** How an image is run and exercised. */
export interface ExerciseOptions {
  readonly run: RunOptions;
  readonly checks: CheckRequests;
  /** How long a container may take to become ready, and each check to pass. */
  readonly timeoutMs: number;
  readonly stopGraceSeconds: number;
  /** A trace made before, instead of tracing now. */
  readonly trace: Trace | undefined;
}

/** What the story needs from outside. */
export interface SlimContext {
  readonly engine: Engine;
  readonly session: Session;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Runs an image under the trace and returns what it touched; nothing is built. */
export async function traceOnly(
  reference: string,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<TraceOutcome & { readonly source: EngineImage; readonly plan: CheckPlan }> {
  const source = await openSource(reference, options, context);
  const plan = await choosePlan(source, options, context);
  const outcome = await trace(source, plan, options, context);
  return { source, plan, ...outcome };
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
  await hasHomeVariable(options.run, source.config);
  if (options.trace !== undefined && options.trace.imageId !== source.id) {
    throw new SlimtraceError('trace-invalid', {
      reason: `it was made from the image ${options.trace.imageId}, and ${reference} is ${source.id}`,
    });
  }
  return source;
}

/** On an engine that takes archives, this is when they are read, and inflated the first time. */
async function inspect(
  reference: string,
  { engine, emit }: Pick<SlimContext, 'engine' | 'emit'>,
): Promise<EngineImage> {
  const work = () => engine.inspectImage(reference);
  if (engine.openImage === undefined) return await work();
  return await inPhase(
    emit,
    'read',
    work,
    ({ layerCount }) => `${layerCount} ${layerCount === 1 ? 'layer' : 'layers'}`,
  );
}

/** Decides what is checked, and tells it. Throws `usage` when it can't be checked. */
export async function choosePlan(
  source: EngineImage,
  options: ExerciseOptions,
  { engine, emit, signal }: SlimContext,
): Promise<CheckPlan> {
  if (containerCommand(options.run, source.config).length === 0) {
    throw new SlimtraceError('usage', {
      problem: 'the image has no command to run',
      hint: 'give one after --, as for docker run',
    });
  }
  const plan = planChecks(options.checks, source.config);
  const chosen = plan.isDefault
    ? 'checks chosen from the image (name your own with --http, --exec, --tcp or --exit)'
    : 'checks';
  emit({ kind: 'note', message: `${chosen}: ${plan.checks.map(renderCheck).join(', ')}` });
  // Other engines' machines may not be this one.
  if (options.run.network === 'host' && engine.kind === 'embedded') await requireFreePorts(plan.checks, signal);
  return plan;
}

/** What was seen of the original. */
export interface Observed {
  readonly image: Image;
  readonly trace: Trace;
  /** Two runs of the original as it is, to learn what varies. */
  readonly originals: readonly CheckRun[];
}

/** Lists the pristine tree, traces the image and runs it twice untraced; at once, unless the runs share something. */
export async function observeImage(
  reference: string,
  source: EngineImage,
  plan: CheckPlan,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<Observed> {
  const { engine, emit } = context;
  const limit = sharesNothing(options.run) ? 3 : 1;
  const [image, trace_, originals] = await allOrNone(limit, context.signal, (signal) => [
    () =>
      inPhase(
        emit,
        'open',
        () => openPristine(engine, source, reference),
        ({ tree }) => `${tree.size} entries`,
      ),
    async () => options.trace ?? (await trace(source, plan, options, { ...context, signal })).trace,
    () => baseline(source, plan, options, { ...context, signal }),
  ]);
  return { image, trace: trace_, originals };
}

/** An image's own tree and contents: read by the engine where it can, else listed in a container that runs nothing of it. */
export async function openPristine(engine: Engine, source: EngineImage, reference: string): Promise<Image> {
  return (await engine.openImage?.(reference)) ?? (await openEngineImage(engine, source, reference));
}

/** Containers that share a network or a volume of the user's would meet each other there. */
function sharesNothing(run: RunOptions): boolean {
  return run.volumes.length === 0 && (run.network === undefined || run.network === 'none' || run.network === 'bridge');
}

async function trace(
  source: EngineImage,
  plan: CheckPlan,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<TraceOutcome> {
  const hasHome = await hasHomeVariable(options.run, source.config);
  const { stopGraceSeconds } = options;
  const work = () =>
    traceImage(context.engine, source, { ...proofOptions(plan, options, context), hasHome, stopGraceSeconds });
  const outcome = await inPhase(context.emit, 'trace', work, (traced) => `${traced.trace.paths.length} paths`);
  requireEvidence(plan, outcome.run, 'under the trace');
  return outcome;
}

/** Runs the original as it is, twice, to learn what varies. Throws `no-evidence`. */
export async function baseline(
  source: EngineImage,
  plan: CheckPlan,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<readonly CheckRun[]> {
  const limit = sharesNothing(options.run) ? 2 : 1;
  const work = () =>
    mapBounded([1, 2], limit, () =>
      runPlain(context.engine, source.id, options.run, proofOptions(plan, options, context)),
    );
  const runs = await inPhase(
    context.emit,
    'baseline',
    work,
    () => `${plan.checks.length === 1 ? '1 check' : `${plan.checks.length} checks`}, twice`,
  );
  for (const run of runs) requireEvidence(plan, run, 'on the original image');
  return runs;
}

/** A check that the user named has to pass; of those we chose, one is enough. Throws `no-evidence`. */
function requireEvidence(plan: CheckPlan, run: CheckRun, where: string): void {
  const failed = run.outcomes.filter(({ passed }) => !passed);
  if (failed.length === 0 || (plan.isDefault && failed.length < run.outcomes.length)) return;
  const reason = failed.map(({ check, problem = 'it failed' }) => `${renderCheck(check)}: ${problem}`).join('; ');
  throw new SlimtraceError('no-evidence', { reason: `${where}, ${reason}`, log: run.lastLogLines.join('\n') });
}

/** What every run of the checks is given. */
export function proofOptions(plan: CheckPlan, options: ExerciseOptions, { signal }: SlimContext): ProofOptions {
  return { run: options.run, checks: plan.checks, timeoutMs: options.timeoutMs, signal };
}
