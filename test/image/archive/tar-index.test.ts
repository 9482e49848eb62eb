import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IndexBudget } from '../../../src/image/archive/index-budget.js';
import { type IndexedMember, indexTar } from '../../../src/image/archive/tar-index.js';
import { tarEnd } from '../../../src/image/tar-header.js';
import { base256, memberOf, paxMember, rawMember, tarOf } from './raw-tar.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tar-index-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Reading {
  readonly budget?: IndexBudget;
  readonly signal?: AbortSignal;
  /** Bytes of the file before the tar. */
  readonly offset?: number;
}

async function index(tar: Uint8Array, { budget, signal, offset = 0 }: Reading = {}): Promise<IndexedMember[]> {
  const file = join(directory, 'it.tar');
  writeFileSync(file, Buffer.concat([Buffer.alloc(offset, 0xaa), tar]));
  const fd = openSync(file, 'r');
  try {
    return await indexTar(
      { fd, offset, sizeBytes: tar.length },
      { signal: signal ?? new AbortController().signal, what: 'the tar', ...(budget === undefined ? {} : { budget }) },
    );
  } finally {
    closeSync(fd);
  }
}

const only = async (...parts: Buffer[]): Promise<IndexedMember> => {
  const members = await index(tarOf(parts));
  expect(members).toHaveLength(1);
  return members[0] as IndexedMember;
};

const file = (name: string) => memberOf({ name });

describe('indexTar finds', () => {
  test('every member and where its contents begin, in bytes from the start of the file', async () => {
    const body = 'x'.repeat(513);
    const tar = tarOf([{ name: 'a', body }, { name: 'b', body: 'yy' }, { name: 'c' }]);
    const members = await index(tar, { offset: 1000 });
    expect(members.map(({ name, bodyOffset, sizeBytes }) => [name, bodyOffset, sizeBytes])).toEqual([
      ['a', 1512, 513],
      ['b', 1512 + 1024 + 512, 2],
      ['c', 1512 + 1024 + 512 + 1024, 0],
    ]);
  });

  test.each([
    ['\0', 'file'],
    ['0', 'file'],
    ['7', 'file'],
    ['1', 'hard-link'],
    ['2', 'symlink'],
    ['3', 'character-device'],
    ['4', 'block-device'],
    ['5', 'directory'],
    ['6', 'fifo'],
  ])('the type %j as a %s', async (typeFlag, type) => {
    expect((await only(rawMember({ typeFlag, linkName: 'to' }))).type).toBe(type);
  });

  test('a name with a slash at its end as a directory: v7 had no other way to say it', async () => {
    expect((await only(rawMember({ name: 'dir/', typeFlag: '\0', magic: '' }))).type).toBe('directory');
  });

  test('contents of regular files only: a directory’s or a hard link’s size is no body', async () => {
    const sized = (typeFlag: string) => rawMember({ typeFlag, size: '00000001000\0', linkName: 'x' });
    const members = await index(tarOf([sized('5'), sized('1'), sized('2'), file('next')]));
    expect(members.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`)).toEqual([
      'file 0',
      'file 0',
      'file 0',
      'next 0',
    ]);
  });

  test('the device number', async () => {
    const member = rawMember({ typeFlag: '3', major: '0000001\0', minor: base256(1_048_575n, 8) });
    expect((await only(member)).device).toEqual({ major: 1, minor: 1_048_575 });
  });

  test('a symlink’s text and a hard link’s name as they are', async () => {
    expect((await only(memberOf({ name: 'l', linkTarget: '../../x' }))).linkTarget).toBe('../../x');
  });
});

describe('names', () => {
  const long = `${'d'.repeat(150)}/${'f'.repeat(150)}`;

  test('ustar splits them in two', async () => {
    expect((await only(rawMember({ prefix: 'some/where', name: 'far' }))).name).toBe('some/where/far');
  });

  test('star’s second part is shorter, times follow it', async () => {
    const prefix = `${'p'.repeat(130)}\x0012345670123`;
    expect((await only(rawMember({ prefix, name: 'n', trailer: 'tar\0' }))).name).toBe(`${'p'.repeat(130)}/n`);
  });

  test('old GNU headers keep times where ustar has a name’s beginning', async () => {
    const member = rawMember({ magic: 'ustar  \0', prefix: '12345670123\0', name: 'n' });
    expect((await only(member)).name).toBe('n');
  });

  test('GNU tar’s long names and long links come before the member', async () => {
    const longName = rawMember({ name: '././@LongLink', typeFlag: 'L', body: `${long}\0` });
    const longLink = rawMember({ name: '././@LongLink', typeFlag: 'K', body: `${long}/2\0` });
    const [first, second] = await index(tarOf([longLink, longName, rawMember({ typeFlag: '2' }), file('short')]));
    expect([first?.name, first?.linkTarget, second?.name]).toEqual([long, `${long}/2`, 'short']);
  });

  test('PAX names and links come before the member, and only for it', async () => {
    const pax = paxMember([
      ['path', long],
      ['linkpath', `${long}/2`],
    ]);
    const [first, second] = await index(tarOf([pax, rawMember({ typeFlag: '2' }), file('short')]));
    expect([first?.name, first?.linkTarget, second?.name]).toEqual([long, `${long}/2`, 'short']);
  });

  test.each([
    ['in the header', (name: Buffer) => [rawMember({ name })]],
    ['as PAX', (name: Buffer) => [paxMember([['path', name]]), rawMember({})]],
    [
      'as PAX that says so',
      (name: Buffer) => [
        paxMember([
          ['hdrcharset', 'BINARY'],
          ['path', name],
        ]),
        rawMember({}),
      ],
    ],
    ['as GNU tar’s long name', (name: Buffer) => [rawMember({ typeFlag: 'L', body: name }), rawMember({})]],
  ])('that are no UTF-8 survive %s', async (_, write) => {
    expect((await only(...write(Buffer.from([0x61, 0xff, 0xc3])))).name).toBe('a\udcff\udcc3');
  });
});

describe('numbers', () => {
  test.each<[string, string | Buffer, number]>([
    ['zeros in front, a NUL behind', '0001750\0', 1000],
    ['blanks in front, a blank behind', '   1750 ', 1000],
    ['no end at all', '00001750', 1000],
    ['nothing', '', 0],
    ['base 256', base256(4_294_967_294n, 8), 4_294_967_294],
  ])('%s', async (_, uid, expected) => {
    expect((await only(rawMember({ uid }))).uid).toBe(expected);
  });

  test.each<[string, string | Buffer]>([
    ['digits that aren’t octal', '0001790\0'],
    ['a negative user', base256(-2n, 8)],
    ['more than 32 bits', base256(4_294_967_296n, 8)],
    ['more than can be counted', base256(1n << 60n, 8)],
  ])('%s are refused', async (_, uid) => {
    await expect(index(tarOf([rawMember({ uid })]))).rejects.toThrow('the tar: entry "file": its uid');
  });

  test('a mode’s file type is left out', async () => {
    expect((await only(rawMember({ mode: '0104755\0' }))).mode).toBe(0o4755);
  });

  test('times before 1970 and after 2242', async () => {
    expect((await only(rawMember({ mtime: base256(-5n, 12) }))).mtime).toEqual({ seconds: -5, nanoseconds: 0 });
    expect((await only(rawMember({ mtime: base256(1n << 40n, 12) }))).mtime.seconds).toBe(2 ** 40);
  });

  test.each([
    ['7', 7, 0],
    ['7.5', 7, 500_000_000],
    ['7.000000001', 7, 1],
    ['7.0000000019', 7, 1],
    ['-1', -1, 0],
    ['-0.5', -1, 500_000_000],
    ['-2.75', -3, 250_000_000],
    ['-0', 0, 0],
  ])('a PAX time %s', async (text, seconds, nanoseconds) => {
    expect((await only(paxMember([['mtime', text]]), rawMember({}))).mtime).toEqual({ seconds, nanoseconds });
  });

  test('PAX numbers beat the header’s', async () => {
    const pax = paxMember([
      ['uid', '3000000'],
      ['gid', '4000000'],
      ['size', '3'],
      ['SCHILY.devmajor', '9'],
    ]);
    const member = await only(pax, Buffer.concat([rawMember({ size: '00000000000\0' }), Buffer.alloc(512, 'abc')]));
    expect(member).toMatchObject({ uid: 3_000_000, gid: 4_000_000, sizeBytes: 3 });
  });

  test.each([
    ['size', '12x'],
    ['uid', '-1'],
    ['mtime', 'now'],
    ['size', '99999999999999999999'],
  ])('a PAX %s of %s is refused', async (keyword, value) => {
    await expect(index(tarOf([paxMember([[keyword, value]]), rawMember({})]))).rejects.toThrow(
      `entry "file": its ${keyword} is no number`,
    );
  });
});

describe('global PAX headers', () => {
  test('stay in force, are overridden by a later one, and by a file’s own', async () => {
    const members = await index(
      tarOf([
        paxMember([['uid', '5']], 'g'),
        file('a'),
        paxMember([['uid', '7']]),
        file('b'),
        paxMember([['uid', '6']], 'g'),
        file('c'),
        paxMember([['uid', '']]),
        file('d'),
      ]),
    );
    expect(members.map(({ name, uid }) => `${name} ${uid}`)).toEqual(['a 5', 'b 7', 'c 6', 'd 0']);
  });

  test('more of them than any honest tar has are refused', async () => {
    const many = Array.from({ length: 1001 }, (_, at) => [`SCHILY.xattr.user.${at}`, ''] as const);
    await expect(index(tarOf([paxMember(many, 'g'), file('a')]))).rejects.toThrow('too many global PAX records');
  });

  test('git’s comment changes nothing', async () => {
    const members = await index(tarOf([paxMember([['comment', 'a'.repeat(40)]], 'g'), file('a')]));
    expect(members).toMatchObject([{ name: 'a', type: 'file' }]);
  });

  test('attributes in them are everyone’s', async () => {
    const members = await index(
      tarOf([
        paxMember([['SCHILY.xattr.user.all', '1']], 'g'),
        file('a'),
        paxMember([['SCHILY.xattr.user.own', '2']]),
        file('b'),
      ]),
    );
    expect(members.map(({ xattrs }) => [...(xattrs?.keys() ?? [])])).toEqual([['user.all'], ['user.all', 'user.own']]);
  });
});

describe('extended attributes', () => {
  const binary = Buffer.from([1, 0, 0x0a, 0x3d, 0xff]);

  test('are the bytes they are, line feeds and equals signs too', async () => {
    const member = await only(
      paxMember([
        ['SCHILY.xattr.security.capability', binary],
        ['SCHILY.xattr.user.empty', ''],
      ]),
      rawMember({}),
    );
    expect([...(member.xattrs ?? [])]).toEqual([
      ['security.capability', binary],
      ['user.empty', Buffer.alloc(0)],
    ]);
  });

  test('libarchive writes them in base 64, with percent signs in their names', async () => {
    const record = ['LIBARCHIVE.xattr.user.a%3Db', binary.toString('base64').replaceAll('=', '')] as const;
    const member = await only(paxMember([record]), rawMember({}));
    expect([...(member.xattrs ?? [])]).toEqual([['user.a=b', binary]]);
  });
});

describe('ends', () => {
  test('two zero blocks end it, whatever follows', async () => {
    expect(await index(Buffer.concat([tarOf([{ name: 'a' }]), Buffer.alloc(700, 'garbage')]))).toHaveLength(1);
  });

  test.each([
    ['no zero block', 0],
    ['one zero block', 512],
    ['a zero block and a half', 768],
  ])('%s is enough', async (_, bytes) => {
    expect(await index(Buffer.concat([file('a'), tarEnd.subarray(0, bytes)]))).toHaveLength(1);
  });

  test('an empty tar has no members', async () => {
    expect(await index(Buffer.alloc(0))).toEqual([]);
    expect(await index(tarEnd)).toEqual([]);
  });

  test('the last member’s padding may be missing', async () => {
    expect(await index(memberOf({ name: 'a', body: 'abc' }).subarray(0, 515))).toHaveLength(1);
  });

  test.each<[string, Buffer, string]>([
    ['within a header', file('a').subarray(0, 100), 'the tar: it ends within the header at byte 0'],
    [
      'within a body',
      memberOf({ name: 'a', body: 'abc' }).subarray(0, 514),
      'entry "a": the archive ends within its 3',
    ],
    ['after an extended header', paxMember([['path', 'x']]), 'the tar: it ends after an extended header'],
    ['within an extended header', paxMember([['path', 'x']]).subarray(0, 516), 'entry "PaxHeaders/entry": the archive'],
  ])('an end %s is refused', async (_, tar, message) => {
    await expect(index(tar)).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringContaining(message),
    });
  });

  test('a single zero block before more members is refused', async () => {
    await expect(index(Buffer.concat([file('a'), Buffer.alloc(512), file('b')]))).rejects.toThrow(
      'a single zero block at byte 512',
    );
  });
});

describe('damage and hostility', () => {
  test('a header with another checksum is refused, signed checksums are not', async () => {
    const name = Buffer.from([0xe9, 0xff]);
    expect((await only(rawMember({ name, isSigned: true }))).name).toBe('\udce9\udcff');
    const damaged = file('a');
    damaged[5] = 1;
    await expect(index(damaged)).rejects.toThrow('the tar: there is no valid header at byte 0');
  });

  test.each([
    ['no length', 'path=x\n'],
    ['a length too long', '99 path=x\n'],
    ['a length too short', '5 path=x\n'],
    ['no line feed', '9 path=xy'],
    ['no keyword', '5 =x\n'],
    ['no value', '7 path\n'],
    ['a length of zero', '0 path=x\n'],
    ['bytes behind the last record', '10 path=x\n\0\0'],
  ])('a PAX record with %s is refused', async (_, body) => {
    await expect(index(tarOf([rawMember({ name: 'pax', typeFlag: 'x', body }), file('a')]))).rejects.toThrow(
      'entry "pax": a PAX record',
    );
  });

  test.each([
    ['GNU’s old sparse type', [rawMember({ typeFlag: 'S', name: 'holes' })]],
    [
      'PAX sparse 1.0',
      [
        paxMember([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.name', 'holes'],
        ]),
        rawMember({ name: 'GNUSparseFile.0/holes' }),
      ],
    ],
  ])('sparse entries are refused by name: %s', async (_, parts) => {
    await expect(index(tarOf(parts))).rejects.toMatchObject({
      code: 'archive-unsupported',
      message: expect.stringContaining('a sparse entry: "holes" in the tar'),
    });
  });

  test('an unknown type with data is refused, one without is passed over', async () => {
    expect(await index(tarOf([rawMember({ typeFlag: 'V', name: 'label' }), file('a')]))).toHaveLength(1);
    await expect(index(tarOf([rawMember({ typeFlag: 'D', name: 'dump', body: 'x' })]))).rejects.toThrow(
      'an entry of the type "D": "dump"',
    );
  });

  test('an extended header of 2 MiB is refused before it is read', async () => {
    const member = rawMember({ name: 'huge', typeFlag: 'x', size: base256(2n << 20n, 12) });
    await expect(index(member)).rejects.toThrow('entry "huge": its extended header has 2097152 bytes');
  });

  test('a size below zero is refused', async () => {
    await expect(index(rawMember({ size: base256(-512n, 12) }))).rejects.toThrow('its size is negative');
  });

  test('more entries than are allowed, or more bytes of names', async () => {
    const tar = tarOf([{ name: 'a' }, { name: 'b' }, { name: 'c'.repeat(90) }]);
    await expect(index(tar, { budget: new IndexBudget({ entries: 2 }) })).rejects.toThrow('there are too many entries');
    const budget = new IndexBudget({ metadataBytes: 50 });
    await expect(index(tar, { budget })).rejects.toThrow(
      `entry "${'c'.repeat(90)}": names and attributes take too much`,
    );
  });

  test('attributes that a global header multiplies count each time', async () => {
    const own = paxMember([['SCHILY.xattr.user.own', '']]);
    const tar = tarOf([
      paxMember([['SCHILY.xattr.user.all', 'x'.repeat(1000)]], 'g'),
      ...Array.from({ length: 100 }, () => [own, file('a')]).flat(),
    ]);
    const budget = new IndexBudget({ metadataBytes: 50_000 });
    await expect(index(tar, { budget })).rejects.toThrow('take too much memory');
  });

  test('control characters of a name don’t reach the terminal', async () => {
    const tar = tarOf([paxMember([['path', '\x1b[2J\n\u009b1m']]), rawMember({ uid: 'x' })]);
    await expect(index(tar)).rejects.toThrow('entry "\\u001b[2J\\n\\u009b1m": its uid');
  });

  test('an interrupted run ends with the interruption', async () => {
    const controller = new AbortController();
    const many = Array.from({ length: 9000 }, () => file('a'));
    const reading = index(tarOf(many), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});
