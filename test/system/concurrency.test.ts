import { describe, expect, test } from 'vitest';
import { allOrNone, mapBounded } from '../../src/system/concurrency.js';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const never = new AbortController().signal;

class Held implements AsyncDisposable {
  isReleased = false;
  readonly #failure: Error | undefined;
  constructor(failure?: Error) {
    this.#failure = failure;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.isReleased = true;
    if (this.#failure !== undefined) throw this.#failure;
  }
}

describe('mapBounded', () => {
  test('keeps the order and the bound', async () => {
    let running = 0;
    let most = 0;
    const results = await mapBounded([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running);
      await sleep(item);
      running -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  test('the others have ended when the first failure is thrown: nothing goes on behind one’s back', async () => {
    let ended = 0;
    const work = async (item: number) => {
      await sleep(item);
      ended += 1;
      if (item < 20) throw new Error(`failed ${item}`);
    };
    await expect(mapBounded([10, 40, 5], 3, work)).rejects.toThrow('failed 10');
    expect(ended).toBe(3);
  });
});

describe('allOrNone', () => {
  test('gives every result in its place', async () => {
    expect(await allOrNone(2, never, () => [async () => 1, async () => 'two', async () => undefined])).toEqual([
      1,
      'two',
      undefined,
    ]);
  });

  test('releases what was opened when another fails, before and after the failure', async () => {
    const [early, late] = [new Held(), new Held()];
    const opening = allOrNone(3, never, () => [
      async () => early,
      async () => {
        await sleep(10);
        throw new Error('no such image');
      },
      async () => {
        await sleep(40);
        return late;
      },
    ]);
    await expect(opening).rejects.toThrow('no such image');
    expect([early.isReleased, late.isReleased]).toEqual([true, true]);
  });

  test('a release that fails hides neither the failure nor the other releases', async () => {
    const [broken, other] = [new Held(new Error('daemon gone')), new Held()];
    const opening = allOrNone(3, never, () => [
      async () => broken,
      async () => other,
      async () => {
        await sleep(10);
        throw new Error('the reason');
      },
    ]);
    await expect(opening).rejects.toThrow('the reason');
    expect(other.isReleased).toBe(true);
  });

  test('aborts what is still under way, and tells the failure, not the abort', async () => {
    const opening = allOrNone(2, never, (signal) => [
      async () => {
        await sleep(10);
        throw new Error('first');
      },
      () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    ]);
    await expect(opening).rejects.toThrow('first');
  });

  test('starts nothing more after a failure', async () => {
    let started = false;
    const opening = allOrNone(1, never, () => [
      async () => {
        throw new Error('first');
      },
      async () => {
        started = true;
      },
    ]);
    await expect(opening).rejects.toThrow('first');
    expect(started).toBe(false);
  });

  test('an abort from outside reaches the tasks', async () => {
    const abort = new AbortController();
    const opening = allOrNone(1, abort.signal, (signal) => [
      () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]);
    abort.abort(new Error('Ctrl-C'));
    await expect(opening).rejects.toThrow('Ctrl-C');
  });
});
