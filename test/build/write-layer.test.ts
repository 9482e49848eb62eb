import fc from 'fast-check';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { placeEntry } from '../../src/build/composition.js';
import { writeLayer } from '../../src/build/write-layer.js';
import type { TreeEntry } from '../../src/image/file-tree.js';
import { entryOf, imageOf, type Sketch } from '../image/tree-of.js';

type Entries = Readonly<Record<string, Sketch>>;

/** The layer of some paths of an image; all of them when none are named. */
async function layerOf(
  entries: Entries,
  paths: readonly string[] = Object.keys(entries),
  added: readonly { readonly entry: TreeEntry; readonly bytes: Uint8Array }[] = [],
): Promise<Buffer> {
  const { tree, contents } = imageOf(entries);
  const kept = paths.flatMap((path) => tree.get(path) ?? []);
  await contents.fetch(kept.map(({ path }) => path));
  const placed = added.map(({ entry, bytes }) => ({ entry, contents: bytes }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeLayer({ files: [...kept.map(placeEntry), ...placed], whiteouts: [] }, contents))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The members of a layer as `name type -> link : body`, read by another implementation. */
async function membersOf(layer: Buffer): Promise<string[]> {
  const members: string[] = [];
  const extraction = extract();
  extraction.end(layer);
  for await (const entry of extraction) {
    const { name, type, linkname } = entry.header;
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    members.push(`${name} ${type}${linkname ? ` -> ${linkname}` : ''}${body === '' ? '' : ` : ${body}`}`);
  }
  return members;
}

const linked: Sketch = { body: 'shared', hardLinkId: '7' };

describe('writeLayer', () => {
  test('directories come before what is in them, whatever the order they were given in', async () => {
    const entries: Entries = {
      '/b/c': { body: 'c' },
      '/b': { type: 'directory' },
      '/b-a': { body: 'x' },
      '/': { type: 'directory' },
      '/a': { linkTarget: 'b' },
    };
    expect(await membersOf(await layerOf(entries))).toEqual([
      './ directory',
      'a symlink -> b',
      'b/ directory',
      'b-a file : x',
      'b/c file : c',
    ]);
  });

  test('a file with several names is written once, the other names are links to it', async () => {
    const entries: Entries = { '/bin/b': linked, '/bin/a': linked, '/c': linked };
    expect(await membersOf(await layerOf(entries))).toEqual([
      'bin/a file : shared',
      'bin/b link -> bin/a',
      'c link -> bin/a',
    ]);
  });

  test('a link whose first name is not kept becomes the file: no link to what is not there, no empty file', async () => {
    const entries: Entries = { '/a': linked, '/b': linked, '/c': linked };
    expect(await membersOf(await layerOf(entries, ['/c', '/b']))).toEqual(['b file : shared', 'c link -> b']);
    expect(await membersOf(await layerOf(entries, ['/c']))).toEqual(['c file : shared']);
  });

  test('hard links of symlinks and of pipes stay links', async () => {
    const entries: Entries = {
      '/l': { linkTarget: 'x', hardLinkId: '1' },
      '/m': { linkTarget: 'x', hardLinkId: '1' },
      '/p': { type: 'fifo', hardLinkId: '2' },
      '/q': { type: 'fifo', hardLinkId: '2' },
    };
    expect(await membersOf(await layerOf(entries))).toEqual(['l symlink -> x', 'm link -> l', 'p fifo', 'q link -> p']);
  });

  test('the metadata of a link is its file’s: a tar that sets it again changes nothing', async () => {
    const setuid: Sketch = { ...linked, mode: 0o4755, uid: 5, gid: 6, mtime: { seconds: 77, nanoseconds: 0 } };
    const layer = await layerOf({ '/a': setuid, '/b': setuid });
    const extraction = extract();
    extraction.end(layer);
    for await (const entry of extraction) {
      expect(entry.header).toMatchObject({ mode: 0o4755, uid: 5, gid: 6, mtime: new Date(77_000) });
      entry.resume();
    }
  });

  test('a file of ours takes its place among the others, with its own bytes', async () => {
    const entry = entryOf('/etc/ssl/certs.pem', { body: 'PEM' });
    const layer = await layerOf({ '/etc/a': { body: 'a' }, '/usr/z': { body: 'z' } }, undefined, [
      { entry, bytes: Buffer.from('PEM') },
    ]);
    expect(await membersOf(layer)).toEqual(['etc/a file : a', 'etc/ssl/certs.pem file : PEM', 'usr/z file : z']);
  });

  test('a socket cannot be in a layer, and must not be passed over in silence', async () => {
    await expect(layerOf({ '/run/s': { type: 'socket' } })).rejects.toThrow('/run/s is a socket');
  });

  test('an empty layer is a valid tar', async () => {
    expect((await layerOf({})).equals(Buffer.alloc(1024))).toBe(true);
  });

  test('the same entries make the same bytes, in whatever order they come', async () => {
    const entries: Entries = {
      '/a': {
        ...linked,
        xattrs: new Map([
          ['user.b', Buffer.from('1')],
          ['user.a', Buffer.from('2')],
        ]),
      },
      '/b': linked,
      '/d': { type: 'directory' },
      '/d/ü': { body: 'x'.repeat(600) },
      '/d/raw-\udcff': { linkTarget: '../a' },
      '/d/e': { type: 'character-device', device: { major: 1, minor: 3 } },
    };
    const expected = await layerOf(entries);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(Object.keys(entries), { minLength: 6 }), async (paths) => {
        expect((await layerOf(entries, paths)).equals(expected)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('every body is padded, so that the next member is found', async () => {
    for (const length of [0, 1, 511, 512, 513, 1024]) {
      const layer = await layerOf({ '/a': { body: 'x'.repeat(length) }, '/b': { body: 'next' } });
      expect(layer.length % 512).toBe(0);
      expect((await membersOf(layer))[1]).toBe('b file : next');
    }
  });
});
