import { awaitListening } from './agent/await-listening.js';
import { TracedContainer } from './agent/traced-container.js';
import { formatAmount } from './amount.js';
import { type EndWatch, watchEnd } from './check/end-watch.js';
import { exposedTcpPorts } from './check/plan-checks.js';
import { type CollectionFacts, collectTrace } from './collect-trace.js';
import type { EngineImage, Exposure, RunOptions } from './engine/engine.js';
import { hasHomeVariable } from './engine/environment.js';
import { SlimtraceError } from './errors.js';
import { inPhase } from './events.js';
import { openSource, type SlimContext } from './observe-image.js';
import { driverVariables, placesOf, planExposure, type ReachablePort } from './run-exposure.js';
import { requireCommand } from './scenario.js';
import { aborted } from './system/deadline.js';
import { runPassingOutput } from './system/process.js';
import type { Trace } from './trace/trace.js';

/** How an image is run for a driver of the user's. */
export interface TracedRunOptions {
  readonly run: RunOptions;
  readonly exposure: Exposure;
  /** A line for this machine's shell: the run lasts as long as it. Without one it lasts until it is ended from outside. */
  readonly driver: string | undefined;
  /** How long the application may take to open its ports. */
  readonly timeoutMs: number;
  readonly stopGraceSeconds: number;
  /** Trace every system call, not only those that name a path. */
  readonly tracesSyscalls: boolean;
}

export interface TracedRunContext extends SlimContext {
  /** Aborts when the user has seen enough: the application is ended in good order, and its trace collected. */
  readonly stop: AbortSignal;
}

/** What came of it. */
export interface TracedUse {
  readonly trace: Trace;
  /** Undefined when there was no driver, or it was not started. */
  readonly driverExitCode: number | undefined;
  /** How the application ended, if it did so before it was told to. */
  readonly ownEnd: OwnEnd | undefined;
}

export interface OwnEnd {
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  readonly lastLogLines: readonly string[];
}

const shownLogLines = 20;

/**
 * Runs an image under the trace while something else drives it, until that has ended, it is stopped, or it ends by itself.
 * Throws `run-not-ready` when a driver has nothing to drive in time.
 */
export async function runTraced(
  reference: string,
  options: TracedRunOptions,
  facts: CollectionFacts,
  context: TracedRunContext,
): Promise<TracedUse> {
  const { run, timeoutMs, stopGraceSeconds } = options;
  const scenarios = [{ name: 'default', run, checks: noChecks }];
  const source = await openSource(reference, { scenarios, timeoutMs, stopGraceSeconds, trace: undefined }, context);
  requireCommand(run, source.config);
  const planned = planExposure(options, source, context.engine);
  let use: TracedUse | undefined;
  const trace = await collectTrace({ reference, source, facts }, context, async (signal) => {
    const work = () => useContainer(source, { ...options, planned }, { ...context, signal });
    use = await inPhase(context.emit, 'trace', work, ({ trace: { paths } }) => formatAmount(paths.length, 'path'));
    return use.trace;
  });
  if (use === undefined) throw new Error('a trace that was collected is of a use');
  return { ...use, trace };
}

interface PlannedRun extends TracedRunOptions {
  /** How the engine is told to expose it. */
  readonly planned: Exposure;
}

const noChecks = { http: [], exec: [], tcp: [], ports: [], exit: undefined };

async function useContainer(source: EngineImage, options: PlannedRun, context: TracedRunContext): Promise<TracedUse> {
  const { engine, signal } = context;
  const { run, planned, tracesSyscalls } = options;
  const hasHome = await hasHomeVariable(run, source.config);
  const tracing = { hasHome, allCalls: tracesSyscalls, exposure: planned };
  await using container = await TracedContainer.create(engine, source, run, tracing);
  await container.start();
  using watch = watchEnd(container, signal);
  const places = placesOf(await container.state(), source, options);
  tellPlaces(container, places, options, context);
  const driverExitCode = await drive(container, { watch, places, source }, options, context);
  signal.throwIfAborted();
  if (watch.failure !== undefined) throw watch.failure;
  const ownEnd = watch.exitCode === undefined ? undefined : await describeEnd(container, watch.exitCode);
  return { trace: await container.finish(options.stopGraceSeconds), driverExitCode, ownEnd };
}

/** Waits until the application can be driven, then for whatever ends its use; returns the driver's exit code. */
async function drive(
  container: TracedContainer,
  about: { readonly watch: EndWatch; readonly places: readonly ReachablePort[]; readonly source: EngineImage },
  options: PlannedRun,
  context: TracedRunContext,
): Promise<number | undefined> {
  const { watch, places, source } = about;
  const until = AbortSignal.any([watch.signal, context.stop]);
  // Ports that the user chose have to be open, all of them; of those that an image exposes, one will do.
  const awaitsAll = options.exposure.publish.length > 0;
  const { timeoutMs } = options;
  const ports = awaitsAll ? places.map(({ port }) => port) : exposedTcpPorts(source.config);
  const open = await awaitListening(container, ports, { needsAll: awaitsAll, timeoutMs, until });
  if (until.aborted) return undefined;
  const missing = ports.filter((port) => !open.includes(port));
  const isReady = missing.length === 0 || (!awaitsAll && open.length > 0);
  const { driver } = options;
  if (driver === undefined) {
    if (ports.length > 0 && isReady) context.emit({ kind: 'note', message: 'it is ready' });
    if (!isReady) context.emit({ kind: 'warning', message: notListening(missing, options) });
    await aborted(until);
    return undefined;
  }
  if (!isReady) {
    const log = (await container.lastLogLines(shownLogLines)).join('\n');
    throw new SlimtraceError('run-not-ready', { reason: notListening(missing, options), log });
  }
  context.emit({ kind: 'note', message: `it is ready, and driven by: ${driver}` });
  const env = driverVariables(container.id, places);
  return await runPassingOutput('/bin/sh', ['-c', driver], { signal: context.signal, env });
}

function tellPlaces(
  container: TracedContainer,
  places: readonly ReachablePort[],
  { exposure, driver }: TracedRunOptions,
  { engine, emit }: TracedRunContext,
): void {
  const name = exposure.name ?? container.id.slice(0, 12);
  const where = places.map(({ port, host, hostPort }) => `port ${port} at ${host}:${hostPort}`);
  emit({ kind: 'note', message: [`it runs under the trace as ${name}`, ...where].join(', ') });
  if (driver !== undefined) return;
  const outside = engine.hasNetworks ? `, and so does \`${engine.kind} stop ${name}\`` : '';
  emit({ kind: 'note', message: `Ctrl-C ends it and collects the trace${outside}` });
}

function notListening(ports: readonly number[], { timeoutMs }: TracedRunOptions): string {
  return `nobody listens on port ${ports.join(', ')} after ${Math.round(timeoutMs / 1000)} s`;
}

async function describeEnd(container: TracedContainer, exitCode: number): Promise<OwnEnd> {
  const [{ isOutOfMemory }, lastLogLines] = await Promise.all([
    container.state(),
    container.lastLogLines(shownLogLines),
  ]);
  return { exitCode, isOutOfMemory, lastLogLines };
}
