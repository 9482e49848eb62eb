import { SlimtraceError } from '../../errors.js';

/** Why files can't stand on a base: a clause, with names as they are. */
export class BaseConflict extends Error {
  override readonly name = 'BaseConflict';
}

/** The refusal of a base for what was found against it; anything else that was thrown, as it is. */
export function refusalOf(base: string, thrown: unknown): unknown {
  return thrown instanceof BaseConflict ? new SlimtraceError('base-refused', { base, reason: thrown.message }) : thrown;
}
