import { describe, expect, test } from 'vitest';
import { FileTree } from '../../src/image/file-tree.js';
import { findNamed } from '../../src/selection/named-entries.js';
import { matchesAny } from '../../src/selection/path-matcher.js';
import { entryOf, type Sketch, treeOf } from '../image/tree-of.js';

const merged = {
  '/bin': { linkTarget: 'usr/bin' },
  '/usr/bin/sh': { linkTarget: 'dash' },
  '/usr/bin/dash': {},
  '/lib': { linkTarget: 'usr/lib' },
  '/usr/lib/x86_64-linux-gnu/libc.so.6': {},
  '/usr/lib64': { linkTarget: '/lib/x86_64-linux-gnu' },
  '/app/current': { linkTarget: 'releases/7' },
  '/app/releases/7/tools': { linkTarget: '../../../bin' },
  '/app/releases/7/[id].js': {},
} as const;

/** As `/path` or `/path as /name`. */
function named(entries: Readonly<Record<string, Sketch>>, pattern: string): readonly string[] {
  return findNamed(treeOf(entries))(pattern).map(({ path, name }) => (path === name ? path : `${path} as ${name}`));
}

describe('what a pattern names', () => {
  test.each<[pattern: string, ...named: string[]]>([
    ['/usr/bin/dash', '/usr/bin/dash'],
    ['/bin/dash', '/usr/bin/dash as /bin/dash'],
    ['/bin/*sh', '/usr/bin/dash as /bin/dash', '/usr/bin/sh as /bin/sh'],
    ['/bin', '/bin'],
    ['/b*', '/bin'],
    ['/{,usr/}lib64/libc.*', '/usr/lib/x86_64-linux-gnu/libc.so.6 as /usr/lib64/libc.so.6'],
    ['/lib/**/libc.so.?', '/usr/lib/x86_64-linux-gnu/libc.so.6 as /lib/x86_64-linux-gnu/libc.so.6'],
    ['/app/current/tools/sh', '/usr/bin/sh as /app/current/tools/sh'],
    ['/app/current/*/dash', '/usr/bin/dash as /app/current/tools/dash'],
    ['/app/**/dash', '/usr/bin/dash as /app/releases/7/tools/dash'],
    [
      '/app/current/**',
      '/app/releases/7/[id].js as /app/current/[id].js',
      '/app/releases/7/tools as /app/current/tools',
      '/usr/bin/dash as /app/current/tools/dash',
      '/usr/bin/sh as /app/current/tools/sh',
    ],
    ['/app/releases/7/[id].js', '/app/releases/7/[id].js'],
    ['/app/current/[id].js', '/app/releases/7/[id].js as /app/current/[id].js'],
    ['dash', '/usr/bin/dash'],
    ['tools/dash'],
    ['/lib/dash'],
    ['/bin/dash/x'],
  ])('%s', (pattern, ...expected) => {
    expect(named(merged, pattern)).toEqual(expected);
  });

  test('what is below a link’s own name is named by that; the link itself isn’t below it', () => {
    const entries = { '/a': { linkTarget: 'b' }, '/b/lib/x/y': {} };
    expect(named(entries, '/a/lib/**')).toEqual(['/b/lib/x as /a/lib/x', '/b/lib/x/y as /a/lib/x/y']);
    expect(named(entries, '/a/*/**')).toEqual(['/b/lib as /a/lib', '/b/lib/x as /a/lib/x', '/b/lib/x/y as /a/lib/x/y']);
  });

  test('links that lead back up give names without end, and every match is found all the same', () => {
    const entries = {
      '/loop': { linkTarget: '.' },
      '/a/up': { linkTarget: '..' },
      '/a/b/root': { linkTarget: '/' },
      '/a/b/self': { linkTarget: 'self' },
      '/a/b/file': {},
    };
    expect(named(entries, '/loop/loop/a/up/a/b/root/loop/a/b/file')).toEqual([
      '/a/b/file as /loop/loop/a/up/a/b/root/loop/a/b/file',
    ]);
    expect(named(entries, '/a/up/**/file')).toEqual(['/a/b/file as /a/up/a/b/file']);
    expect(named(entries, '/*/*/*/*/*/*/file')).toHaveLength(1);
    expect(named(entries, '/a/b/root/**/none')).toEqual([]);
  });

  test('sixty thousand entries, every directory full of links to all of them', () => {
    const entries = [entryOf('/l', { linkTarget: '.' })];
    for (let directory = 0; directory < 240; directory++)
      for (let at = 0; at < 250; at++)
        entries.push(
          at < 125
            ? entryOf(`/d${directory}/l${at}`, { linkTarget: `../d${(directory + at) % 240}` })
            : entryOf(`/d${directory}/f${at}`),
        );
    const find = findNamed(new FileTree(entries));
    // Of such names there are more than atoms.
    expect(find(`/d0${'/*'.repeat(40)}/f130`)).toHaveLength(240);
    expect(find('/l/**/l5/**/f131')).toHaveLength(240);
    expect(find('/l/**/none')).toEqual([]);
  });

  test('the names found are such as the pattern matches', () => {
    for (const pattern of [
      '/bin/*',
      '/lib/**',
      '/app/current/*/*',
      '/app/**/*sh',
      '/*/x86_64-linux-gnu/*',
      '/**/lib64/**',
    ])
      for (const { name } of findNamed(treeOf(merged))(pattern)) expect(matchesAny([pattern], name), name).toBe(true);
  });
});
