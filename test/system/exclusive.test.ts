import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapExclusive } from '../../src/system/exclusive.js';

/** Runs `NAME:USES` items, and tells which were under way together. */
async function together(items: readonly string[], limit: number): Promise<ReadonlySet<string>> {
  const running = new Set<string>();
  const seen = new Set<string>();
  const usedBy = (item: string) => new Set((item.split(':')[1] ?? '').split(',').filter((use) => use !== ''));
  const results = await mapExclusive(items, { limit, usedBy }, async (item) => {
    running.add(item);
    seen.add([...running].sort().join(' '));
    await sleep(5);
    running.delete(item);
    return item;
  });
  expect(results, 'in the order of the items').toEqual(items);
  return seen;
}

test('at most so many at once', async () => {
  const sizes = [...(await together(['a', 'b', 'c', 'd', 'e'], 2))].map((names) => names.split(' ').length);
  expect(Math.max(...sizes)).toBe(2);
});

test('two that use the same thing are never under way together; what comes after them need not wait', async () => {
  const seen = await together(['a:db', 'b:db,net', 'c:net', 'd'], 3);
  for (const names of seen) {
    expect(names).not.toMatch(/a:db.*b:db/);
    expect(names).not.toMatch(/b:db,net.*c:net/);
  }
  expect(seen).toContain('a:db c:net d');
});

test('when one fails the others come to their end before it is told', async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    await sleep(5 * item);
    if (item === 1) throw new Error('the first');
    ended.push(item);
  };
  await expect(mapExclusive([1, 2, 3], { limit: 3, usedBy: () => new Set() }, work)).rejects.toThrow('the first');
  expect(ended).toEqual([2, 3]);
});

test('nothing to do is done at once', async () => {
  expect(await mapExclusive([], { limit: 1, usedBy: () => new Set() }, async () => 1)).toEqual([]);
});
