import type { Touched, Trace, TracedImage, TracedPath } from '../../trace/trace.js';
import type { Lock } from './lock.js';

/** A lock's rules as the traces that they were made from: of the run, and of the slim images that were healed. */
export function tracesOfLock(lock: Lock): { readonly trace: Trace; readonly healed: Trace } {
  const image: TracedImage = {
    reference: lock.image,
    id: lock.made.id,
    repoDigests: [],
    platform: lock.made.platform,
    diffIds: [],
  };
  const runs = lock.commands.map((command, index) => ({
    command,
    mode: index === 0 ? ('init' as const) : ('exec' as const),
    end: 'exit' as const,
  }));
  const paths = [
    ...lock.traced.map((touched) => pathOf(touched, true)),
    ...lock.lookedFor.map((touched) => pathOf(touched, false)),
  ];
  return {
    trace: { image, runs, paths },
    healed: { image, runs: [], paths: lock.healed.map((touched) => pathOf(touched, true)) },
  };
}

function pathOf(touched: Touched, existed: boolean): TracedPath {
  return { ...touched, runs: [], existed };
}
