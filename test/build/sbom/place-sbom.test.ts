import { expect, test } from 'vitest';
import { placeSbom } from '../../../src/build/sbom/place-sbom.js';
import { type Sketch, treeOf } from '../../image/tree-of.js';

function placesIn(entries: Readonly<Record<string, Sketch>>): string[] {
  return placeSbom({ a: 1 }, treeOf(entries).entries()).map(({ entry: { path, type } }) => `${type} ${path}`);
}

test('an SBOM stands where scanners look, with the directories that are missing', () => {
  expect(placesIn({ '/usr/share/doc': { type: 'directory' } })).toEqual([
    'directory /usr/share/sbom',
    'file /usr/share/sbom/slimtrace.cdx.json',
  ]);
  expect(placesIn({ '/server': {} })).toEqual([
    'directory /usr',
    'directory /usr/share',
    'directory /usr/share/sbom',
    'file /usr/share/sbom/slimtrace.cdx.json',
  ]);
});

test('no link becomes a directory, and nothing that is there is replaced but a file', () => {
  expect(placesIn({ '/usr': { linkTarget: '/system' }, '/system/share': { type: 'directory' } })).toEqual([
    'directory /system/share/sbom',
    'file /system/share/sbom/slimtrace.cdx.json',
  ]);
  expect(placesIn({ '/usr/share': { linkTarget: '../nowhere' } })).toEqual([
    'directory /usr/sbom',
    'file /usr/sbom/slimtrace.cdx.json',
  ]);
  expect(placesIn({ '/usr/share/sbom/slimtrace.cdx.json/x': {} })).toEqual([
    'file /usr/share/sbom/_slimtrace.cdx.json',
  ]);
});
