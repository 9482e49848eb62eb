import { setMaxListeners } from 'node:events';
import { SlimtraceError } from '../../errors.js';
import type { Emit, Phase } from '../../events.js';
import { formatSeconds } from '../../report/format.js';
import { type Deadline, startDeadline } from '../../system/deadline.js';
import type { Deadlines } from './ci-options.js';

/** A watch over one image's work. Leaving its scope stops the clocks. */
export interface DeadlineWatch extends Disposable {
  /** Aborts when a time is up, or with the signal that was given. */
  readonly signal: AbortSignal;
  /** To be told every event of the work. */
  readonly emit: Emit;
  /** What to say once a time was up; undefined as long as none was. */
  readonly exceeded: SlimtraceError | undefined;
}

/** Starts the clock of `total`, and those of the phases whenever they start. */
export function watchDeadlines(deadlines: Deadlines, signal: AbortSignal): DeadlineWatch {
  const controller = new AbortController();
  // As many listen as to the signal that it stands for.
  setMaxListeners(0, controller.signal);
  const running = new Map<Phase | 'total', Deadline>();
  let exceeded: SlimtraceError | undefined;
  const start = (name: Phase | 'total') => {
    const limitMs = deadlines[name];
    stop(name);
    if (limitMs === undefined) return;
    const deadline = startDeadline(limitMs, controller.signal);
    running.set(name, deadline);
    deadline.signal.addEventListener('abort', () => {
      if (!deadline.hasPassed || controller.signal.aborted) return;
      exceeded = new SlimtraceError('deadline-exceeded', { name, limit: formatSeconds(limitMs) });
      controller.abort(exceeded);
    });
  };
  const stop = (name: Phase | 'total') => {
    running.get(name)?.[Symbol.dispose]();
    running.delete(name);
  };
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  start('total');
  return {
    signal: controller.signal,
    emit(event) {
      if (event.kind === 'phase-started') start(event.phase);
      if (event.kind === 'phase-finished') stop(event.phase);
    },
    get exceeded() {
      return exceeded;
    },
    [Symbol.dispose]() {
      signal.removeEventListener('abort', follow);
      for (const name of [...running.keys()]) stop(name);
    },
  };
}
