import type { CiImage } from '../../report/ci/ci-report.js';
import { mapExclusive } from '../../system/exclusive.js';
import type { CommandContext } from '../command-context.js';
import type { ConfiguredImage } from '../configuration/read-configuration.js';
import type { AcceptedSizes } from './accepted-sizes.js';
import type { CiOptions } from './ci-options.js';
import type { CiProgress } from './ci-progress.js';
import type { CiState } from './ci-state.js';
import { cancelledImage, runImage } from './run-image.js';

export interface RunImagesContext {
  readonly context: CommandContext;
  readonly options: Pick<CiOptions, 'concurrency' | 'failFast' | 'deadlines' | 'isResuming'>;
  readonly state: CiState;
  readonly accepted: AcceptedSizes;
  readonly progress: CiProgress;
}

/**
 * Slims images side by side, and resolves to what came of each, in their order. Whatever happens to one, the others go on;
 * with `failFast` none is begun after the first that isn't good.
 */
export async function runImages(images: readonly ConfiguredImage[], run: RunImagesContext): Promise<CiImage[]> {
  const { context, options, accepted, progress, state } = run;
  let isStopped = false;
  const bounds = { limit: options.concurrency, usedBy: sharedThings };
  return await mapExclusive(images, bounds, async (image) => {
    const last = accepted.get(image.name);
    if (isStopped || context.signal.aborted) return cancelledImage(image, last);
    const { deadlines, isResuming } = options;
    const emit = progress.emitOf(image.name);
    const came = await runImage(image, { context, deadlines, state, isResuming, accepted: last, emit });
    if (options.failFast && came.outcome !== 'passed') isStopped = true;
    progress.ended(came);
    return came;
  });
}

/** What containers of two images would meet each other in: networks and volumes of the user's. */
export function sharedThings({ flags }: Pick<ConfiguredImage, 'flags'>): ReadonlySet<string> {
  const things = new Set<string>();
  for (const { network, volume = [] } of flags.runs) {
    if (network !== undefined && !['none', 'bridge', 'default'].includes(network)) things.add(`network ${network}`);
    for (const spec of volume) if (spec.includes(':')) things.add(`volume ${spec.split(':')[0]}`);
  }
  return things;
}
