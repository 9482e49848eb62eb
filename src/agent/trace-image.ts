import type { Check, CheckRun } from '../check/check.js';
import { type RunChecksOptions, runChecks } from '../check/run-checks.js';
import type { Engine, EngineImage, RunOptions } from '../engine/engine.js';
import type { Trace } from '../trace/trace.js';
import { TracedContainer } from './traced-container.js';

export interface TraceOptions extends RunChecksOptions {
  readonly run: RunOptions;
  readonly checks: readonly Check[];
  /** Whether the container's environment sets HOME; otherwise the user's home directory is HOME, as in any container. */
  readonly hasHome: boolean;
  /** A full trace: which system calls were made as well. */
  readonly allCalls?: boolean;
  /** How long the application may take to end after its stop signal. */
  readonly stopGraceSeconds: number;
}

export interface TraceOutcome {
  readonly trace: Trace;
  /** What the checks saw while the application was traced. */
  readonly run: CheckRun;
  /** The TCP ports it listened on after the checks; none once it has ended. */
  readonly ports: readonly number[];
}

/** Runs an image under the trace while the checks exercise it, and ends it in good order. */
export async function traceImage(engine: Engine, image: EngineImage, options: TraceOptions): Promise<TraceOutcome> {
  await using container = await TracedContainer.create(engine, image, options.run, options);
  const run = await runChecks(container, options.checks, options);
  if (run.startFailure !== undefined) throw run.startFailure;
  const ports = await container.listeningPorts();
  return { run, ports, trace: await container.finish(options.stopGraceSeconds) };
}
