import { expect, test } from 'vitest';
import { tallyEntries, weighEntries } from '../../src/image/tally.js';
import { type Sketch, treeOf } from './tree-of.js';

/** What went from the first tree to the second. */
function gone(original: Readonly<Record<string, Sketch>>, slim: Readonly<Record<string, Sketch>>) {
  const [before, after] = [treeOf(original), treeOf(slim)];
  const removed = [...before.entries()].filter(({ path }) => !after.has(path));
  return tallyEntries(weighEntries(removed, before, after));
}

test('files and directories are counted apart', () => {
  expect(gone({ '/d/x': { body: '12345' }, '/l': { linkTarget: 'd' } }, {})).toEqual({
    files: 2,
    directories: 1,
    bytes: 5,
  });
});

test('the bytes of a file with several names went once, and only with its last name', () => {
  const linked: Sketch = { body: '12345', hardLinkId: '7' };
  expect(gone({ '/a': linked, '/b': linked, '/c': linked }, {}).bytes).toBe(5);
  expect(gone({ '/a': linked, '/b': linked, '/c': linked }, { '/c': { body: '12345' } })).toMatchObject({
    files: 2,
    bytes: 0,
  });
});
