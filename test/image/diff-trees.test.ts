import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffOptions, diffTrees } from '../../src/image/diff-trees.js';
import { type Sketch, treeOf } from './tree-of.js';

type Entries = Readonly<Record<string, Sketch>>;

function diff(original: Entries, slim: Entries, options: DiffOptions = {}) {
  const { removed, added, ...rest } = diffTrees(treeOf(original), treeOf(slim), options);
  return { ...rest, removed: removed.map(({ path }) => path), added: added.map(({ path }) => path) };
}

/** One path in both trees; its differences as `field: original -> slim`. */
function differences(original: Sketch, slim: Sketch): string[] {
  return diff({ '/x': original }, { '/x': slim }).metadata.map(
    ({ field, original, slim }) => `${field}: ${original} -> ${slim}`,
  );
}

const later = { seconds: 0, nanoseconds: 1 };

describe('diffTrees', () => {
  test('a tree does not differ from itself', () => {
    const entries: Entries = {
      '/a': { body: 'a', mode: 0o4755, xattrs: new Map([['user.x', Buffer.from('1')]]) },
      '/d/e': { linkTarget: '../a' },
    };
    const nothing = { removed: [], added: [], resized: [], doubtful: [], metadata: [], otherTimes: 0 };
    expect(diff(entries, entries)).toEqual(nothing);
  });

  test('says what went and what came, directories too, sorted', () => {
    const { removed, added } = diff({ '/b/x': {}, '/a': {}, '/keep': {} }, { '/keep': {}, '/z/y': {} });
    expect(removed).toEqual(['/a', '/b', '/b/x']);
    expect(added).toEqual(['/z', '/z/y']);
  });

  test('another length is another file; no contents are needed to know', () => {
    const { resized, doubtful } = diff({ '/x': { body: 'one' } }, { '/x': { body: 'three' } });
    expect([resized, doubtful]).toEqual([['/x'], []]);
  });

  test('a file of the same length is doubtful when anything else about it changed, by one nanosecond even', () => {
    expect(diff({ '/x': { body: 'one' } }, { '/x': { body: 'two', mtime: later } }).doubtful).toEqual(['/x']);
    expect(diff({ '/x': { body: 'one' } }, { '/x': { body: 'two', uid: 1 } }).doubtful).toEqual(['/x']);
    expect(diff({ '/x': { body: 'one' } }, { '/x': { body: 'two' } }).doubtful).toEqual([]);
    expect(diff({ '/x': { body: 'one' } }, { '/x': { body: 'two' } }, { isDeep: true }).doubtful).toEqual(['/x']);
  });

  test('empty files are alike, whatever their times', () => {
    expect(diff({ '/x': {} }, { '/x': { mtime: later } }, { isDeep: true }).doubtful).toEqual([]);
  });

  test('counts other times, but not those of directories, which follow from what is in them', () => {
    const original: Entries = { '/x': {}, '/d': { type: 'directory' }, '/l': { linkTarget: 'x' } };
    const slim: Entries = {
      '/x': { mtime: later },
      '/d': { type: 'directory', mtime: later },
      '/l': { linkTarget: 'x', mtime: later },
    };
    expect(diff(original, slim).otherTimes).toBe(2);
  });

  test.each<[string, Sketch, Sketch, string[]]>([
    ['a lost setuid bit', { mode: 0o4755 }, { mode: 0o755 }, ['mode: 4755 -> 0755']],
    ['a sticky directory', { type: 'directory', mode: 0o1777 }, { type: 'directory' }, ['mode: 1777 -> 0755']],
    ['files that became root’s', { uid: 101, gid: 102 }, {}, ['uid: 101 -> 0', 'gid: 102 -> 0']],
    ['a link to elsewhere', { linkTarget: 'a' }, { linkTarget: 'b' }, ['link target: a -> b']],
    ['a link that became a copy', { linkTarget: 'a' }, { body: 'a' }, ['type: symlink -> file']],
    [
      'another device',
      { type: 'character-device', device: { major: 1, minor: 3 } },
      { type: 'character-device', device: { major: 1, minor: 5 } },
      ['device: 1:3 -> 1:5'],
    ],
    [
      'a lost file capability, binary',
      { xattrs: new Map([['security.capability', Buffer.from([1, 0, 0, 2, 0xff])]]) },
      {},
      ['xattr security.capability: 0x01000002ff -> undefined'],
    ],
    [
      'an empty xattr that came',
      {},
      { xattrs: new Map([['user.e', Buffer.alloc(0)]]) },
      ['xattr user.e: undefined -> 0x'],
    ],
  ])('reports %s', (_, original, slim, expected) => {
    expect(differences(original, slim)).toEqual(expected);
  });

  test('hard links expanded into copies are reported: the image grows and nothing else shows it', () => {
    const original: Entries = { '/git': { hardLinkId: '7' }, '/git-add': { hardLinkId: '7' } };
    expect(diff(original, { '/git': {}, '/git-add': {} }).metadata).toEqual([
      { path: '/git-add', field: 'hard links', original: 'shared with /git', slim: undefined },
    ]);
  });

  test('other inode numbers, and a link count that fell with the names that went, are no difference', () => {
    const original: Entries = { '/a': { hardLinkId: '7' }, '/b': { hardLinkId: '7' }, '/c': { hardLinkId: '7' } };
    expect(diff(original, { '/b': { hardLinkId: '9' }, '/c': { hardLinkId: '9' } }).metadata).toEqual([]);
    expect(diff(original, { '/b': {} }).metadata).toEqual([]);
  });

  test('every path is in exactly one of removed, added and common, whatever the trees', () => {
    const names = fc.uniqueArray(fc.constantFrom('/a', '/a/b', '/a-b', '/a/b/c', '/d', '/d/e', '/é', '/\udcff'));
    const directories = (paths: readonly string[]): Entries =>
      Object.fromEntries(paths.map((path) => [path, { type: 'directory' }]));
    fc.assert(
      fc.property(names, names, (left, right) => {
        const [original, slim] = [treeOf(directories(left)), treeOf(directories(right))];
        const { removed, added, metadata } = diffTrees(original, slim);
        expect(removed.every(({ path }) => original.has(path) && !slim.has(path))).toBe(true);
        expect(added.every(({ path }) => slim.has(path) && !original.has(path))).toBe(true);
        expect(original.size - removed.length).toBe(slim.size - added.length);
        expect(metadata).toEqual([]);
      }),
    );
  });
});
