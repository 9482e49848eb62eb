import { expect, test } from 'vitest';
import { placeEntry } from '../../src/build/composition.js';
import { reportWritten } from '../../src/report/written-entries.js';
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
  const layers = [{ kind: 'all' as const, files: [record, ...others], whiteouts: [] }];
  expect(reportWritten({ composition: { base: undefined, layers }, tree: original })).toEqual([
    ['/var/lib/dpkg/status.d/app', 'file', 0, 0],
    ['/var/lib/dpkg/status.d', 'directory', 0, 0],
    ['/lib/python3', 'symlink', 0, 0],
  ]);
});
