import { setMaxListeners } from 'node:events';
import { printable } from '../report/format.js';
import type { Host } from './terminal.js';

/** What can end a run from outside: a signal, a reader that closed our output, an exception nobody caught. */
export interface Interruption extends Disposable {
  /** Aborted by the first of them, so that everything under way is ended and cleaned up in good order. */
  readonly signal: AbortSignal;
  /** The first signal that came. */
  readonly by: NodeJS.Signals | undefined;
  /** An exception that escaped: a bug. */
  readonly bug: Error | undefined;
  /** Why our output can't be written, when that isn't for want of a reader. */
  readonly outputError: Error | undefined;
  /** See {@link StopRequest}. */
  catchStop(): StopRequest;
}

/** For a command that Ctrl-C ends in good order: the next SIGINT or SIGTERM aborts its signal, and interrupts nothing. */
export interface StopRequest extends Disposable {
  readonly signal: AbortSignal;
}

/** What runs us (npx, a shell script) may pass on the same Ctrl-C that we had from the terminal. */
const sameKeyMs = 500;

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Listens until disposed. Further signals change nothing: the clean-up is under way. */
export function watchInterruption(host: Host): Interruption {
  const controller = new AbortController();
  // Every command under way listens, and there may be dozens: that is no leak.
  setMaxListeners(0, controller.signal);
  let by: NodeJS.Signals | undefined;
  let bug: Error | undefined;
  let outputError: Error | undefined;
  let stop: AbortController | undefined;
  let stoppedMs = Number.NEGATIVE_INFINITY;
  const isForStop = (signal: NodeJS.Signals) => {
    if (stop === undefined || (signal !== 'SIGINT' && signal !== 'SIGTERM')) return false;
    if (stop.signal.aborted) return performance.now() - stoppedMs < sameKeyMs;
    stoppedMs = performance.now();
    stop.abort();
    return true;
  };
  const removals = signals.map((signal) => {
    const listener = () => {
      if (isForStop(signal)) return;
      if (by === undefined) host.stderr.write(`\n${signal}: cleaning up…\n`);
      by ??= signal;
      controller.abort(new Error(`interrupted by ${signal}`));
    };
    host.on(signal, listener);
    return () => host.off(signal, listener);
  });
  // Without this Node.js would end at once, and leave containers behind.
  const escaped = (error: Error) => {
    if (controller.signal.aborted) host.stderr.write(`warning: while cleaning up: ${printable(error.message)}\n`);
    else bug = error;
    controller.abort(error);
  };
  host.on('uncaughtException', escaped);
  // A reader that has seen enough (`| head`) closes the pipe; that is no reason to fail, nor to go on for long.
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') outputError ??= error;
    controller.abort(error);
  });
  // Progress that nobody reads any more is no loss; and to say so would be one more failure, for ever.
  host.stderr.on('error', () => {});
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    get bug() {
      return bug;
    },
    get outputError() {
      return outputError;
    },
    catchStop() {
      const caught = new AbortController();
      stop = caught;
      return {
        signal: caught.signal,
        [Symbol.dispose]: () => {
          stop = undefined;
        },
      };
    },
    [Symbol.dispose]() {
      for (const remove of removals) remove();
      host.off('uncaughtException', escaped);
    },
  };
}
