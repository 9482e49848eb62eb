import type { Fields } from './field.js';

/** One way to exercise a container and to see whether it works. */
export type Check =
  | HttpCheck
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  /** The image's own HEALTHCHECK; `command` is what it runs. */
  | { readonly kind: 'healthcheck'; readonly command: readonly string[] }
  /** The container ends by itself. */
  | { readonly kind: 'exit'; readonly exitCode: number };

export interface HttpCheck {
  readonly kind: 'http';
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly port: number;
  /** The status that must come; undefined accepts 200 to 399, or anything below 500 when chosen by default. */
  readonly status: number | undefined;
  /** Chosen by slimtrace for an exposed port: a port that doesn't speak HTTP then counts by accepting connections. */
  readonly isDefault: boolean;
}

/** What a check saw on one container. */
export interface CheckOutcome {
  readonly check: Check;
  readonly passed: boolean;
  /** Why it didn't pass. */
  readonly problem?: string;
  /** Everything about the answer that can be compared. */
  readonly fields: Fields;
  readonly durationMs: number;
}

/** All checks against one container. */
export interface CheckRun {
  readonly outcomes: readonly CheckOutcome[];
  /** What can be compared of the container itself: `log`, `port 8080` … */
  readonly fields: Fields;
  /** From its start to the first check that passed, or to its end when it was to end; undefined when none passed. */
  readonly readyMs: number | undefined;
  /** The last lines the container printed, for people. */
  readonly lastLogLines: readonly string[];
  /** Why the engine could not even start it; every outcome says so too. */
  readonly startFailure?: Error;
}

/** A check in the words a user would give it in. */
export function renderCheck(check: Check): string {
  switch (check.kind) {
    case 'http':
      return `http ${check.method} :${check.port}${check.path}${check.status === undefined ? '' : `=${check.status}`}`;
    case 'tcp':
      return `tcp ${check.port}`;
    case 'exec':
      return `exec ${check.command.join(' ')}`;
    case 'healthcheck':
      return `healthcheck ${check.command.join(' ')}`;
    case 'exit':
      return check.exitCode === 0 ? 'exit' : `exit ${check.exitCode}`;
  }
}
