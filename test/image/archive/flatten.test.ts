import { describe, expect, test } from 'vitest';
import { type FlattenedEntry, Flattening } from '../../../src/image/archive/flatten.js';
import type { IndexedMember } from '../../../src/image/archive/tar-index.js';

/**
 * A layer's members in order: `dir/`, `file`, `link -> target`, `hard => target`. What follows a `|` tells it apart: its
 * size if it is a file, its mode if it is a directory.
 */
type Layer = readonly string[];

function memberOf(sketch: string, ordinal: number): IndexedMember {
  const [what = '', number] = sketch.split(' | ');
  const base = {
    name: what,
    type: 'file' as IndexedMember['type'],
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    bodyOffset: ordinal,
  };
  const [name, linkTarget] = what.split(/ [-=]> /);
  if (what.includes(' -> '))
    return { ...base, name: name ?? '', type: 'symlink', mode: 0o777, linkTarget: linkTarget ?? '' };
  if (what.includes(' => ')) return { ...base, name: name ?? '', type: 'hard-link', linkTarget: linkTarget ?? '' };
  if (/(?:\/|^\.)$/.test(what)) return { ...base, type: 'directory', mode: Number.parseInt(number ?? '755', 8) };
  return { ...base, sizeBytes: Number(number ?? 0) };
}

function flatten(layers: readonly Layer[]): FlattenedEntry[] {
  const flattening = new Flattening();
  for (const [index, layer] of layers.entries())
    for (const _turn of flattening.addLayer(layer.map(memberOf), `layer ${index}`));
  return [...flattening.entries()];
}

/** The tree as text: `"/dir/file": "file 0644 5"`, names of one file marked alike. The root's line only if it is not plain. */
function dump(layers: readonly Layer[]): Record<string, string> {
  return Object.fromEntries(
    flatten(layers)
      .map(({ entry }) => {
        const { type, mode, sizeBytes, linkTarget, hardLinkId } = entry;
        const words = [type, linkTarget === undefined ? mode.toString(8).padStart(4, '0') : `-> ${linkTarget}`];
        if (type === 'file' && sizeBytes > 0) words.push(String(sizeBytes));
        if (hardLinkId !== undefined) words.push(`#${hardLinkId}`);
        return [entry.path as string, words.join(' ')] as const;
      })
      .filter(([path, text]) => path !== '/' || text !== 'directory 0755')
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

type Case = readonly [string, readonly Layer[], Readonly<Record<string, string>>];

const directory = 'directory 0755';
const file = 'file 0644';

describe('one layer', () => {
  test.each<Case>([
    ['files and directories', [['d/', 'd/f | 5', 'e']], { '/d': directory, '/d/f': 'file 0644 5', '/e': file }],
    [
      'names with ./ and / in front',
      [['./a', '/b', './/c', './/./d']],
      { '/a': file, '/b': file, '/c': file, '/d': file },
    ],
    ['.. within the image is undone', [['a/../b', 'c/d/../../e']], { '/b': file, '/e': file }],
    ['the root’s own attributes', [['./ | 700', 'a']], { '/': 'directory 0700', '/a': file }],
    ['missing parents are supplied', [['a/b/c']], { '/a': directory, '/a/b': directory, '/a/b/c': file }],
    ['a parent that comes after what is in it', [['a/b', 'a/ | 700']], { '/a': 'directory 0700', '/a/b': file }],
    ['the later of two wins', [['a | 1', 'a | 2']], { '/a': 'file 0644 2' }],
    ['a file wins over a directory with all that is in it', [['a/', 'a/b', 'a | 1']], { '/a': 'file 0644 1' }],
    [
      'a symlink is not followed for its own name',
      [['d/', 'l -> d', 'l | 1']],
      { '/d': directory, '/l': 'file 0644 1' },
    ],
    [
      'a directory takes the place of a link to one',
      [['d/', 'l -> d', 'l/ | 700', 'l/f']],
      { '/d': directory, '/l': 'directory 0700', '/l/f': file },
    ],
  ])('%s', (_, layers, expected) => expect(dump(layers)).toEqual(expected));
});

describe('a layer on another', () => {
  const lower = ['d/', 'd/f | 1', 'd/g | 2', 'x | 3', 'l -> d'];
  test.each<Case>([
    [
      'a directory over a directory: attributes change, children stay',
      [['d/', 'd/f'], ['d/ | 700']],
      { '/d': 'directory 0700', '/d/f': file },
    ],
    ['a file over a file', [lower.slice(3, 4), ['x | 4']], { '/x': 'file 0644 4' }],
    ['a file over a directory', [['d/', 'd/f', 'd/g/'], ['d | 9']], { '/d': 'file 0644 9' }],
    ['a directory over a file', [['x'], ['x/', 'x/y']], { '/x': directory, '/x/y': file }],
    ['a link over a directory', [['d/', 'd/f'], ['d -> e']], { '/d': 'symlink -> e' }],
    ['a directory over a link', [['d/', 'd/f', 'l -> d'], ['l/']], { '/d': directory, '/d/f': file, '/l': directory }],
    ['without an entry for its directory', [['d/ | 700'], ['d/f']], { '/d': 'directory 0700', '/d/f': file }],
  ])('%s', (_, layers, expected) => expect(dump(layers)).toEqual(expected));
});

describe('whiteouts', () => {
  const lower = ['d/', 'd/f | 1', 'd/s/', 'd/s/t', 'x | 3'];
  const rest = { '/d': directory, '/d/f': 'file 0644 1', '/d/s': directory, '/d/s/t': file };
  test.each<Case>([
    ['of a file', [lower, ['.wh.x']], rest],
    ['of a directory and all below it', [lower, ['.wh.d']], { '/x': 'file 0644 3' }],
    ['below a directory', [lower, ['d/.wh.s']], { '/d': directory, '/d/f': 'file 0644 1', '/x': 'file 0644 3' }],
    ['of what isn’t there', [['x'], ['.wh.y', 'a/.wh.b', 'x/.wh.z', 'a/.wh..wh..opq']], { '/x': file }],
    ['of any type', [['x'], ['.wh.x/']], {}],
    [
      'hide nothing of their own layer',
      [['.wh.x', 'x', 'd/f', 'd/.wh..wh..opq']],
      { '/d': directory, '/d/f': file, '/x': file },
    ],
    ['of their own layer’s entry, before it', [['x | 1'], ['.wh.x', 'x | 2']], { '/x': 'file 0644 2' }],
    ['of their own layer’s entry, after it', [['x | 1'], ['x | 2', '.wh.x']], { '/x': 'file 0644 2' }],
    [
      'of a directory made anew, before it',
      [lower, ['.wh.x', '.wh.d', 'd/ | 700', 'd/n']],
      { '/d': 'directory 0700', '/d/n': file },
    ],
    [
      'of a directory made anew, after it',
      [lower, ['d/ | 700', 'd/n', '.wh.d', '.wh.x']],
      { '/d': 'directory 0700', '/d/n': file },
    ],
    [
      'of a directory made anew, in between',
      [lower, ['.wh.x', 'd/ | 700', '.wh.d', 'd/n']],
      { '/d': 'directory 0700', '/d/n': file },
    ],
    ['opaque, first', [lower, ['d/.wh..wh..opq', 'd/n', '.wh.x']], { '/d': directory, '/d/n': file }],
    ['opaque, last', [lower, ['.wh.x', 'd/ | 700', 'd/n', 'd/.wh..wh..opq']], { '/d': 'directory 0700', '/d/n': file }],
    [
      'opaque, in between',
      [lower, ['d/n', 'd/.wh..wh..opq', 'd/s/', '.wh.x']],
      { '/d': directory, '/d/n': file, '/d/s': directory },
    ],
    ['opaque at the root', [lower, ['n', '.wh..wh..opq']], { '/n': file }],
    [
      'opaque, keeping the directory’s attributes',
      [['d/ | 700', 'd/f'], ['d/.wh..wh..opq']],
      { '/d': 'directory 0700' },
    ],
    ['and what they hid comes again in the next layer', [['x | 1'], ['.wh.x'], ['x | 2']], { '/x': 'file 0644 2' }],
    [
      'through a link to a directory',
      [['usr/', 'usr/x', 'l -> usr'], ['l/.wh.x']],
      { '/l': 'symlink -> usr', '/usr': directory },
    ],
    [
      'not through a link that a directory replaces',
      [
        ['usr/', 'usr/x', 'l -> usr'],
        ['l/.wh.x', 'l/'],
      ],
      { '/l': directory, '/usr': directory, '/usr/x': file },
    ],
    [
      'not through a link that a directory replaces, opaque',
      [
        ['usr/', 'usr/x', 'l -> usr'],
        ['l/', 'l/.wh..wh..opq'],
      ],
      { '/l': directory, '/usr': directory, '/usr/x': file },
    ],
    [
      'of the bookkeeping of aufs',
      [['x'], ['.wh..wh.plnk/', '.wh..wh.plnk/1.2', '.wh..wh.orph/', '.wh..wh.aufs']],
      { '/x': file },
    ],
  ])('%s', (_, layers, expected) => expect(dump(layers)).toEqual(expected));

  test('in every order of the same entries, the tree is the same', () => {
    const entries = ['.wh.x', 'd/.wh..wh..opq', 'd/n | 7', 'e/.wh.f', 'e/f | 8'];
    const trees = permutations(entries).map((upper) => dump([[...lower, 'e/f/', 'e/f/g', 'e/h'], upper]));
    const expected = { '/d': directory, '/d/n': 'file 0644 7', '/e': directory, '/e/f': 'file 0644 8', '/e/h': file };
    expect(trees).toHaveLength(120);
    for (const tree of trees) expect(tree).toEqual(expected);
  });

  test.each([['.wh.'], ['.wh..'], ['.wh...'], ['./.wh.'], ['d/.wh..']])(
    '%s, of a directory itself, is refused',
    (name) => {
      expect(() => dump([['d/f'], [name]])).toThrow(`layer 1: entry ${JSON.stringify(name)}: it is a whiteout of "/`);
    },
  );

  test('with something in it is refused', () => {
    expect(() => dump([['.wh.d/f']])).toThrow('layer 0: entry ".wh.d/f": it stands in a whiteout');
  });
});

describe('hard links', () => {
  test.each<Case>([
    [
      'names of one file',
      [['a | 1', 'b => a', 'c => b']],
      { '/a': 'file 0644 1 #0:0', '/b': 'file 0644 1 #0:0', '/c': 'file 0644 1 #0:0' },
    ],
    [
      'with ./ and / in front of their targets',
      [['d/a', 'b => ./d/a', 'c => /d/a']],
      { '/b': `${file} #0:0`, '/c': `${file} #0:0`, '/d': directory, '/d/a': `${file} #0:0` },
    ],
    ['across layers', [['a | 1'], ['b => a']], { '/a': 'file 0644 1 #0:0', '/b': 'file 0644 1 #0:0' }],
    [
      'to a symlink',
      [['s -> nowhere', 'h => s']],
      { '/h': 'symlink -> nowhere #0:0', '/s': 'symlink -> nowhere #0:0' },
    ],
    [
      'through a link to a directory',
      [['d/f', 'l -> d', 'h => l/f']],
      { '/d': directory, '/d/f': `${file} #0:0`, '/h': `${file} #0:0`, '/l': 'symlink -> d' },
    ],
    [
      'keep the old file when the name it came by is replaced',
      [['a | 1', 'b => a', 'c => a'], ['a | 2']],
      { '/a': 'file 0644 2', '/b': 'file 0644 1 #0:0', '/c': 'file 0644 1 #0:0' },
    ],
    [
      'keep the old file when the name it came by is removed; one name is no link',
      [['a | 1', 'b => a'], ['.wh.a']],
      { '/b': 'file 0644 1' },
    ],
    [
      'to what their own layer brought before them',
      [['a | 1'], ['a | 2', 'b => a']],
      { '/a': 'file 0644 2 #1:0', '/b': 'file 0644 2 #1:0' },
    ],
    [
      'to the state at that point',
      [['a | 1', 'b => a', 'a | 2', 'c => a']],
      { '/a': 'file 0644 2 #0:2', '/b': 'file 0644 1', '/c': 'file 0644 2 #0:2' },
    ],
    ['made again', [['a | 1', 'b => a', 'b => a']], { '/a': 'file 0644 1 #0:0', '/b': 'file 0644 1 #0:0' }],
    [
      'in the place of a directory',
      [['a | 1', 'd/f'], ['d => a']],
      { '/a': 'file 0644 1 #0:0', '/d': 'file 0644 1 #0:0' },
    ],
    ['to what their own layer hides, before the whiteout', [['a | 1'], ['b => a', '.wh.a']], { '/b': 'file 0644 1' }],
    ['to what their own layer hides, after the whiteout', [['a | 1'], ['.wh.a', 'b => a']], { '/b': 'file 0644 1' }],
    [
      'to what their own layer hides, several',
      [['a | 1'], ['.wh.a', 'b => a', 'c => b']],
      { '/b': 'file 0644 1 #0:0', '/c': 'file 0644 1 #0:0' },
    ],
  ])('%s', (_, layers, expected) => expect(dump(layers)).toEqual(expected));

  test.each([
    ['to nothing', [['a => b']], 'layer 0: entry "a": it is a hard link to nothing, "b"'],
    ['to a later entry', [['a => b', 'b']], 'it is a hard link to nothing, "b"'],
    ['to itself', [['a', 'a => a']], 'it is a hard link to nothing, "a"'],
    ['to a directory', [['d/', 'a => d/']], 'it is a hard link to a directory, "d/"'],
    ['to a directory that their own layer hides', [['d/'], ['.wh.d', 'a => d']], 'it is a hard link to nothing, "d"'],
    ['to the root', [['a => .']], 'it is a hard link to a directory, "."'],
    ['out of the image', [['a => ../../etc/shadow']], 'it is a hard link out of the image, to "../../etc/shadow"'],
    [
      'to what a lower layer’s whiteout hid',
      [['b'], ['.wh.b'], ['a => b']],
      'layer 2: entry "a": it is a hard link to nothing',
    ],
  ])('%s are refused', (_, layers, message) => {
    expect(() => dump(layers)).toThrow(message);
  });
});

describe('symlinks on the way to an entry', () => {
  test.each<Case>([
    ['are followed', [['d/', 'l -> d', 'l/f']], { '/d': directory, '/d/f': file, '/l': 'symlink -> d' }],
    [
      'are followed in lower layers',
      [['usr/bin/', 'bin -> usr/bin'], ['bin/f']],
      { '/bin': 'symlink -> usr/bin', '/usr': directory, '/usr/bin': directory, '/usr/bin/f': file },
    ],
    [
      'from the image’s root when they are absolute',
      [['d/', 'a/b/l -> /d', 'a/b/l/f']],
      { '/a': directory, '/a/b': directory, '/a/b/l': 'symlink -> /d', '/d': directory, '/d/f': file },
    ],
    [
      'relative to where they are',
      [['a/l -> ../d', 'a/l/f']],
      { '/a': directory, '/a/l': 'symlink -> ../d', '/d': directory, '/d/f': file },
    ],
    [
      'never beyond the root',
      [['l -> ../../../etc', 'l/passwd']],
      { '/etc': directory, '/etc/passwd': file, '/l': 'symlink -> ../../../etc' },
    ],
    [
      'are followed one after the other',
      [['d/', 'b -> d', 'a -> b', 'a/f']],
      { '/a': 'symlink -> b', '/b': 'symlink -> d', '/d': directory, '/d/f': file },
    ],
    [
      'to nowhere: what they name is made',
      [['l -> x/y', 'l/f']],
      { '/l': 'symlink -> x/y', '/x': directory, '/x/y': directory, '/x/y/f': file },
    ],
    [
      'leaving again what isn’t there',
      [['l -> x/../y', 'l/f']],
      { '/l': 'symlink -> x/../y', '/y': directory, '/y/f': file },
    ],
    [
      'also to whole directories',
      [['d/', 'l -> d', 'l/s/ | 700', 'l/s/f']],
      { '/d': directory, '/d/s': 'directory 0700', '/d/s/f': file, '/l': 'symlink -> d' },
    ],
  ])('%s', (_, layers, expected) => expect(dump(layers)).toEqual(expected));

  test.each([
    ['a link to itself', [['l -> l', 'l/f']], 'layer 0: entry "l/f": symlinks lead round in a circle'],
    ['two links to each other', [['a -> b', 'b -> a', 'a/f']], 'symlinks lead round in a circle'],
    [
      'a link to itself, for a whiteout,',
      [['l -> l'], ['l/.wh.f']],
      'entry "l/.wh.f": symlinks lead round in a circle',
    ],
    ['a link that grows', [['a -> a/a', 'a/f']], 'symlinks lead round in a circle'],
    ['a file', [['x'], ['x/f']], 'layer 1: entry "x/f": "x" is not a directory'],
    ['a link to a file', [['d/x', 'l -> d/x', 'l/f']], 'entry "l/f": "d/x" is not a directory'],
  ])('%s is refused', (_, layers, message) => {
    expect(() => dump(layers)).toThrow(message);
  });
});

describe('names', () => {
  test.each([['..'], ['../x'], ['a/../../x'], ['/../x'], [`${'a/'.repeat(2100)}b`], ['a\0b']])(
    '%j is refused',
    (name) => {
      expect(() => dump([[name]])).toThrow('its name leads out of the image, or is no path');
    },
  );

  test('a link in the place of the root is refused', () => {
    expect(() => dump([['. -> /etc']])).toThrow('entry ".": it would replace the root directory');
  });

  test('4,000 bytes are a name', () => {
    const name = `${'n'.repeat(199)}/`.repeat(20);
    expect(flatten([[name]]).at(-1)?.entry.path).toHaveLength(4000);
  });
});

test('entries come parents first, in the order they were made', () => {
  const layers = [['b/', 'b/y', 'a', 'b/x'], ['b/w']];
  expect(flatten(layers).map(({ entry }) => entry.path)).toEqual(['/', '/b', '/b/y', '/b/x', '/b/w', '/a']);
});

test('a file’s contents are in the layer that brought it', () => {
  const places = flatten([
    ['a | 1', 'b | 1'],
    ['pad', 'b | 2', 'c => a'],
  ]).map(({ entry, place }) => [entry.path, place]);
  expect(Object.fromEntries(places)).toEqual({
    '/': undefined,
    '/a': { layer: 0, bodyOffset: 0 },
    '/b': { layer: 1, bodyOffset: 1 },
    '/c': { layer: 0, bodyOffset: 0 },
    '/pad': { layer: 1, bodyOffset: 0 },
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}
