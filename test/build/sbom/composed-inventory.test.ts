import { expect, test } from 'vitest';
import { stackedEntries } from '../../../src/build/layers/stacked-entries.js';
import { composeInventory } from '../../../src/build/sbom/composed-inventory.js';
import { treeOf } from '../../image/tree-of.js';
import { inventoryOf, packageOf } from './inventory-of.js';

const summary = ({ kept, gone }: ReturnType<typeof composeInventory>) => ({
  kept: kept.map(({ package: { purl }, extent, filesKept, files, isOfBase }) => [
    purl,
    extent,
    filesKept,
    files,
    isOfBase,
  ]),
  gone: gone.map(({ purl }) => purl),
});

test('in full, in part, gone, and what nobody can tell', () => {
  const packages = [
    packageOf('pkg:deb/debian/a@1', 2),
    packageOf('pkg:deb/debian/b@1', 3),
    packageOf('pkg:deb/debian/c@1', 1),
    packageOf('pkg:deb/debian/meta@1', 0),
    packageOf('pkg:deb/debian/unlisted@1', undefined),
  ];
  expect(summary(inventoryOf(packages, ['/a/0', '/a/1', '/b/2', '/x']))).toEqual({
    kept: [
      ['pkg:deb/debian/a@1', 'full', 2, 2, false],
      ['pkg:deb/debian/b@1', 'part', 1, 3, false],
      ['pkg:deb/debian/unlisted@1', 'unknown', 0, 0, false],
    ],
    gone: ['pkg:deb/debian/c@1', 'pkg:deb/debian/meta@1'],
  });
});

test('a base’s packages count as far as their files are still the base’s own', () => {
  const tree = treeOf({ '/base/0': {}, '/base/1': {}, '/both/0': {}, '/both/1': {}, '/replaced/0': {} });
  const packages = [packageOf('pkg:deb/debian/both@1', 2), packageOf('pkg:deb/debian/replaced@2', 1)];
  const ofBase = [
    packageOf('pkg:deb/debian/base@1', 2),
    packageOf('pkg:deb/debian/both@1', 2),
    packageOf('pkg:deb/debian/replaced@1', 1),
  ];
  const replaced = treeOf({ '/replaced/0': {} }).get('/replaced/0');
  const composed = composeInventory({
    original: { distribution: undefined, packages },
    isKept: (path) => ['/both/0', '/replaced/0'].includes(path),
    base: { inventory: { distribution: undefined, packages: ofBase }, tree },
    entries: [...tree.entries()].flatMap((entry) =>
      entry.path === '/base/1' ? [] : entry.path === '/replaced/0' && replaced ? replaced : entry,
    ),
  });
  expect(summary(composed)).toEqual({
    kept: [
      ['pkg:deb/debian/base@1', 'part', 1, 2, true],
      ['pkg:deb/debian/both@1', 'full', 2, 2, true],
      ['pkg:deb/debian/replaced@2', 'full', 1, 1, false],
    ],
    gone: [],
  });
});

test('a base’s files of two names are its own as well: their package is in the SBOM, unless ours took their place', () => {
  const base = treeOf({ '/zone/0': { hardLinkId: '1' }, '/zone/1': { hardLinkId: '1' }, '/x/0': { hardLinkId: '2' } });
  const ours = treeOf({ '/x/0': { hardLinkId: '2' } }).get('/x/0');
  const composed = composeInventory({
    original: { distribution: undefined, packages: [] },
    isKept: () => false,
    base: {
      inventory: {
        distribution: undefined,
        packages: [packageOf('pkg:deb/debian/zone@1', 2), packageOf('pkg:deb/debian/x@1', 1)],
      },
      tree: base,
    },
    entries: stackedEntries(base.entries(), { files: ours ? [{ entry: ours }] : [], whiteouts: [] }),
  });
  expect(summary(composed).kept).toEqual([['pkg:deb/debian/zone@1', 'full', 2, 2, true]]);
});
