import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Listing, parseListing } from '../../src/agent/listing.js';
import { SlimtraceError } from '../../src/errors.js';

const header = 'slimtrace-list 1 clone';
type Field = string | Uint8Array;

/** Fields that each end in NUL. */
function fields(...texts: readonly Field[]): Buffer {
  return Buffer.concat(texts.flatMap((text) => [Buffer.from(text), Buffer.from([0])]));
}

/** One entry: type mode uid gid size mtime inode:device links major:minor xattrs, its path and its link's text. */
function entry(head: string, path: Field, link: Field = ''): Buffer {
  return fields(head, path, link);
}

const file = (path: Field, size = 5) =>
  entry(`f 644 0 0 ${size} 1.000000000 10:1 1 0:0 0`.replace('10:1 1', '1:10 1'), path);

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const parse = async (bytes: Uint8Array, chunkBytes = 7): Promise<Listing> =>
  await parseListing(chunks(bytes, chunkBytes));

async function problemOf(bytes: Uint8Array): Promise<string> {
  const error = await parse(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return 'none';
  expect(error).toBeInstanceOf(SlimtraceError);
  expect((error as SlimtraceError).code).toBe('listing-invalid');
  return (error as SlimtraceError).details.reason ?? '';
}

/** A listing of one entry with extended attributes, written as given. */
const withXattrs = (count: number, ...rest: readonly Uint8Array[]) =>
  Buffer.concat([fields(header), entry(`f 644 0 0 0 0.000000000 1:1 1 0:0 ${count}`, '/x'), ...rest, fields('end 1')]);

describe('parseListing', () => {
  test('reads every kind of entry', async () => {
    const { entries, view } = await parse(
      Buffer.concat([
        fields(header),
        entry('d 755 0 0 4096 -2.250000000 1:1 12 0:0 0', '/'),
        entry('f 6755 4294967294 1 5 1.999999999 1:7 2 0:0 0', '/su'),
        entry('l 777 0 0 9 0.000000000 1:8 1 0:0 0', '/link', 'not/there'),
        entry('c 666 0 0 0 0.000000000 1:9 1 1:3 0', '/null'),
        entry('b 660 0 6 0 0.000000000 1:9 1 4095:1048575 0', '/disk'),
        entry('p 0 0 0 0 0.000000000 1:9 1 0:0 0', '/pipe'),
        entry('s 755 0 0 0 0.000000000 1:9 1 0:0 0', '/socket'),
        fields('end 7'),
      ]),
    );
    expect(view).toBe('clone');
    const plain = { uid: 0, gid: 0, sizeBytes: 0, mtime: { seconds: 0, nanoseconds: 0 } };
    expect(entries).toEqual([
      { ...plain, path: '/', type: 'directory', mode: 0o755, mtime: { seconds: -2, nanoseconds: 250_000_000 } },
      {
        path: '/su',
        type: 'file',
        mode: 0o6755,
        uid: 4294967294,
        gid: 1,
        sizeBytes: 5,
        mtime: { seconds: 1, nanoseconds: 999_999_999 },
        hardLinkId: '1:7',
      },
      { ...plain, path: '/link', type: 'symlink', mode: 0o777, linkTarget: 'not/there' },
      { ...plain, path: '/null', type: 'character-device', mode: 0o666, device: { major: 1, minor: 3 } },
      { ...plain, path: '/disk', type: 'block-device', mode: 0o660, gid: 6, device: { major: 4095, minor: 1048575 } },
      { ...plain, path: '/pipe', type: 'fifo', mode: 0 },
      { ...plain, path: '/socket', type: 'socket', mode: 0o755 },
    ]);
  });

  test('extended attributes are bytes: with NULs, empty, and of the largest size', async () => {
    const large = Buffer.alloc(65536, 0xfe);
    const raw = Buffer.from([1, 0, 0, 2, 0]);
    const { entries } = await parse(
      withXattrs(
        3,
        fields('security.capability', '5'),
        raw,
        fields('user.empty', '0'),
        fields('user.large', '65536'),
        large,
      ),
      1000,
    );
    expect([...(entries[0]?.xattrs ?? [])].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])).toEqual([
      ['security.capability', '0100000200'],
      ['user.empty', ''],
      ['user.large', large.toString('hex')],
    ]);
  });

  test('names that are not UTF-8 or hold newlines are names', async () => {
    const names = [Buffer.from([0x2f, 0xff]), '/new\nline', '/ü', '/ '];
    const { entries } = await parse(
      Buffer.concat([fields(header), ...names.map((name) => file(name)), fields('end 4')]),
    );
    expect(entries.map(({ path }) => path)).toEqual(['/\udcff', '/new\nline', '/ü', '/ ']);
  });

  test('it makes no difference how the stream is cut into chunks', async () => {
    const bytes = Buffer.concat([withXattrs(1, fields('user.x', '3'), Buffer.from([0, 0, 0]))]);
    const whole = await parse(bytes, bytes.length);
    for (let size = 1; size < bytes.length; size += 1) expect(await parse(bytes, size)).toEqual(whole);
  });
});

describe('a listing is refused as a whole when', () => {
  const whole = Buffer.concat([fields(header), file('/a'), file('/b'), fields('end 2')]);

  test('it ends early, wherever: a file could be missing', async () => {
    expect(await problemOf(whole)).toBe('none');
    for (let length = 0; length < whole.length; length += 1)
      expect(await problemOf(whole.subarray(0, length))).not.toBe('none');
  });

  test.each<[string, Buffer]>([
    ['it counts other than it lists', Buffer.concat([fields(header), file('/a'), fields('end 2')])],
    ['it counts in another way', Buffer.concat([fields(header), file('/a'), fields('end 01')])],
    ['it has no header', fields('end 0')],
    ['it is of another version', fields('slimtrace-list 2 clone', 'end 0')],
    ['it has an unknown view', fields('slimtrace-list 1 other', 'end 0')],
    ['a path leaves the image', Buffer.concat([fields(header), file('/../etc/passwd'), fields('end 1')])],
    ['a path goes up', Buffer.concat([fields(header), file('/a/..'), fields('end 1')])],
    ['a path is relative', Buffer.concat([fields(header), file('etc/passwd'), fields('end 1')])],
    ['a path is empty', Buffer.concat([fields(header), file(''), fields('end 1')])],
    ['a path is not normal', Buffer.concat([fields(header), file('/a//b'), fields('end 1')])],
    [
      'a type is unknown',
      Buffer.concat([fields(header), entry('x 644 0 0 0 0.000000000 1:1 1 0:0 0', '/x'), fields('end 1')]),
    ],
    [
      'a mode is none',
      Buffer.concat([fields(header), entry('f 9999 0 0 0 0.000000000 1:1 1 0:0 0', '/x'), fields('end 1')]),
    ],
    [
      'a size is negative',
      Buffer.concat([fields(header), entry('f 644 0 0 -1 0.000000000 1:1 1 0:0 0', '/x'), fields('end 1')]),
    ],
    ['an attribute is larger than Linux has them', withXattrs(1, fields('user.x', '65537'), Buffer.alloc(65537))],
    ['an attribute would take all memory', withXattrs(1, fields('user.x', '99999999999999'))],
    ['an attribute has a negative length, and would be read again and again', withXattrs(1, fields('user.x', '-7'))],
    ['an attribute’s length is no number', withXattrs(1, fields('user.x', 'NaN'))],
    ['an attribute’s length is empty', withXattrs(1, fields('user.x', ''))],
    ['it promises more attributes than it has', withXattrs(1_000_000_000)],
  ])('%s', async (_, bytes) => {
    expect(await problemOf(bytes)).not.toBe('none');
  });

  test('whatever the bytes, never with a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.uint8Array(), async (texts, rest) => {
        await problemOf(Buffer.concat([fields(header, ...texts), rest]));
        await problemOf(Buffer.concat([fields(header), file('/a'), rest]));
      }),
    );
  });
});
