import type { DebugImageRequest } from '../debug-image.js';
import { SlimtraceError } from '../errors.js';
import { parseTargetName } from '../image/name.js';
import type { ResultFlags } from './flags.js';

/** What the flags say about an image for debugging. Throws `usage`. */
export function parseDebugImage({ debugTag, debugBusybox }: ResultFlags): DebugImageRequest | undefined {
  if (debugTag !== undefined) return { name: parseTargetName(debugTag, '--debug-tag'), busyboxFile: debugBusybox };
  if (debugBusybox === undefined) return undefined;
  throw new SlimtraceError('usage', {
    problem: '--debug-busybox goes with --debug-tag',
    hint: 'name the image that the busybox is to be in: --debug-tag NAME[:TAG]',
  });
}
