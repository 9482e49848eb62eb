import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDirectories } from '../../src/image/largest-directories.js';
import { entryOf, treeOf } from './tree-of.js';

/** The listing as lines; `sizes` are the files that went, `left` those that are still there. */
function list(sizes: Readonly<Record<string, number>>, left: readonly string[] = [], limit = 10): string[] {
  const removed = Object.entries(sizes).map(([path, bytes]) => ({ entry: entryOf(path), bytes }));
  const slim = treeOf(Object.fromEntries(left.map((path) => [path, {}])));
  return largestDirectories(removed, slim, limit).map(
    ({ path, bytes, files, isRest, isGone }) =>
      `${path} ${bytes} in ${files}${isRest ? ' rest' : ''}${isGone ? ' gone' : ''}`,
  );
}

describe('largestDirectories', () => {
  test('a directory is listed once, not with every ancestor', () => {
    expect(list({ '/usr/lib/gcc/12/cc1': 600, '/usr/lib/gcc/12/lto1': 400 })).toEqual([
      '/usr/lib/gcc/12 1000 in 2 gone',
    ]);
  });

  test('a thousand small directories are told as the one that holds them', () => {
    const modules = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`/app/node_modules/m${at}/i.js`, 1]));
    expect(list(modules)).toEqual(['/app/node_modules 1000 in 1000 gone']);
  });

  test('what is beside a large part is listed as the rest', () => {
    expect(list({ '/usr/share/doc/x': 800, '/usr/share/a/x': 9, '/usr/share/b/y': 9, '/usr/share/z': 9 })).toEqual([
      '/usr/share/doc 800 in 1 gone',
      '/usr/share 27 in 3 rest gone',
    ]);
  });

  test('a directory of which something is left is not called gone', () => {
    expect(list({ '/bin/a': 10 }, ['/bin/b'])).toEqual(['/bin 10 in 1']);
  });

  test('what is too small for the list counts with the listed directory above it', () => {
    const sizes = { '/u/a/x': 50, '/u/b/x': 30, '/u/c/x': 20, '/u/x': 40 };
    expect(list(sizes, [], 2)).toEqual(['/u 90 in 3 rest gone', '/u/a 50 in 1 gone']);
  });

  test('nothing is listed when no byte went', () => {
    expect(list({ '/d/empty': 0 })).toEqual([]);
    expect(list({})).toEqual([]);
  });

  test('no byte is counted twice, the list is no longer than asked and sorted, whatever went', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd-e', 'f'), { minLength: 1, maxLength: 5 })
      .map((names) => `/${names.join('/')}/file`);
    fc.assert(
      fc.property(fc.dictionary(path, fc.nat(1000)), fc.integer({ min: 1, max: 10 }), (sizes, limit) => {
        const removed = Object.entries(sizes).map(([path, bytes]) => ({ entry: entryOf(path), bytes }));
        const shares = largestDirectories(removed, treeOf({}), limit);
        const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
        expect(shares.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(total);
        expect(shares.length).toBeLessThanOrEqual(limit);
        expect(shares.map(({ bytes }) => bytes)).toEqual(shares.map(({ bytes }) => bytes).sort((a, b) => b - a));
        expect(new Set(shares.map(({ path }) => path)).size).toBe(shares.length);
      }),
    );
  });
});
