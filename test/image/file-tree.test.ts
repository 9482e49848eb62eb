import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileTree, isSharedLibraryName } from '../../src/image/file-tree.js';
import { asImagePath, rootPath } from '../../src/image/path.js';
import { smallImage } from '../selection/small-image.js';

const { tree } = smallImage(`
  /bin -> usr/bin
  /usr/bin/sh -> dash
  /usr/bin/dash : d
  /usr/lib/x/lib.so : l
  /usr/up -> ../usr/lib/x/../x
  /etc/slash -> passwd/
  /etc/passwd : p
  /loop -> loop
  /ping -> pong
  /pong -> ping
  /dangling -> run/nothing/here
  /run/
  /escape -> ../../../usr
`);

describe('FileTree.resolve', () => {
  it.each([
    ['/usr/bin/dash', '/usr/bin/dash', []],
    ['/bin/sh', '/usr/bin/dash', ['/bin', '/usr/bin/sh']],
    ['//bin/.//sh', '/usr/bin/dash', ['/bin', '/usr/bin/sh']],
    ['/bin/', '/usr/bin', ['/bin']],
    ['/bin/..', '/usr', ['/bin']],
    ['/../../usr', '/usr', []],
    ['/escape/lib', '/usr/lib', ['/escape']],
    ['/usr/up/lib.so', '/usr/lib/x/lib.so', ['/usr/up']],
    ['/', '/', []],
    ['', '/', []],
  ])('%s leads to %s', (path, expected, symlinks) => {
    const way = tree.resolve(path);
    expect(way.entry?.path).toBe(expected);
    expect(way.symlinks).toEqual(symlinks);
    expect(way.problem).toBeUndefined();
  });

  it.each([
    ['/usr/none/x', 'missing', '/usr'],
    ['/dangling', 'missing', '/run'],
    ['/usr/bin/dash/x', 'not-a-directory', '/usr/bin'],
    ['/usr/bin/dash/', 'not-a-directory', '/usr/bin'],
    ['/usr/bin/dash/..', 'not-a-directory', '/usr/bin'],
    ['/etc/slash', 'not-a-directory', '/etc'],
    ['/loop', 'loop', '/'],
    ['/ping/x', 'loop', '/'],
  ])('%s leads nowhere: %s, in %s', (path, problem, directory) => {
    expect(tree.resolve(path)).toMatchObject({ entry: undefined, problem, directory });
  });

  it('stops at a final link only when asked, and not before a slash', () => {
    expect(tree.resolve('/bin/sh', { followLast: false }).entry?.path).toBe('/usr/bin/sh');
    expect(tree.resolve('/bin', { followLast: false }).entry?.type).toBe('symlink');
    expect(tree.resolve('/bin/', { followLast: false }).entry?.path).toBe('/usr/bin');
    expect(tree.resolve('/loop', { followLast: false }).entry?.path).toBe('/loop');
  });

  it('starts a relative path where it is told to', () => {
    expect(tree.resolve('../lib/x', { from: asImagePath('/usr/bin') }).entry?.path).toBe('/usr/lib/x');
    expect(tree.resolve('bin').entry?.path).toBe('/usr/bin');
  });

  it('tells what else the walk depends on', () => {
    expect(tree.resolve('/usr/lib/../bin').alsoWalked).toEqual(['/usr/lib']);
    expect(tree.resolve('/usr/up').alsoWalked).toEqual(['/usr', '/usr/lib/x']);
    expect(tree.resolve('/etc/passwd/x').alsoWalked).toEqual(['/etc/passwd']);
    expect(tree.resolve('/..').alsoWalked).toEqual([]);
  });

  it('follows forty links and no more, as the kernel does', () => {
    const chain = (length: number): string =>
      ['/l0 : end', ...Array.from({ length }, (_, at) => `/l${at + 1} -> l${at}`)].join('\n');
    expect(smallImage(chain(40)).tree.resolve('/l40').entry?.path).toBe('/l0');
    expect(smallImage(chain(41)).tree.resolve('/l41').problem).toBe('loop');
  });

  it('agrees with plain path arithmetic where there are no links', () => {
    const name = fc.constantFrom('usr', 'lib', 'x', '.', '..', '');
    fc.assert(
      fc.property(fc.array(name, { maxLength: 8 }), (names) => {
        const way = tree.resolve(`/${names.join('/')}`);
        if (way.entry !== undefined) expect(way.entry.path).toBe(posix.resolve('/', ...names));
      }),
    );
  });
});

describe('FileTree', () => {
  it('supplies the directories a listing leaves out, and a root for an empty one', () => {
    const sparse = smallImage('/a/b/c : x').tree;
    expect([...sparse.entries()].map(({ path }) => path).sort()).toEqual(['/', '/a', '/a/b', '/a/b/c']);
    expect(sparse.get('/a/b')).toMatchObject({ type: 'directory', mode: 0o755, uid: 0 });
    expect(new FileTree([]).get(rootPath)?.type).toBe('directory');
    expect(new FileTree([]).size).toBe(1);
  });

  it('lists children sorted, and everything below with parents first', () => {
    const small = smallImage('/b/z : x\n/b/a/q : x\n/b-c : x\n/a : x').tree;
    expect(small.children('/')).toEqual(['/a', '/b', '/b-c']);
    expect(small.children('/a')).toEqual([]);
    expect([...small.below('/')].map(({ path }) => path)).toEqual(['/a', '/b', '/b/a', '/b/a/q', '/b/z', '/b-c']);
    expect([...small.below('/b/a')].map(({ path }) => path)).toEqual(['/b/a/q']);
  });

  it('a directory ten thousand levels deep overflows no stack', () => {
    const deep = smallImage(`${'/d'.repeat(10_000)} : x`).tree;
    expect([...deep.below('/')].length).toBe(10_000);
  });
});

describe('isSharedLibraryName', () => {
  it.each([
    ['/lib/libc.so.6', true],
    ['/lib/libz.so', true],
    ['/lib/libz.so.1.2.13', true],
    ['/etc/ld.so.cache', false],
    ['/lib/libz.a', false],
  ])('%s: %s', (path, expected) => {
    expect(isSharedLibraryName(asImagePath(path))).toBe(expected);
  });
});
