import { createRequire } from 'node:module';
import { SlimtraceError } from '../errors.js';

/**
 * The main file of the user's @vercel/nft: a package that slimtrace works without, and that is loaded when it is asked for.
 * Throws `nft-missing` when `resolve`, which is Node's own from this package, doesn't find it.
 */
export function locateNodeFileTrace(resolve: (name: string) => string = resolveFromHere): string {
  try {
    return resolve('@vercel/nft');
  } catch (cause) {
    throw new SlimtraceError('nft-missing', {}, { cause });
  }
}

function resolveFromHere(name: string): string {
  return createRequire(import.meta.url).resolve(name);
}
