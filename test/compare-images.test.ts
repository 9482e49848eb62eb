import { describe, expect, test } from 'vitest';
import { compareOpened, withFallback } from '../src/compare-images.js';
import type { PackageOwnership } from '../src/image/packages.js';
import type { ImagePath } from '../src/image/path.js';
import { imageOf, type Sketch } from './image/tree-of.js';

const options = (isDeep = false) => ({ isDeep, emit: () => {}, signal: new AbortController().signal });

async function compare(
  original: Readonly<Record<string, Sketch>>,
  slim: Readonly<Record<string, Sketch>>,
  isDeep = false,
) {
  const [before, after] = [imageOf(original), imageOf(slim, { id: 'sha256:2' })];
  return { before, after, comparison: await compareOpened(before, after, options(isDeep)) };
}

const at = (seconds: number) => ({ mtime: { seconds, nanoseconds: 0 } });
const dpkg: Readonly<Record<string, Sketch>> = {
  '/var/lib/dpkg/info/bash.list': { body: '/.\n/bin\n/bin/bash\n' },
  '/var/lib/dpkg/info/libc6:amd64.list': { body: '/lib/libc.so\n' },
  '/bin/bash': { body: 'sh' },
  '/lib/libc.so': { body: 'libc' },
};

describe('compareOpened', () => {
  test('contents are read only where size and the rest leave it open', async () => {
    const { before, after, comparison } = await compare(
      { '/same': { body: 'a' }, '/touched': { body: 'b' }, '/edited': { body: 'c' }, '/grown': { body: 'd' } },
      {
        '/same': { body: 'a' },
        '/touched': { body: 'b', ...at(9) },
        '/edited': { body: 'X', ...at(9) },
        '/grown': { body: 'dd' },
      },
    );
    expect(before.fetched).toEqual(['/edited', '/touched']);
    expect(after.fetched).toEqual(before.fetched);
    expect(comparison.changedFiles).toEqual([
      { path: '/edited', originalBytes: 1, slimBytes: 1 },
      { path: '/grown', originalBytes: 1, slimBytes: 2 },
    ]);
    expect(comparison.changed).toEqual({ files: 2, originalBytes: 2, slimBytes: 3 });
    expect(comparison.otherTimes).toBe(2);
  });

  test('an edit that kept size and time is found by a deep comparison, and only by it', async () => {
    const pair = [{ '/x': { body: 'good' } }, { '/x': { body: 'evil' } }] as const;
    expect((await compare(...pair)).comparison.changedFiles).toEqual([]);
    expect((await compare(...pair, true)).comparison.changedFiles.map(({ path }) => path)).toEqual(['/x']);
  });

  test('a change behind the first megabyte is found', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024);
    const other = Buffer.from(body);
    other[body.length - 1] = 1;
    const { comparison } = await compare({ '/big': { body } }, { '/big': { body: other } }, true);
    expect(comparison.changedFiles).toHaveLength(1);
  });

  test('a slim image without a package database still tells which packages have files left', async () => {
    const { comparison } = await compare(dpkg, { '/lib/libc.so': { body: 'libc' } });
    expect(comparison.original.census.packages).toEqual(['bash', 'libc6']);
    expect(comparison.slim.census.packages).toEqual(['libc6']);
    expect(comparison.packages).toEqual({ removed: ['bash'], added: [] });
  });

  test('a package database that cannot be read is unknown, not empty', async () => {
    const { comparison } = await compare({ '/var/lib/rpm/rpmdb.sqlite': { body: 'x' }, '/a': {} }, { '/a': {} });
    expect(comparison.original.census.packages).toBeUndefined();
    expect(comparison.packages).toBeUndefined();
  });
});

describe('withFallback', () => {
  const ownership = (kind: PackageOwnership['kind'], owners: Readonly<Record<string, string>>): PackageOwnership => ({
    kind,
    packages: Object.values(owners),
    records: [],
    ownerOf: (path) => owners[path],
    filesOf: () => [],
  });
  const path = '/lib/x' as ImagePath;

  test('the rest of a database does not hide what the whole one knows', () => {
    const whole = ownership('dpkg', { '/lib/x': 'libx', '/bin/y': 'y' });
    expect(withFallback(ownership('dpkg', { '/bin/y': 'y' }), whole).ownerOf(path)).toBe('libx');
    expect(withFallback(ownership('none', {}), whole).ownerOf(path)).toBe('libx');
  });

  test('an image of another distribution is not explained by this one’s packages', () => {
    expect(withFallback(ownership('apk', {}), ownership('dpkg', { '/lib/x': 'libx' })).ownerOf(path)).toBeUndefined();
  });
});
