import { describe, expect, it } from 'vitest';
import { renderUnpackPlan } from '../../../src/engine/embedded/unpack-plan.js';
import { FileTree, type TreeEntry } from '../../../src/image/file-tree.js';
import { asImagePath, decodePathBytes } from '../../../src/image/path.js';

function entry(path: string, type: TreeEntry['type'], more: Partial<TreeEntry> = {}): TreeEntry {
  const plain = { mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, mtime: { seconds: 9, nanoseconds: 5 } };
  return { path: asImagePath(path), type, ...plain, ...more };
}

const nowhere = () => ({ file: '/layers/a', offset: 512, sizeBytes: 1 });

/** The plan's fields, bytes in latin1; what follows a NUL at the end would show. */
function fieldsOf(entries: readonly TreeEntry[], placeOf: Parameters<typeof renderUnpackPlan>[1] = nowhere): string[] {
  const plan = Buffer.concat([...renderUnpackPlan(new FileTree(entries), placeOf)]).toString('latin1');
  return plan.split('\0');
}

/** TYPE PATH of each entry, in the plan's order. */
function orderOf(entries: readonly TreeEntry[]): string[] {
  const all = fieldsOf(entries);
  const fields = all.slice(all.indexOf('/') - 1, -2);
  return fields.flatMap((head, at) => (at % 3 === 0 ? `${head[0]} ${fields[at + 1]}` : []));
}

describe('renderUnpackPlan', () => {
  it('writes every kind of entry as the agent reads it', () => {
    const root = entry('/', 'directory', {
      mode: 0o1777,
      uid: 7,
      gid: 8,
      mtime: { seconds: -2, nanoseconds: 500000000 },
    });
    const fields = fieldsOf([
      root,
      entry('/file', 'file', { mode: 0o4755, uid: 4294967294, sizeBytes: 1 }),
      entry('/fifo', 'fifo'),
      entry('/character', 'character-device', { device: { major: 1, minor: 3 } }),
      entry('/block', 'block-device', { device: { major: 259, minor: 70000 } }),
      entry('/socket', 'socket'),
      entry('/link', 'symlink', { linkTarget: '../else where' }),
    ]);
    expect(fields).toEqual([
      'slimtrace-unpack 1',
      ...['source', '/layers/a'],
      ...['d 1777 7 8 0 -2.500000000 0:0 0 0 0', '/', ''],
      ...['f 4755 4294967294 0 1 9.000000005 0:0 0 512 0', '/file', ''],
      ...['b 644 0 0 0 9.000000005 259:70000 0 0 0', '/block', ''],
      ...['c 644 0 0 0 9.000000005 1:3 0 0 0', '/character', ''],
      ...['p 644 0 0 0 9.000000005 0:0 0 0 0', '/fifo', ''],
      ...['s 644 0 0 0 9.000000005 0:0 0 0 0', '/socket', ''],
      ...['l 644 0 0 0 9.000000005 0:0 0 0 0', '/link', '../else where'],
      'end 7',
      '',
    ]);
  });

  it('puts parents first, neighbours together, and links behind what they link to', () => {
    const shared = { hardLinkId: '1' };
    const order = orderOf([
      entry('/z', 'symlink', { linkTarget: 'a', hardLinkId: '2' }),
      entry('/a/z', 'symlink', { linkTarget: 'a', hardLinkId: '2' }),
      entry('/a/b/2', 'file'),
      entry('/a/b/1', 'file', shared),
      entry('/a/9', 'file'),
      entry('/a/0', 'file', shared),
      entry('/a.b', 'file'),
      entry('/c', 'fifo', { hardLinkId: '3' }),
      entry('/a/c', 'fifo', { hardLinkId: '3' }),
    ]);
    expect(order).toEqual([
      ...['d /', 'd /a', 'd /a/b'],
      ...['f /a.b', 'f /a/0', 'f /a/9', 'f /a/b/2'],
      ...['p /c', 'h /a/c', 'h /a/b/1'],
      ...['l /z', 'h /a/z'],
    ]);
  });

  it('a hard link names the file before it and has nothing of its own', () => {
    const file = { hardLinkId: '1', xattrs: new Map([['user.x', Buffer.alloc(0)]]), sizeBytes: 1 };
    const fields = fieldsOf([entry('/a', 'file', file), entry('/b', 'file', file)]);
    expect(fields.slice(-5)).toEqual(['h 644 0 0 0 9.000000005 0:0 0 0 0', '/b', '/a', 'end 3', '']);
  });

  it('devices of one inode are made apart, so that they can be left out', () => {
    const device = { hardLinkId: '1', device: { major: 0, minor: 0 } };
    const order = orderOf([entry('/a', 'character-device', device), entry('/b', 'character-device', device)]);
    expect(order).toEqual(['d /', 'c /a', 'c /b']);
  });

  it('counts distinct sources, in the order they are needed', () => {
    const files: Record<string, string> = { '/a': '/layers/2', '/b': '/layers/1', '/c': '/layers/2' };
    const fields = fieldsOf(
      Object.keys(files).map((path) => entry(path, 'file', { sizeBytes: 5 })),
      (path) => ({ file: files[path] ?? '', offset: 1024, sizeBytes: 5 }),
    );
    expect(fields.slice(1, 5)).toEqual(['source', '/layers/2', 'source', '/layers/1']);
    const bodies = fields.filter((field) => field.startsWith('f ')).map((head) => head.split(' ').slice(7, 9));
    expect(bodies).toEqual([
      ['0', '1024'],
      ['1', '1024'],
      ['0', '1024'],
    ]);
  });

  it('keeps bytes that are no text, in names, links and attributes', () => {
    const name = decodePathBytes(Buffer.from('/\xff\xfe\n', 'latin1'));
    const xattrs = new Map([
      ['security.capability', Buffer.from([0, 255, 0])],
      ['user.empty', Buffer.alloc(0)],
    ]);
    const fields = fieldsOf([entry(name, 'symlink', { linkTarget: decodePathBytes(Buffer.from([0xff])), xattrs })]);
    expect(fields.slice(4).join('|')).toBe(
      'l 644 0 0 0 9.000000005 0:0 0 0 2|/\xff\xfe\n|\xff|security.capability|3||\xff|user.empty|0|end 2|',
    );
  });

  it.each<[string, Partial<TreeEntry>]>([
    ['a link', { linkTarget: 'a\0end 1' }],
    ['an attribute', { linkTarget: 'a', xattrs: new Map([['user.x\0', Buffer.alloc(0)]]) }],
  ])('nothing is smuggled into the plan by %s', (_, more) => {
    expect(() => fieldsOf([entry('/x', 'symlink', more)])).toThrow(/"\/x" has a NUL in a name/);
  });

  it('comes in chunks of about 64 KB', () => {
    const many = Array.from({ length: 5000 }, (_, at) => entry(`/${at}`, 'fifo'));
    const chunks = [...renderUnpackPlan(new FileTree(many), nowhere)];
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.slice(0, -1).every(({ length }) => length >= 65536 && length < 70000)).toBe(true);
  });
});
