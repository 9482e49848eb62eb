import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderTarHeader, type TarHeader, tarPadding } from '../../src/image/tar-header.js';

const plain: TarHeader = {
  name: 'etc/passwd',
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 5,
  mtime: { seconds: 1_000_000_000, nanoseconds: 0 },
};

/** The records of the PAX header before a member, by keyword; undefined when there is none. */
function paxOf(header: Buffer): ReadonlyMap<string, Buffer> | undefined {
  if (header.length === 512) return undefined;
  expect(String.fromCharCode(header[156] ?? 0)).toBe('x');
  const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
  const records = new Map<string, Buffer>();
  for (let at = 512; at < 512 + size; ) {
    const space = header.indexOf(' ', at);
    const length = Number(header.toString('latin1', at, space));
    const record = header.subarray(space + 1, at + length);
    expect(record.at(-1)).toBe(0x0a);
    const equals = record.indexOf('=');
    records.set(record.toString('utf8', 0, equals), record.subarray(equals + 1, -1));
    at += length;
  }
  return records;
}

const paxText = (header: TarHeader, keyword: string) =>
  paxOf(renderTarHeader(header))?.get(keyword)?.toString('latin1');

describe('renderTarHeader', () => {
  test('an ordinary file is one block, as every tar reads it', () => {
    const block = renderTarHeader(plain);
    expect(block.length).toBe(512);
    expect(block.toString('latin1', 0, 10)).toBe('etc/passwd');
    expect(block.toString('latin1', 257, 265)).toBe('ustar\x0000');
    expect(block.toString('latin1', 100, 107)).toBe('0000644');
  });

  test('the checksum is the sum of the block with its own field blank', () => {
    const block = renderTarHeader({ ...plain, name: 'x'.repeat(100), mode: 0o7777, uid: 0o7777777 });
    const checksum = Number.parseInt(block.toString('latin1', 148, 154), 8);
    block.fill(' ', 148, 156);
    expect(checksum).toBe(block.reduce((sum, byte) => sum + byte, 0));
  });

  test('a directory’s slash counts: 99 bytes fit, 100 do not', () => {
    expect(renderTarHeader({ ...plain, type: 'directory', name: 'd'.repeat(99) }).length).toBe(512);
    const name = 'd'.repeat(100);
    expect(paxText({ ...plain, type: 'directory', name }, 'path')).toBe(`${name}/`);
  });

  test.each<[string, Partial<TarHeader>, string, string]>([
    ['a name of 101 bytes', { name: 'n'.repeat(101) }, 'path', 'n'.repeat(101)],
    ['a name that is not ASCII', { name: 'ü' }, 'path', '\xc3\xbc'],
    ['a name that is not UTF-8', { name: 'raw-\udcff' }, 'path', 'raw-\xff'],
    ['a long link', { type: 'symlink', linkTarget: 'l'.repeat(101) }, 'linkpath', 'l'.repeat(101)],
    ['a user beyond seven octal digits', { uid: 2_097_152 }, 'uid', '2097152'],
    ['the largest group', { gid: 4_294_967_294 }, 'gid', '4294967294'],
    ['8 GiB', { sizeBytes: 8 * 1024 ** 3 }, 'size', '8589934592'],
    ['a time before 1970', { mtime: { seconds: -5, nanoseconds: 0 } }, 'mtime', '-5'],
    ['half a second before 1970', { mtime: { seconds: -1, nanoseconds: 500_000_000 } }, 'mtime', '-0.5'],
    ['a fraction before 1970', { mtime: { seconds: -3, nanoseconds: 250_000_000 } }, 'mtime', '-2.75'],
    ['a nanosecond', { mtime: { seconds: 7, nanoseconds: 1 } }, 'mtime', '7.000000001'],
  ])('%s is in the PAX header', (_, change, keyword, expected) => {
    expect(paxText({ ...plain, ...change }, keyword)).toBe(expected);
  });

  test('binary xattrs stay the bytes they are, sorted by name', () => {
    const capability = Buffer.from([1, 0, 0, 2, 0, 0x0a, 0x3d, 0xff]);
    const xattrs = new Map([
      ['user.z', Buffer.alloc(0)],
      ['security.capability', capability],
    ]);
    const records = paxOf(renderTarHeader({ ...plain, xattrs }));
    expect([...(records?.keys() ?? [])]).toEqual(['SCHILY.xattr.security.capability', 'SCHILY.xattr.user.z']);
    expect(records?.get('SCHILY.xattr.security.capability')).toEqual(capability);
  });

  test('the length of a record counts its own digits, at every length', () => {
    for (let length = 80; length < 1100; length += 1) {
      const value = Buffer.alloc(length, 'v');
      const records = paxOf(renderTarHeader({ ...plain, xattrs: new Map([['user.v', value]]) }));
      expect(records?.get('SCHILY.xattr.user.v')?.length).toBe(length);
    }
  });

  test('whatever the member, headers are whole blocks', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).filter((text) => !text.includes('\0'));
    const time = fc.record({ seconds: fc.integer(), nanoseconds: fc.nat(999_999_999) });
    fc.assert(
      fc.property(name, fc.nat(), time, fc.uint8Array({ maxLength: 700 }), (name, uid, mtime, xattr) => {
        const header = renderTarHeader({ ...plain, name, uid, mtime, xattrs: new Map([['user.x', xattr]]) });
        expect(header.length % 512).toBe(0);
        expect(paxOf(header)?.get('SCHILY.xattr.user.x')).toEqual(Buffer.from(xattr));
      }),
    );
  });
});

test('tarPadding fills up to a whole block, and adds none to one', () => {
  expect([0, 1, 511, 512, 513].map((size) => tarPadding(size).length)).toEqual([0, 511, 1, 0, 511]);
});
