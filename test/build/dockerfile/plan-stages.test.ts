import { expect, test } from 'vitest';
import { takenFrom } from '../../../src/build/dockerfile/plan-stages.ts';
import type { ImageConfig } from '../../../src/image/image.ts';
import { type Sketch, treeOf } from '../../image/tree-of.ts';

const directory = { type: 'directory' } as const;

test.each<[string, ImageConfig, Readonly<Record<string, Sketch>>, readonly string[]]>([
  ['a mount point and all above it', { Volumes: { '/a/b/c': {} } }, { '/a/b/c': directory }, ['/a', '/a/b', '/a/b/c']],
  ['nothing that something else stands in', { Volumes: { '/a/b': {} } }, { '/a/b': directory, '/a/x': {} }, ['/a/b']],
  ['no volume that has contents: they are in a layer', { Volumes: { '/a': {} } }, { '/a/x': {} }, []],
  [
    'two side by side',
    { Volumes: { '/a/b': {}, '/a/c': {} } },
    { '/a/b': directory, '/a/c': directory },
    ['/a', '/a/b', '/a/c'],
  ],
  [
    'where links lead to',
    { Volumes: { '/l/v': {} } },
    { '/l': { linkTarget: 'run' }, '/run/v': directory },
    ['/run', '/run/v'],
  ],
  ['the working directory', { WorkingDir: '/work' }, { '/work': directory }, ['/work']],
  ['nothing of what is not there', { Volumes: { '/a': {} } }, {}, []],
  [
    'no directory that has what commands can’t give it',
    { Volumes: { '/a': {} } },
    { '/a': { ...directory, xattrs: new Map([['user.x', Buffer.from('y')]]) } },
    [],
  ],
])('an engine may have made: %s', (_, config, tree, expected) => {
  expect([...takenFrom(treeOf(tree), config).doubtful].sort()).toEqual(expected);
});
