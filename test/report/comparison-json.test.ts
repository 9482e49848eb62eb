import { describe, expect, test } from 'vitest';
import { renderComparisonJson } from '../../src/report/comparison-json.js';
import { comparisonOf } from './comparison-of.js';
import { hostileNames } from './hostile-names.js';

describe('renderComparisonJson', () => {
  test('has the shape that scripts rely on', async () => {
    const parsed = JSON.parse(renderComparisonJson(await comparisonOf()));
    expect(Object.keys(parsed)).toEqual([
      'schemaVersion',
      'kind',
      'original',
      'slim',
      'reduction',
      'isDeep',
      'removed',
      'added',
      'changed',
      'largestRemoved',
      'removedPaths',
      'addedEntries',
      'changedFiles',
      'metadata',
      'otherTimes',
      'config',
      'packages',
      'durationMs',
    ]);
    expect(parsed).toMatchObject({
      schemaVersion: 1,
      kind: 'compare',
      original: { reference: 'app:1', files: 5, shells: ['/bin/sh'], setuidFiles: ['/usr/bin/su'], packages: 0 },
      removed: { files: 3, directories: 3, bytes: 900_004 },
      removedPaths: ['/bin/sh', '/usr/bin/gcc', '/usr/bin/su'],
      addedEntries: [
        { path: '/app/new', type: 'directory', mode: '0755', uid: 0, gid: 0, sizeBytes: 0 },
        { path: '/app/new/a', type: 'file', mode: '0644', sizeBytes: 2000 },
        { path: '/app/new/b', type: 'symlink', linkTarget: 'a' },
      ],
      config: [{ field: 'User', original: 'app', slim: null }],
      packages: { removed: [], added: [] },
      durationMs: 1235,
    });
  });

  test('names survive, whatever bytes they are made of', async () => {
    const slim = Object.fromEntries(hostileNames.map((name) => [`/${name}`, {}]));
    const text = renderComparisonJson(await comparisonOf({ original: {}, slim }));
    const paths = JSON.parse(text).addedEntries.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(hostileNames.map((name) => `/${name}`)));
    expect(Buffer.from(text).toString('utf8')).toBe(text);
  });

  test('a package database that cannot be read is null', async () => {
    const original = { '/var/lib/rpm/Packages': { body: 'x' } };
    const parsed = JSON.parse(renderComparisonJson(await comparisonOf({ original, slim: {} })));
    expect([parsed.original.packages, parsed.packages]).toEqual([null, null]);
  });
});
