import { constants } from 'node:os';
import { SlimtraceError } from '../errors.js';

/** An unexpected exception (EX_SOFTWARE, sysexits(3)). */
const bugExitCode = 70;

export const exitCodes = { good: 0, negativeVerdict: 1, usage: 2, environment: 3 } as const;

/** The exit code for what was thrown. */
export function exitCodeOf(error: unknown): number {
  return error instanceof SlimtraceError ? error.exitCode : bugExitCode;
}

/** The exit code of a program that a signal ended, as shells report it. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
