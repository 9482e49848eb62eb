import { expect, test } from 'vitest';
import { takeCensus } from '../../src/image/census.js';
import type { PackageOwnership } from '../../src/image/packages.js';
import { entryOf, type Sketch } from './tree-of.js';

function census(entries: Readonly<Record<string, Sketch>>, ownership: Partial<PackageOwnership> = {}) {
  const all = Object.entries(entries).map(([path, sketch]) => entryOf(path, sketch));
  const nobodys = { kind: 'dpkg', packages: [], records: [], ownerOf: () => undefined, filesOf: () => [] } as const;
  return takeCensus(all, { ...nobodys, ...ownership });
}

test('everything but directories is a file; bytes of hard links count once', () => {
  const counted = census({
    '/d': { type: 'directory' },
    '/a': { body: '12345', hardLinkId: '1' },
    '/b': { body: '12345', hardLinkId: '1' },
    '/c': { body: '12' },
    '/l': { linkTarget: 'a' },
    '/p': { type: 'fifo' },
  });
  expect(counted).toMatchObject({ files: 5, contentBytes: 7 });
});

test('setuid and setgid files are found wherever they are; a setgid directory is none', () => {
  const { setuidFiles } = census({
    '/opt/su': { mode: 0o4755 },
    '/opt/wall': { mode: 0o2755 },
    '/srv': { type: 'directory', mode: 0o2775 },
    '/link': { linkTarget: 'opt/su' },
    '/sticky': { mode: 0o1755 },
  });
  expect(setuidFiles).toEqual(['/opt/su', '/opt/wall']);
});

test('a shell is a program, not a name: links, data and directories do not count', () => {
  const { shells } = census({
    '/bin/sh': { linkTarget: 'dash' },
    '/bin/dash': {},
    '/usr/local/bin/bash': {},
    '/sbin/sh': {},
    '/usr/share/doc/bash': {},
    '/usr/bin/bash/x': {},
    '/bin/busybox': {},
    '/usr/bin/bashbug': {},
  });
  expect(shells).toEqual(['/bin/busybox', '/bin/dash', '/sbin/sh', '/usr/local/bin/bash']);
});

test('each shell counts once, by whichever name, and one that only a link names counts as well', () => {
  const { shells } = census({
    '/bin': { linkTarget: 'usr/bin' },
    '/usr/bin/dash': {},
    '/usr/bin/sh': { linkTarget: 'dash' },
    '/etc/alternatives/ksh': { linkTarget: '/bin/ksh93' },
    '/usr/bin/ksh': { linkTarget: '/etc/alternatives/ksh' },
    '/usr/bin/ksh93': {},
    '/usr/bin/bash': { linkTarget: '/opt/app/run' },
    '/opt/app/run': {},
    '/usr/bin/zsh': { linkTarget: 'gone' },
    '/usr/bin/ash': { linkTarget: '/opt' },
  });
  expect(shells).toEqual(['/opt/app/run', '/usr/bin/dash', '/usr/bin/ksh93']);
});

test.each([
  ...['/usr/bin/yash', '/bin/ksh2020', '/bin/zsh-5.9', '/bin/zsh5-static', '/bin/busybox.static', '/usr/bin/pwsh'],
  ...['/busybox/sh', '/usr/bin/lksh', '/opt/microsoft/bin/pwsh-preview', '/usr/lib/klibc/bin/mksh', '/usr/sbin/toybox'],
])('%s is a shell', (path) => {
  expect(census({ [path]: {} }).shells).toEqual([path]);
});

test.each(['/bin/ssh', '/bin/hash', '/bin/shasum', '/bin/bashbug', '/bin/bash.txt', '/bin/fish_indent', '/bin/sh.old'])(
  '%s is none',
  (path) => {
    expect(census({ [path]: { mode: 0o755 } }).shells).toEqual([]);
  },
);

test('outside of the directories of programs, what can be executed counts', () => {
  expect(census({ '/app/busybox': { mode: 0o755 }, '/usr/share/completions/bash': {} }).shells).toEqual([
    '/app/busybox',
  ]);
});

test('packages are those with a file here, not those in the database', () => {
  const ownership = { packages: ['a', 'b'], ownerOf: (path: string) => (path === '/a' ? 'a' : undefined) };
  expect(census({ '/a': {}, '/x': {} }, ownership).packages).toEqual(['a']);
  expect(census({ '/a': {} }, { kind: 'unknown' }).packages).toBeUndefined();
});
