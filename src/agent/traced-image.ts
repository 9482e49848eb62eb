import type { EngineImage } from '../engine/engine.js';
import type { Trace, TracedImage } from '../trace/trace.js';

/** What a trace says of the image that ran. */
export function tracedImage({ id, repoDigests, platform, diffIds }: EngineImage): TracedImage {
  return { id, repoDigests: [...repoDigests].sort(), platform, diffIds };
}

/** A trace of an image that was not run. */
export function emptyTrace(image: EngineImage): Trace {
  return { image: tracedImage(image), runs: [], paths: [] };
}
