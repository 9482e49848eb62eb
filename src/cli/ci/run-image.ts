import type { Engine } from '../../engine/engine.js';
import { describeThrown, firstFailure, releaseFailures, SlimtraceError } from '../../errors.js';
import type { Emit } from '../../events.js';
import type { AcceptedSize, CiImage, CiProblem } from '../../report/ci/ci-report.js';
import { isAsLocked } from '../../report/drift-report.js';
import { printable } from '../../report/format.js';
import { withoutPaths } from '../../report/full-report.js';
import { isGood } from '../../report/outcome.js';
import type { SlimReport } from '../../report/report.js';
import type { CommandContext } from '../command-context.js';
import type { ConfiguredImage } from '../configuration/read-configuration.js';
import { exitCodeOf } from '../exit-code.js';
import { openContext } from '../open-context.js';
import { slimOnce } from '../slim-run.js';
import type { Deadlines } from './ci-options.js';
import type { CiState } from './ci-state.js';
import { digestSettings } from './settings-digest.js';
import { watchDeadlines } from './watch-deadlines.js';

export interface RunImageContext {
  readonly context: CommandContext;
  readonly deadlines: Deadlines;
  readonly state: CiState;
  /** Take a result that still holds instead of running it again. */
  readonly isResuming: boolean;
  readonly accepted: AcceptedSize | undefined;
  /** Where this image's progress goes. */
  readonly emit: Emit;
}

/** What came of one image, before it is set beside what was accepted. */
type Came = Pick<CiImage, 'outcome' | 'isResumed' | 'report' | 'budgets' | 'problem'>;

/**
 * Slims one image of a configuration, within its deadlines, and releases all that it held. Whatever fails is in the result:
 * others go on.
 */
export async function runImage(image: ConfiguredImage, run: RunImageContext): Promise<CiImage> {
  const startedMs = performance.now();
  const came = await attempt(image, run);
  return describe(image, run.accepted, came, performance.now() - startedMs);
}

/** An image that wasn't begun. */
export function cancelledImage(image: ConfiguredImage, accepted: AcceptedSize | undefined): CiImage {
  return describe(image, accepted, cancelled, 0);
}

const nothing = { isResumed: false, report: null, budgets: [], problem: null } as const;
const cancelled: Came = { ...nothing, outcome: 'cancelled' };

async function attempt(image: ConfiguredImage, run: RunImageContext): Promise<Came> {
  const { context, emit } = run;
  using watch = watchDeadlines(run.deadlines, context.signal);
  const watched: RunImageContext = {
    ...run,
    context: { ...context, signal: watch.signal },
    emit: (event) => {
      watch.emit(event);
      emit(event);
    },
  };
  try {
    return await runOrResume(image, watched);
  } catch (error) {
    for (const failure of releaseFailures(error))
      emit({ kind: 'warning', message: `while cleaning up: ${printable(describeThrown(failure))}` });
    await run.state.remove(image.name);
    if (watch.exceeded !== undefined) return failed(watch.exceeded);
    return context.signal.aborted ? cancelled : failed(firstFailure(error));
  }
}

/** Engines are opened for each image: what a deadline ends is then all of this one's, and nothing of another's. */
async function runOrResume(image: ConfiguredImage, run: RunImageContext): Promise<Came> {
  const { context, state, accepted } = run;
  await using opened = await openContext(context, run.emit, image.flags);
  const { env } = context.host;
  const settings = await digestSettings(image, env);
  const engine = await opened.engineOf(image.image);
  const before = run.isResuming
    ? await state.find(image.name, {
        settings,
        engine,
        image: image.image,
        flags: image.flags,
        acceptedBytes: accepted?.sizeBytes,
      })
    : undefined;
  if (before !== undefined) return { ...judged(before), isResumed: true };
  const acceptedBytes = accepted === undefined ? {} : { acceptedBytes: accepted.sizeBytes };
  const slimmed = await slimOnce(image, { env, opened, emit: run.emit, ...acceptedBytes });
  // The trees of a finished image are let go of: memory is bounded by the images under way.
  const report = withoutPaths(slimmed.report);
  const { unwritten } = slimmed;
  if (unwritten !== undefined) {
    await state.remove(image.name);
    return { ...judged(report), outcome: 'error', problem: describeProblem(unwritten) };
  }
  await remember(image, { settings, report, engine }, state);
  return judged(report);
}

async function remember(
  image: ConfiguredImage,
  finished: { readonly settings: string; readonly report: SlimReport; readonly engine: Engine },
  state: CiState,
): Promise<void> {
  if (isGood(finished.report)) await state.add(image.name, finished);
  else await state.remove(image.name);
}

function judged(report: SlimReport): Came {
  return { ...nothing, outcome: isGood(report) ? 'passed' : 'failed', report, budgets: report.budgets };
}

/** Secrets are a budget that is judged before there is an image. */
function failed(error: unknown): Came {
  const problem = describeProblem(error);
  if (!(error instanceof SlimtraceError && error.code === 'secrets-found'))
    return { ...nothing, outcome: problem.exitCode === 1 ? 'failed' : 'error', problem };
  const { secrets = '' } = error.details;
  const budget = { budget: 'fail-on secrets', passed: false, limit: 'none', actual: secrets, offenders: [] };
  return { ...nothing, outcome: 'failed', budgets: [budget], problem };
}

function describeProblem(error: unknown): CiProblem {
  const because: string[] = [];
  const isBug = !(error instanceof SlimtraceError);
  for (let cause = error instanceof Error ? error.cause : undefined; cause !== undefined; )
    if (because.push(describeThrown(cause)) > 0) cause = cause instanceof Error ? cause.cause : undefined;
  const message = isBug ? `a bug in slimtrace: ${describeThrown(error)}` : error.message;
  const stack = isBug && error instanceof Error && error.stack !== undefined ? [error.stack] : [];
  const hint = isBug ? null : (error.hint ?? null);
  return { message, because: [...stack, ...because], hint, exitCode: exitCodeOf(error) };
}

function describe(
  { name, image }: ConfiguredImage,
  accepted: AcceptedSize | undefined,
  came: Came,
  durationMs: number,
): CiImage {
  const slim = came.report?.slim;
  const delta =
    slim === undefined || accepted === undefined
      ? null
      : { sizeBytes: slim.sizeBytes - accepted.sizeBytes, files: slim.files - accepted.files };
  return {
    name,
    reference: image,
    ...came,
    accepted: accepted ?? null,
    acceptedDelta: delta,
    drift: came.report === null || isAsLocked(came.report) ? [] : (came.report.drift?.lines ?? []),
    durationMs: Math.round(durationMs),
  };
}
