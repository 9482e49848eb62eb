import { describeThrown, SlimtraceError } from '../errors.js';
import { maskCredentials } from '../system/mask-credentials.js';

/** `note`: neither good nor bad, but good to know; `problem`: what it is about can't be used. */
export type Health = 'ok' | 'note' | 'warning' | 'problem';

/** One thing that was looked at. */
export interface Finding {
  /** A word or two that stay the same from version to version: `tracing`, `kernel`. */
  readonly about: string;
  readonly status: Health;
  readonly detail: string;
  /** What to do about it; null where nothing has to be done, or nothing is known. */
  readonly advice: string | null;
}

/** A finding; credentials in its detail are masked. */
export function finding(about: string, status: Health, detail: string, advice: string | null = null): Finding {
  return { about, status, detail: maskCredentials(detail), advice };
}

/** A failure as a finding: what failed, why, and what the catalogue of errors says to do. */
export function findingOf(about: string, error: unknown): Finding {
  const said: string[] = [];
  for (let cause = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined)
    said.push(describeThrown(cause));
  const hint = error instanceof SlimtraceError ? error.hint : undefined;
  // IDs of things that are gone again say nothing.
  const detail = [...new Set(said)].join(': ').replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1');
  return finding(about, 'problem', detail, hint ?? null);
}

/** A kernel's or a program's version as numbers to compare: `6.1.0-13-amd64` is [6, 1]. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [, first = '0', second = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}
