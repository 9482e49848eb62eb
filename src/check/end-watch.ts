import type { Subject } from './subject.js';

/** What becomes of a container that is to stay up. */
export interface EndWatch extends Disposable {
  /** The exit code, once the container has ended. */
  readonly exitCode: number | undefined;
  /** Why it can no longer be watched: the engine is gone. */
  readonly failure: unknown;
  /** Aborts when the container ends or can no longer be watched, or with the run. */
  readonly signal: AbortSignal;
}

/** Watches a started container until the watch is left. */
export function watchEnd(subject: Subject, signal: AbortSignal): EndWatch {
  const over = new AbortController();
  const unwatch = new AbortController();
  let exitCode: number | undefined;
  let failure: unknown;
  subject.waitForEnd(AbortSignal.any([signal, unwatch.signal])).then(
    (code) => {
      exitCode = code;
      over.abort(new Error(`the container ended with exit code ${code}`));
    },
    (error: unknown) => {
      failure = error;
      over.abort(error);
    },
  );
  return {
    get exitCode() {
      return exitCode;
    },
    get failure() {
      return failure;
    },
    signal: AbortSignal.any([signal, over.signal]),
    [Symbol.dispose]: () => unwatch.abort(),
  };
}
