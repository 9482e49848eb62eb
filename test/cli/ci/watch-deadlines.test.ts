import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { watchDeadlines } from '../../../src/cli/ci/watch-deadlines.js';

const never = new AbortController().signal;
const finished = { kind: 'phase-finished', phase: 'trace', detail: '', durationMs: 1 } as const;

describe('the watch over one image', () => {
  test('a phase that takes too long ends the work, and is named', async () => {
    using watch = watchDeadlines({ trace: 10, verify: 60_000 }, never);
    watch.emit({ kind: 'phase-started', phase: 'verify' });
    watch.emit({ kind: 'phase-started', phase: 'trace' });
    await once(watch.signal, 'abort');
    expect(watch.exceeded?.message).toBe('the phase trace took longer than 0.0 s');
    expect(watch.exceeded?.hint).toContain('--deadline trace=TIME');
    expect(watch.exceeded?.exitCode).toBe(3);
  });

  test('a phase that is over in time is over; begun again, it has its time again', async () => {
    using watch = watchDeadlines({ trace: 30 }, never);
    watch.emit({ kind: 'phase-started', phase: 'trace' });
    watch.emit(finished);
    await sleep(60);
    expect(watch.signal.aborted).toBe(false);
    watch.emit({ kind: 'phase-started', phase: 'trace' });
    await once(watch.signal, 'abort');
  });

  test('all of it', async () => {
    using watch = watchDeadlines({ total: 10 }, never);
    await once(watch.signal, 'abort');
    expect(watch.exceeded?.message).toBe('it took longer than 0.0 s altogether');
  });

  test('an interruption is passed on, and is no deadline', async () => {
    const outer = new AbortController();
    using watch = watchDeadlines({ total: 20 }, outer.signal);
    outer.abort(new Error('interrupted'));
    expect(watch.signal.reason).toEqual(new Error('interrupted'));
    await sleep(40);
    expect(watch.exceeded).toBeUndefined();
    expect(watchDeadlines({}, outer.signal).signal.aborted).toBe(true);
  });

  test('once it is left, nothing happens any more', async () => {
    const watch = watchDeadlines({ total: 10, trace: 10 }, never);
    watch.emit({ kind: 'phase-started', phase: 'trace' });
    watch[Symbol.dispose]();
    await sleep(30);
    expect(watch.signal.aborted).toBe(false);
  });
});

test('may be listened to by as many commands as an image runs, without a warning about a leak', async () => {
  const warnings: Error[] = [];
  const listener = (warning: Error) => warnings.push(warning);
  process.on('warning', listener);
  using watch = watchDeadlines({}, never);
  for (let count = 0; count < 30; count++) watch.signal.addEventListener('abort', () => {}, { once: true });
  await sleep(1);
  process.off('warning', listener);
  expect(warnings).toEqual([]);
});
