import type { BudgetResult } from '../../budgets.js';
import type { SlimReport } from '../report.js';

/** What `slimtrace ci` came to, as plain data; the shape of `--json`. */
export interface CiReport {
  readonly schemaVersion: 1;
  readonly kind: 'ci';
  readonly slimtraceVersion: string;
  /** Every image is proved, within its budgets, and as its lock says. */
  readonly passed: boolean;
  /** As they stand in the configuration. */
  readonly images: readonly CiImage[];
  readonly durationMs: number;
}

/**
 * `passed`; `failed`: a negative verdict, a budget or a drifted lock (exit code 1); `error`: nothing could be judged (2, 3 or
 * 70); `cancelled`: interrupted, or not begun because another one failed and --fail-fast was given.
 */
export type CiOutcome = 'passed' | 'failed' | 'error' | 'cancelled';

export interface CiImage {
  /** Its key in the configuration. */
  readonly name: string;
  /** The image that was slimmed, as the configuration names it. */
  readonly reference: string;
  readonly outcome: CiOutcome;
  /** True: an earlier run of the same image and configuration had passed, and its result was taken (`--resume`). */
  readonly isResumed: boolean;
  /** Null when it didn't come so far. */
  readonly report: SlimReport | null;
  readonly budgets: readonly BudgetResult[];
  /** Against the sizes that were accepted last; null when there are none. */
  readonly accepted: AcceptedSize | null;
  /** The slim image's size less the accepted one; null when either isn't known. */
  readonly acceptedDelta: { readonly sizeBytes: number; readonly files: number } | null;
  /** A drifted lock, as a readable diff, a line each; empty when there is none or it holds. */
  readonly drift: readonly string[];
  /** What failed, where nothing could be judged: of the outcome `error`, and of secrets that kept the image from being made. */
  readonly problem: CiProblem | null;
  readonly durationMs: number;
}

export interface AcceptedSize {
  readonly sizeBytes: number;
  readonly files: number;
  /** RFC 3339. */
  readonly acceptedAt: string;
}

export interface CiProblem {
  readonly message: string;
  readonly because: readonly string[];
  readonly hint: string | null;
  readonly exitCode: number;
}
