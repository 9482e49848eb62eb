import { tracedImage } from './agent/traced-image.js';
import type { EngineImage } from './engine/engine.js';
import type { Observed } from './observe-image.js';
import { isOfBuild, type OtherCommand, otherCommand, type Scenarios } from './require-traced-image.js';
import { generaliseTrace } from './selection/generalise/generalise-trace.js';
import { compareLock, tracedChanges } from './selection/lock/compare-lock.js';
import type { Drift, DriftChange } from './selection/lock/drift.js';
import type { Lock } from './selection/lock/lock.js';
import { tracesOfLock } from './selection/lock/lock-trace.js';
import type { Selection } from './selection/reason.js';
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

/** Takes a given trace, or a lock's, over to the build that was observed. */
export function settleBuild<
  Seen extends Pick<Observed, 'image' | 'trace' | 'generalised'> & { readonly scenarios: Scenarios },
>(observed: Seen, source: EngineImage, given: GivenLock | undefined): SettledBuild<Seen> {
  const image = tracedImage(source);
  const { tree } = observed.image;
  // A trace of this very build is taken as it is, so this is for the others.
  const generalise = () => observed.generalised ?? generaliseTrace(observed.trace, image, tree);
  if (given !== undefined) {
    const { lock, optionChanges } = given;
    const traced = generalise();
    const healed = generaliseTrace(tracesOfLock(lock).healed, image, tree);
    const driftOf = (selection: Selection): Drift => {
      const changes = compareLock(lock, { config: source.config, tree, selection, traced, healed });
      return { against: 'lock', changes: [...optionChanges, ...changes] };
    };
    const rounds = healed.trace.paths.length === 0 ? [] : [healed.trace];
    return { observed: { ...observed, trace: traced.trace }, healed: rounds, driftOf };
  }
  const other = otherCommand(observed.trace, source, observed.scenarios);
  const command = other === undefined ? [] : [commandChange(other)];
  const driftOf = (changes: readonly DriftChange[]): Drift => ({ against: 'trace', changes: [...command, ...changes] });
  if (isOfBuild(observed.trace, source)) {
    const drift = command.length === 0 ? null : driftOf([]);
    return { observed, healed: [], driftOf: () => drift };
  }
  const traced = generalise();
  const drift = driftOf(tracedChanges({ traced, healed: traced }));
  return { observed: { ...observed, trace: traced.trace }, healed: [], driftOf: () => drift };
}

function commandChange({ traced, now }: OtherCommand): DriftChange {
  return { kind: 'changed', of: 'config', what: 'command', was: traced, now: [now], why: '', isExpected: false };
}
