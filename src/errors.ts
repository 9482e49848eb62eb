import { type CatalogueEntry, catalogue, type FailureExitCode } from './error-catalogue.js';

export type ErrorCode = keyof typeof catalogue;

/**
 * An operational failure: a code of the catalogue, what it was about, and (as `cause`) what led to it. Anything thrown that is
 * not one is a bug, and is presented as one (exit code 70).
 */
export class SlimtraceError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, details: Readonly<Record<string, string>> = {}, options?: { cause?: unknown }) {
    super(catalogue[code].message(details), options);
    this.name = 'SlimtraceError';
    this.code = code;
    this.details = details;
  }

  get exitCode(): FailureExitCode {
    return catalogue[this.code].exitCode;
  }

  /** What the user can do about it, where that is known. */
  get hint(): string | undefined {
    const entry: CatalogueEntry = catalogue[this.code];
    return entry.hint?.(this.details);
  }
}

/** What failed first, when releasing what it held failed as well (SuppressedError, ECMAScript 2026). */
export function firstFailure(thrown: unknown): unknown {
  let first = thrown;
  while (first instanceof Error && first.name === 'SuppressedError' && 'suppressed' in first) first = first.suppressed;
  return first;
}

/** What failed while that which was held was released (see {@link firstFailure}), the first of them first. */
export function releaseFailures(thrown: unknown): unknown[] {
  if (!(thrown instanceof Error && thrown.name === 'SuppressedError' && 'suppressed' in thrown)) return [];
  return [...releaseFailures(thrown.suppressed), (thrown as Error & { readonly error?: unknown }).error];
}

/** The message of anything that was thrown, for a `because:` line. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
