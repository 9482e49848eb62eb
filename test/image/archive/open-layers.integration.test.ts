import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { digestOf } from '../../../src/system/digest.js';
import { testWith } from '../../support/run-docker.js';
import { type LayerRoom, openLayerRoom } from './layer-room.js';
import { tarOf } from './raw-tar.js';

let room: LayerRoom;
beforeEach(() => {
  room = openLayerRoom();
});
afterEach(() => room[Symbol.dispose]());

const large = Buffer.alloc(3_000_000, 'large ');
const lower = tarOf([
  { name: 'etc/', type: 'directory' },
  { name: 'etc/passwd', body: 'root:x:0:0' },
  { name: 'etc/gone', body: 'gone' },
  { name: 'hard', type: 'hard-link', linkTarget: 'etc/passwd' },
  { name: 'link', linkTarget: 'etc' },
  { name: 'empty' },
]);
const upper = tarOf([{ name: 'etc/.wh.gone' }, { name: 'large', body: large }]);

const path = asImagePath;
const diffIdOf = (tar: Uint8Array) => ({ diffId: digestOf(tar) });

function zstd(bytes: Uint8Array, ...flags: string[]): Buffer {
  const { stdout, status } = spawnSync('zstd', ['--stdout', '--quiet', ...flags], { input: bytes, maxBuffer: 1e9 });
  expect(status).toBe(0);
  return stdout;
}

describe('plain layers', () => {
  test('are read where they lie in their files', async () => {
    const layers = [room.store(lower), room.store(upper)];
    await using opened = await room.open(layers);
    expect([...opened.tree.entries()].map((entry) => entry.path).sort()).toEqual([
      '/',
      '/empty',
      '/etc',
      '/etc/passwd',
      '/hard',
      '/large',
      '/link',
    ]);
    await opened.contents.fetch([path('/hard'), path('/large')]);
    expect(Buffer.from(opened.contents.read(path('/hard'), 0, 100)).toString()).toBe('root:x:0:0');
    expect(Buffer.from(opened.contents.read(path('/etc/passwd'), 5, 2)).toString()).toBe('x:');
    expect(opened.contents.read(path('/etc/passwd'), 50, 10)).toHaveLength(0);
    expect(opened.contents.read(path('/empty'), 0, 10)).toHaveLength(0);
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.contents.stream(path('/large'))) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
    const place = opened.placeOf(path('/large'));
    expect(place.file).toBe(layers[1]?.file);
    expect(
      readFileSync(place.file)
        .subarray(place.offset, place.offset + place.sizeBytes)
        .equals(large),
    ).toBe(true);
    await opened.verify();
  });

  test('count as Docker counts them: what is hidden too, and the texts of symlinks', async () => {
    await using opened = await room.open([room.store(lower), room.store(upper)]);
    expect(opened.sizeBytes).toBe('root:x:0:0'.length + 'gone'.length + 'etc'.length + large.length);
  });

  test('what is no regular file of the image can’t be read', async () => {
    await using opened = await room.open([room.store(lower)]);
    for (const none of ['/etc', '/link', '/nothing', '/link/passwd']) {
      await expect(opened.contents.fetch([path(none)])).rejects.toMatchObject({ code: 'contents-missing' });
      expect(() => opened.placeOf(path(none))).toThrow(none);
    }
  });

  test('a file that isn’t there is told', async () => {
    const layer = { ...room.store(lower), file: join(room.path, 'none') };
    await expect(room.open([layer])).rejects.toMatchObject({ code: 'file-unreadable', details: { file: layer.file } });
  });

  test('a file that changes while it is in use is told', async () => {
    const layer = room.store(lower);
    await using opened = await room.open([layer]);
    appendFileSync(layer.file, 'more');
    await expect(opened.contents.fetch([path('/empty')])).rejects.toThrow(`${layer.file} was changed`);
    await expect(opened.verify()).rejects.toMatchObject({ code: 'archive-invalid' });
  });

  test('the same layer many times is one', async () => {
    const empty = room.store(gzipSync(tarOf([])), diffIdOf(tarOf([])));
    await using opened = await room.open([empty, room.store(lower), empty, empty]);
    expect(opened.tree.size).toBe(7);
    expect(readdirSync(room.cache).filter((name) => name.endsWith('.tar'))).toHaveLength(1);
  });

  test('no layers are an empty image', async () => {
    await using opened = await room.open([]);
    expect([opened.tree.size, opened.sizeBytes]).toEqual([1, 0]);
    await opened.verify();
  });
});

describe('verify', () => {
  test('finds a plain layer with another digest or diff ID', async () => {
    const wrong = digestOf('another');
    for (const about of [{ digest: wrong }, { diffId: wrong }, { digest: undefined, diffId: wrong }]) {
      const layer = room.store(lower, about);
      await using opened = await room.open([layer]);
      await expect(opened.verify()).rejects.toMatchObject({
        code: 'archive-invalid',
        message: expect.stringContaining(`layer ${layer.digest ?? layer.diffId}: `),
      });
    }
  });

  test('finds a compressed layer with another digest even when its tar is in the cache already', async () => {
    const stored = gzipSync(lower);
    await using _first = await room.open([room.store(stored, diffIdOf(lower))]);
    await using second = await room.open([room.store(stored, { ...diffIdOf(lower), digest: digestOf('another') })]);
    await expect(second.verify()).rejects.toThrow(`its bytes have the digest ${digestOf(stored)}`);
  });

  test('finds a damaged copy in the cache, and removes it', async () => {
    const layer = room.store(gzipSync(lower), diffIdOf(lower));
    await (await room.open([layer]))[Symbol.asyncDispose]();
    const [copy = ''] = readdirSync(room.cache);
    const damaged = Buffer.from(lower);
    damaged[damaged.indexOf('root:x')] = 0x58;
    writeFileSync(join(room.cache, copy), damaged);
    {
      await using opened = await room.open([layer]);
      await expect(opened.verify()).rejects.toThrow('was damaged and is removed: please run again');
    }
    await using again = await room.open([layer]);
    await again.verify();
    expect(Buffer.from(again.contents.read(path('/hard'), 0, 100)).toString()).toBe('root:x:0:0');
  });
});

describe('compressed layers', () => {
  const cases: readonly (readonly [string, readonly string[], (tar: Buffer) => Buffer])[] = [
    ['gzip', [], (tar) => gzipSync(tar)],
    [
      'gzip of several members',
      [],
      (tar) => Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]),
    ],
    ['zstd', ['zstd'], (tar) => zstd(tar)],
    ['zstd at its hardest', ['zstd'], (tar) => zstd(tar, '--ultra', '-22')],
    ['zstd of several frames', ['zstd'], (tar) => Buffer.concat([zstd(tar.subarray(0, 700)), zstd(tar.subarray(700))])],
    [
      'zstd with frames to skip, as zstd:chunked has them',
      ['zstd'],
      (tar) =>
        Buffer.concat([
          Buffer.from('5c2a4d1803000000616263', 'hex'),
          zstd(tar),
          Buffer.from('502a4d1800000000', 'hex'),
        ]),
    ],
  ];
  for (const [name, needs, compress] of cases)
    testWith(needs, name, async () => {
      await using opened = await room.open([room.store(compress(upper), diffIdOf(upper))]);
      expect(Buffer.from(opened.contents.read(path('/large'), 0, large.length)).equals(large)).toBe(true);
      await opened.verify();
    });

  testWith(['zstd'], 'what hardly compresses, and more of it than any window', async () => {
    const noise = Buffer.concat(Array.from({ length: 200 }, (_, at) => Buffer.alloc(60_000, digestOf(String(at)))));
    const tar = tarOf([{ name: 'noise', body: noise }]);
    await using opened = await room.open([room.store(zstd(tar), diffIdOf(tar))]);
    expect(Buffer.from(opened.contents.read(path('/noise'), 0, noise.length)).equals(noise)).toBe(true);
  });

  testWith(['zstd'], 'a damaged or truncated zstd layer is refused by name', async () => {
    const noise = tarOf([{ name: 'f', body: Array.from({ length: 5000 }, (_, at) => digestOf(`${at}`)).join() }]);
    const whole = zstd(noise);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length >> 1, (whole.length >> 1) + 64);
    for (const stored of [damaged, whole.subarray(0, -1), whole.subarray(0, whole.length >> 1)]) {
      const layer = room.store(stored, diffIdOf(noise));
      await expect(room.open([layer])).rejects.toMatchObject({
        code: 'archive-invalid',
        message: expect.stringContaining(`layer ${layer.digest}: `),
      });
    }
    expect(readdirSync(room.cache)).toEqual([]);
  });

  test.each([
    ['a window of 2 GiB', '28b52ffd00a80000000000', 'asks for a window of 2147483648 bytes'],
    ['one segment of 4 GiB', '28b52ffda0ffffffff010000', 'asks for a window of 4294967295 bytes'],
    ['a block of 2 MiB', '28b52ffd0050fbffff78', 'a zstd block has 2097151 bytes'],
  ])('a zstd frame with %s is refused before it takes the memory', async (_, hex, problem) => {
    const layer = room.store(Buffer.from(hex, 'hex'));
    await expect(room.open([layer])).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringContaining('its zstd data are damaged'),
      cause: { message: expect.stringContaining(problem) },
    });
  });

  test('bzip2 and xz are refused by name', async () => {
    for (const [name, magic] of [
      ['bzip2', '425a6839314159265359'],
      ['xz', 'fd377a585a000004e6d6b446'],
    ] as const) {
      const layer = room.store(Buffer.from(magic, 'hex'));
      await expect(room.open([layer])).rejects.toMatchObject({
        code: 'archive-unsupported',
        message: expect.stringContaining(`${name} compression of layer ${layer.digest}`),
      });
    }
  });
});
