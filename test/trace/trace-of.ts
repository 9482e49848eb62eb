import type { Touched, Trace, TracedImage, TracedPath } from '../../src/trace/trace.js';

/** The image that traces in tests are of. */
export const anyImage: TracedImage = {
  id: `sha256:${'1'.repeat(64)}`,
  repoDigests: [],
  platform: { os: 'linux', architecture: 'amd64' },
  diffIds: [`sha256:${'d'.repeat(64)}`],
};

/** A trace of an image that touched these paths; in which runs is said by the paths, or doesn't matter. */
export function traceOf(paths: readonly (Touched & Partial<TracedPath>)[], more: Partial<Trace> = {}): Trace {
  return { image: anyImage, runs: [], ...more, paths: paths.map((path) => ({ runs: [], ...path })) };
}
