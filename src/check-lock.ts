import { selectAgain } from './heal-image.js';
import { withHealthcheck } from './healthcheck-request.js';
import { openObserved, openSource, type SlimContext } from './observe-image.js';
import type { Drift } from './selection/lock/drift.js';
import { tracesOfLock } from './selection/lock/lock-trace.js';
import { type GivenLock, settleBuild } from './settle-build.js';
import { assist } from './slim-image.js';
import type { SlimOptions } from './slim-options.js';

/** Says how a build of an image differs from what its lock says. Nothing of the image is run, and nothing is built. */
export async function checkLock(
  reference: string,
  given: GivenLock,
  options: SlimOptions,
  context: SlimContext,
): Promise<Drift> {
  const { trace } = tracesOfLock(given.lock);
  const source = withHealthcheck(await openSource(reference, { ...options, trace }, context), options.healthcheck);
  await using image = await openObserved(reference, source, options, context);
  const seen = { image, trace, scenarios: options.scenarios };
  const { observed, healed, driftOf } = settleBuild(seen, source, given);
  const assisted = await assist(observed, options, context);
  const { selection } = await selectAgain({ observed, assisted, options }, healed);
  const drift = driftOf(selection);
  if (drift === null) throw new Error('a lock gives a drift, be it empty');
  return drift;
}
