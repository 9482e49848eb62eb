import { tracedImage } from './agent/traced-image.js';
import { formatAmount } from './amount.js';
import type { EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import type { FileTree } from './image/file-tree.js';
import { generaliseTrace } from './selection/generalise/generalise-trace.js';
import { isSameImage } from './trace/merge-traces.js';
import type { Trace } from './trace/trace.js';

/** Fewer of a trace's paths than this, and it is of another image. */
const leastFound = 0.5;

/** Whether a trace was made of this very build of an image: any other has to be looked into. */
export function isOfBuild(trace: Trace, source: EngineImage): boolean {
  return isSameImage(trace.image, tracedImage(source));
}

/** A trace may be of another build of the image, and not of one for another machine. Throws `trace-invalid`. */
export function requireTracedPlatform({ image: { platform } }: Trace, source: EngineImage, reference: string): void {
  const words = ({ os, architecture }: EngineImage['platform']) => `${os}/${architecture}`;
  if (words(platform) === words(source.platform)) return;
  throw new SlimtraceError('trace-invalid', {
    reason: `it was made from an image for ${words(platform)}, and ${reference} is for ${words(source.platform)}`,
  });
}

/**
 * Throws `trace-invalid` for a trace of what is plainly another image: another build of the one that was traced has most of
 * what that had, and at least one of the programs that ran.
 */
export function requireTracedImage(
  trace: Trace,
  { reference, source, tree }: { readonly reference: string; readonly source: EngineImage; readonly tree: FileTree },
): void {
  const { gone, existed } = generaliseTrace(trace, tracedImage(source), tree);
  const lacks = new Set(gone.map(({ path }) => path));
  const programs = trace.paths.filter(({ accesses, existed }) => existed === true && accesses.includes('exec'));
  const found = existed - gone.length;
  const hasProgram = programs.length === 0 || programs.some(({ path }) => !lacks.has(path));
  if (hasProgram && found >= existed * leastFound) return;
  const missing = hasProgram ? '' : ', and none of the programs that ran';
  throw new SlimtraceError('trace-invalid', {
    reason: `it was made from ${trace.image.reference ?? trace.image.id}, and of ${formatAmount(existed, 'path')} that ${existed === 1 ? 'was' : 'were'} touched there ${reference} has ${found}${missing}: that is another image`,
  });
}
