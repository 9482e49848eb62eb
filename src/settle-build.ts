import { tracedImage } from './agent/traced-image.js';
import type { EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import type { Observed } from './observe-image.js';
import { type GeneralisedTrace, generaliseTrace } from './selection/generalise/generalise-trace.js';
import { compareLock, tracedChanges } from './selection/lock/compare-lock.js';
import type { Drift, DriftChange } from './selection/lock/drift.js';
import type { Lock } from './selection/lock/lock.js';
import { tracesOfLock } from './selection/lock/lock-trace.js';
import type { Selection } from './selection/reason.js';
import { isSameImage } from './trace/merge-traces.js';
import type { Trace } from './trace/trace.js';

/** A lock to slim by, and how the options that are given differ from those it was made with. */
export interface GivenLock {
  readonly lock: Lock;
  readonly optionChanges: readonly DriftChange[];
}

/** What was observed of an image, its trace being one of this very build. */
export interface SettledBuild<Seen> {
  readonly observed: Seen;
  /** What slim images of the traced build were known to miss. */
  readonly healed: readonly Trace[];
  /** Null when the trace is of this build, and no lock was given. */
  driftOf(selection: Selection): Drift | null;
}

/** Fewer of a trace's paths than this, and it is of another image. */
const leastFound = 0.5;

/**
 * Takes a given trace, or a lock's, over to the build that was observed. Throws `trace-invalid` for a trace of what is plainly
 * another image.
 */
export function settleBuild<Seen extends Pick<Observed, 'image' | 'trace'>>(
  observed: Seen,
  source: EngineImage,
  given: GivenLock | undefined,
): SettledBuild<Seen> {
  const image = tracedImage(source);
  const { tree } = observed.image;
  const traced = generaliseTrace(observed.trace, image, tree);
  if (given !== undefined) {
    const { lock, optionChanges } = given;
    const healed = generaliseTrace(tracesOfLock(lock).healed, image, tree);
    const driftOf = (selection: Selection): Drift => {
      const changes = compareLock(lock, { config: source.config, tree, selection, traced, healed });
      return { against: 'lock', changes: [...optionChanges, ...changes] };
    };
    const rounds = healed.trace.paths.length === 0 ? [] : [healed.trace];
    return { observed: { ...observed, trace: traced.trace }, healed: rounds, driftOf };
  }
  if (isSameImage(observed.trace.image, image)) return { observed, healed: [], driftOf: () => null };
  requireSameImage(observed.trace, traced, source);
  const changes = tracedChanges({ traced, healed: traced });
  const drift: Drift = { against: 'trace', changes };
  return { observed: { ...observed, trace: traced.trace }, healed: [], driftOf: () => drift };
}

/** Another build of the image that was traced has most of what the traced one had, and at least one of the programs that ran. */
function requireSameImage(trace: Trace, { gone, existed }: GeneralisedTrace, source: EngineImage): void {
  const lacks = new Set(gone.map(({ path }) => path));
  const programs = trace.paths.filter(({ accesses, existed }) => existed === true && accesses.includes('exec'));
  const found = existed - gone.length;
  const hasProgram = programs.length === 0 || programs.some(({ path }) => !lacks.has(path));
  if (hasProgram && found >= existed * leastFound) return;
  const missing = hasProgram ? '' : ', and none of the programs that ran';
  throw new SlimtraceError('trace-invalid', {
    reason: `it was made from ${trace.image.reference ?? trace.image.id}, and of ${existed} paths that were touched there ${source.names[0] ?? source.id} has ${found}${missing}: that is another image`,
  });
}
