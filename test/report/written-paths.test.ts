import { expect, test } from 'vitest';
import { placeEntry } from '../../src/build/composition.js';
import { writtenPaths } from '../../src/report/written-paths.js';
import { entryOf, treeOf } from '../image/tree-of.ts';

test('records, the directories that they need and links to a base are slimtrace’s own; moved files are not', () => {
  const record = { entry: entryOf('/var/lib/dpkg/status.d/app'), contents: new Uint8Array() };
  const others = [
    entryOf('/var/lib/dpkg', { type: 'directory' }),
    entryOf('/var/lib/dpkg/status.d', { type: 'directory' }),
    entryOf('/lib/python3', { linkTarget: '/usr/lib/python3' }),
    entryOf('/lib/libapp.so'),
  ].map(placeEntry);
  const original = treeOf({ '/var/lib/dpkg': { type: 'directory' }, '/usr/lib/libapp.so': {} });
  expect(writtenPaths([record, ...others], original)).toEqual([
    '/var/lib/dpkg/status.d/app',
    '/var/lib/dpkg/status.d',
    '/lib/python3',
  ]);
});
