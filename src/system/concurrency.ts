import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';

/**
 * Runs `work` for every item, at most `limit` at a time, and keeps the order of the results. When one fails, the
 * others are waited for before the first failure is thrown: what they hold is released by then.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const bounded = pLimit(limit);
  const settled = await Promise.allSettled(items.map((item, index) => bounded(() => work(item, index))));
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

type Results<T extends readonly (() => Promise<unknown>)[]> = { -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> };

/**
 * Runs different tasks at the same time, at most `limit`. When one fails the others' signal is aborted, they are waited
 * for, what they had opened is released, and the first failure is thrown.
 */
export async function allOrNone<const T extends readonly (() => Promise<unknown>)[]>(
  limit: number,
  signal: AbortSignal,
  tasks: (signal: AbortSignal) => T,
): Promise<Results<T>> {
  const failed = new AbortController();
  const bounded = pLimit(limit);
  let firstFailure: { readonly reason: unknown } | undefined;
  const either = AbortSignal.any([signal, failed.signal]);
  // Every command of every task listens to it.
  setMaxListeners(0, either);
  const settled = await Promise.allSettled(
    tasks(either).map((task) =>
      bounded(async () => {
        try {
          either.throwIfAborted();
          return await task();
        } catch (reason) {
          // Told in here: the next task in the queue starts as soon as this one has ended.
          firstFailure ??= { reason };
          failed.abort(reason);
          throw reason;
        }
      }),
    ),
  );
  if (firstFailure === undefined)
    return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results<T>;
  for (const outcome of settled)
    if (outcome.status === 'fulfilled' && isDisposable(outcome.value)) await release(outcome.value);
  throw firstFailure.reason;
}

/** What was the first failure has to be told, not one of cleaning up after it. */
async function release(resource: AsyncDisposable): Promise<void> {
  try {
    await resource[Symbol.asyncDispose]();
  } catch {}
}

function isDisposable(value: unknown): value is AsyncDisposable {
  return typeof value === 'object' && value !== null && Symbol.asyncDispose in value;
}
