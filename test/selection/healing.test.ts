import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaths } from '../../src/image/file-tree.js';
import { missedPaths, withoutIdleListings } from '../../src/selection/missed-paths.js';
import type { Trace } from '../../src/trace/trace.js';
import { selectFrom, smallImage, smallTrace } from './small-image.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const file = fc
  .tuple(fc.constantFrom('/x', '/y', '/x/deep', '/z/link'), fc.constantFrom(...names))
  .map(([directory, name]) => `${directory}/${name}`);

/** An application: what it looks for from the beginning, and what finding a path makes it look for. */
const app = fc.record({
  tree: fc.uniqueArray(file, { minLength: 1, maxLength: 16 }),
  first: fc.array(file, { maxLength: 4 }),
  next: fc.dictionary(file, fc.array(file, { maxLength: 4 }), { maxKeys: 12 }),
  /** What the original's run, unlike the slim image's, doesn't do. */
  onlyWhenSlim: fc.array(file, { maxLength: 3 }),
});

/** What such an application looks for where it can see some paths only. */
function lookups(first: readonly string[], next: Readonly<Record<string, string[]>>, sees: (path: string) => boolean) {
  const looked = new Set<string>();
  const queue = [...first];
  for (const path of queue) {
    if (looked.has(path)) continue;
    looked.add(path);
    if (sees(path)) queue.push(...(next[path] ?? []));
  }
  return [...looked];
}

async function heal(
  {
    tree,
    first,
    next,
    onlyWhenSlim,
  }: { tree: string[]; first: string[]; next: Record<string, string[]>; onlyWhenSlim: string[] },
  order: (lines: readonly string[]) => readonly string[],
) {
  const image = smallImage(tree.join('\n'));
  // The original was seen in one run that took another way: it looked for the first things alone.
  const trace = order(first);
  const rounds: (readonly string[])[] = [];
  const sizes: number[] = [];
  for (;;) {
    const { selection } = await selectFrom(image, { trace, healed: rounds });
    sizes.push(selection.size);
    const seen = smallTrace(...lookups([...first, ...onlyWhenSlim], next, (path) => selection.has(path as never)));
    const missed: Trace = missedPaths(seen, { tree: image.tree, trace: smallTrace() }, selection);
    if (missed.paths.length === 0) return { selection, rounds, sizes, image, seen };
    rounds.push(order(missed.paths.map(({ path }) => path)));
    if (rounds.length > 100) throw new Error('it does not end');
  }
}

describe('healing', () => {
  it('only grows, ends, and leaves nothing missing that the original has', async () => {
    await fc.assert(
      fc.asyncProperty(app, async (example) => {
        const { selection, sizes, image, seen } = await heal(example, (lines) => lines);
        expect([...sizes].sort((left, right) => left - right)).toEqual(sizes);
        expect(new Set(sizes).size, 'each round adds something').toBe(sizes.length);
        expect(sizes.length).toBeLessThanOrEqual(image.tree.size + 1);
        for (const { path } of seen.paths) if (image.tree.has(path)) expect(selection.has(path as never)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same whatever the order of the traces', async () => {
    await fc.assert(
      fc.asyncProperty(app, async (example) => {
        const forwards = await heal(example, (lines) => [...lines].sort(comparePaths));
        const backwards = await heal(example, (lines) => [...lines].sort(comparePaths).reverse());
        expect([...backwards.selection]).toEqual([...forwards.selection]);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the same when all rounds come at once as when they come one by one', async () => {
    await fc.assert(
      fc.asyncProperty(app, async (example) => {
        const { selection, rounds, image } = await heal(example, (lines) => lines);
        const atOnce = await selectFrom(image, { trace: example.first, healed: [rounds.flat()] });
        expect([...atOnce.selection.keys()]).toEqual([...selection.keys()]);
      }),
      { numRuns: 150 },
    );
  });

  it('says for a healed path who looked for it, and in which round', async () => {
    const { selection } = await selectFrom(smallImage('/app\n/one\n/two'), {
      trace: ['exec /app'],
      healed: [['/one'], ['stat /two']],
    });
    expect(selection.get('/one' as never)?.[0]).toMatchObject({ kind: 'healed', round: 1, named: '/one' });
    expect(selection.get('/two' as never)?.[0]).toMatchObject({ kind: 'healed', round: 2, accesses: ['stat'] });
  });

  it('gives a directory of plugins that only the slim image listed all its names, and no other directory', async () => {
    const packs = [
      { name: 'mine', because: 'loads what is there', when: { kept: ['/app'] }, keep: [], plugins: ['/plugins'] },
    ];
    const image = smallImage('/app\n/plugins/one\n/plugins/two\n/other/file');
    const options = { packs };
    const before = await selectFrom(image, { trace: ['exec /app', 'opendir /plugins', 'opendir /other'], options });
    const original = { tree: image.tree, trace: smallTrace() };
    const run = smallTrace('opendir,list /plugins', 'opendir,list /other');
    const lacked = missedPaths(run, original, before.selection);
    expect(lacked.paths.map(({ path, accesses }) => [path, accesses])).toEqual([
      ['/plugins', ['list']],
      ['/other', ['list']],
    ]);
    const lines = lacked.paths.map(({ path }) => `list ${path}`);
    const after = await selectFrom(image, {
      trace: ['exec /app', 'opendir /plugins', 'opendir /other'],
      healed: [lines],
      options,
    });
    expect(after.kept).toEqual(['/app', '/other', '/plugins', '/plugins/one', '/plugins/two']);
    expect(after.selection.get('/plugins/one' as never)?.[0]).toMatchObject({ kind: 'enumerated', pack: 'mine' });
    const told = withoutIdleListings(lacked, image.tree, before.selection, after.selection);
    expect(told.paths.map(({ path }) => path)).toEqual(['/plugins']);
    const listedByBoth = { tree: image.tree, trace: run };
    expect(missedPaths(run, listedByBoth, before.selection).paths).toEqual([]);
  });

  it('misses a symlink on the way, and the directory that a missing file would stand in', () => {
    const { tree } = smallImage('/real/file\n/link -> /real\n/var/lib/app/');
    const kept = new Map(
      [...tree.entries()].filter(({ path }) => path.startsWith('/real')).map(({ path }) => [path, []]),
    );
    kept.set('/' as never, []);
    const missed = missedPaths(
      smallTrace('/link/file', '/real/file', '/var/lib/app/new', '/nowhere'),
      { tree, trace: smallTrace() },
      kept,
    );
    expect(missed.paths.map(({ path }) => path)).toEqual(['/link/file', '/var/lib/app/new']);
  });
});
