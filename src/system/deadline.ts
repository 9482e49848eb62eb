/** A signal that aborts after a time, or with another signal. Leaving its scope stops the clock. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** True once the time itself is up. */
  readonly hasPassed: boolean;
}

/**
 * Starts a clock. Not AbortSignal.timeout: when only AbortSignal.any holds such a signal, Node.js 20 may collect it as
 * garbage, and it never fires.
 */
export function startDeadline(durationMs: number, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  let hasPassed = false;
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(() => {
    hasPassed = true;
    controller.abort(new Error('the time is up'));
  }, durationMs);
  return {
    signal: controller.signal,
    get hasPassed() {
      return hasPassed;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', follow);
    },
  };
}

/** Resolves once a signal is aborted, whatever for. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
