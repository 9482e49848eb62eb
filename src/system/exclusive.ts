/**
 * Runs `work` for every item, in their order, at most `limit` at a time, and never two at once that use the same thing
 * (`usedBy`): an item that has to wait lets those after it go first. Keeps the order of the results; when one fails the
 * others are waited for before the first failure is thrown.
 */
export async function mapExclusive<T, R>(
  items: readonly T[],
  { limit, usedBy }: { readonly limit: number; readonly usedBy: (item: T) => ReadonlySet<string> },
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const waiting = items.map((item, index) => ({ item, index, uses: usedBy(item) }));
  const running = new Set<Promise<void>>();
  const inUse = new Set<string>();
  const results: R[] = [];
  const failures: unknown[] = [];
  const begin = ({ item, index, uses }: (typeof waiting)[number]) => {
    for (const one of uses) inUse.add(one);
    const ended = work(item)
      .then(
        (result) => {
          results[index] = result;
        },
        (error: unknown) => {
          failures.push(error);
        },
      )
      .finally(() => {
        for (const one of uses) inUse.delete(one);
        running.delete(ended);
      });
    running.add(ended);
  };
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < limit ? waiting.findIndex(({ uses }) => ![...uses].some((one) => inUse.has(one))) : -1;
    const [chosen] = next < 0 ? [] : waiting.splice(next, 1);
    if (chosen !== undefined) begin(chosen);
    else await Promise.race(running);
  }
  if (failures.length > 0) throw failures[0];
  return results;
}
