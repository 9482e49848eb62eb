import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { startDeadline } from '../../src/system/deadline.ts';

describe('a deadline', () => {
  test('aborts when the time is up, and says that it was the time', async () => {
    using deadline = startDeadline(10, new AbortController().signal);
    await once(deadline.signal, 'abort');
    expect(deadline.hasPassed).toBe(true);
  });

  test('follows the other signal, before and after it started', () => {
    const other = new AbortController();
    using before = startDeadline(60_000, other.signal);
    other.abort(new Error('stop'));
    using after = startDeadline(60_000, other.signal);
    for (const { signal, hasPassed } of [before, after]) {
      expect(signal.reason).toEqual(new Error('stop'));
      expect(hasPassed).toBe(false);
    }
  });
});
