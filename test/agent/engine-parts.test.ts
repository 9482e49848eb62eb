import { expect, test } from 'vitest';
import { withoutEngineParts } from '../../src/agent/engine-parts.ts';
import type { EntryType, TreeEntry } from '../../src/image/file-tree.ts';
import { asImagePath } from '../../src/image/path.ts';

const built = 1_700_000_000;
const listed = 1_800_000_000;
const created = new Date(built * 1000).toISOString();

function entry(path: string, seconds: number, type: EntryType = 'directory'): TreeEntry {
  const mtime = { seconds, nanoseconds: 5 };
  return { path: asImagePath(path), type, mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, mtime };
}

const times = (entries: readonly TreeEntry[]) =>
  Object.fromEntries(entries.map(({ path, mtime }) => [path, mtime.seconds]));

test('two listings of one image are equal, though the engine wrote into both', () => {
  const listing = (now: number) => [
    ...['/', '/dev', '/dev/pts', '/dev/shm', '/etc', '/proc', '/sys', '/.slimtrace'].map((path) => entry(path, now)),
    ...['/.dockerenv', '/dev/console', '/etc/hosts', '/.slimtrace/slimtrace-agent'].map((path) =>
      entry(path, now, 'file'),
    ),
    entry('/etc/passwd', 1000, 'file'),
  ];
  const first = withoutEngineParts(listing(listed), created, []);
  expect(times(first)).toEqual({ '/': built, '/dev': built, '/etc': built, '/etc/passwd': 1000 });
  expect(withoutEngineParts(listing(listed + 500), created, [])).toEqual(first);
});

test('/dev and /etc stay, since nothing tells the image’s own from those that the engine made', () => {
  const parts = ['/.dockerenv', '/dev/console', '/etc/hosts', '/etc/hostname'].map((path) =>
    entry(path, listed, 'file'),
  );
  expect(times(withoutEngineParts([entry('/dev', listed), entry('/etc', listed), ...parts], created, []))).toEqual({
    '/dev': built,
    '/etc': built,
  });
});

test('what the image has itself is kept, with its time', () => {
  const own = [entry('/proc', 1000), entry('/dev/shm', 2000), entry('/etc/mtab', 3000, 'symlink')];
  expect(withoutEngineParts([entry('/.dockerenv', listed, 'file'), ...own], created, [])).toEqual(own);
});

test('a directory made for a volume the image lacks has the time of the image, and so have those it was made in', () => {
  const entries = [
    entry('/.dockerenv', listed, 'file'),
    ...[entry('/srv', listed + 1), entry('/srv/data', listed + 1)],
    ...[entry('/var', 1000), entry('/var/lib', 1000), entry('/opt', listed + 1)],
  ];
  expect(times(withoutEngineParts(entries, created, ['/srv/data/', '/var/lib']))).toEqual({
    ...{ '/srv': built, '/srv/data': built },
    ...{ '/var': 1000, '/var/lib': 1000, '/opt': listed + 1 },
  });
});

test('an image without a date, or from before 1970, has the time 0', () => {
  for (const date of ['', '0001-01-01T00:00:00Z', 'nonsense'])
    expect(times(withoutEngineParts([entry('/', listed)], date, []))).toEqual({ '/': 0 });
});

test('what Podman puts in goes as well, and its /run has the time of the image', () => {
  const listing = (now: number) => [
    ...['/', '/run', '/etc'].map((path) => entry(path, now)),
    ...['/run/.containerenv', '/etc/hosts'].map((path) => entry(path, now, 'file')),
    entry('/proc', now),
  ];
  const first = withoutEngineParts(listing(listed), created, []);
  expect(times(first)).toEqual({ '/': built, '/run': built, '/etc': built });
  expect(withoutEngineParts(listing(listed + 500), created, [])).toEqual(first);
});
