import { mkdtempSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGzip, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { digestOf } from '../../../src/system/digest.js';
import { type LayerRoom, openLayerRoom } from './layer-room.js';
import { base256, type MemberSketch, paxMember, rawMember, tarOf } from './raw-tar.js';

let room: LayerRoom;
beforeEach(() => {
  room = openLayerRoom();
});
afterEach(() => room[Symbol.dispose]());

/** Opens plain layers and tells the paths of the tree. Whatever happens, nothing may appear beside the archives. */
async function open(...layers: readonly (readonly (MemberSketch | Buffer)[])[]): Promise<string[]> {
  const blobs = layers.map((layer) => room.store(tarOf(layer)));
  const before = readdirSync(room.path);
  try {
    await using opened = await room.open(blobs);
    return [...opened.tree.entries()].map(({ path }) => path as string);
  } finally {
    expect(readdirSync(room.path)).toEqual(before);
  }
}

const directory = (name: string): MemberSketch => ({ name, type: 'directory' });

describe('a name that leads out of the image', () => {
  test.each([['../../etc/passwd'], ['a/../../b'], ['..'], ['/../x']])('%s is refused by name', async (name) => {
    await expect(open([{ name, body: 'x' }])).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringMatching(/layer sha256:\w{64}: entry ".*": its name leads out of the image/),
    });
  });

  test('an absolute one is one of the image', async () => {
    expect(await open([{ name: '/etc/passwd', body: 'x' }])).toEqual(['/', '/etc', '/etc/passwd']);
  });
});

describe('links', () => {
  test.each([['/etc'], ['../../../../etc']])(
    'a symlink to %s, then a file through it, stays in the image',
    async (to) => {
      expect(
        await open([
          { name: 'out', linkTarget: to },
          { name: 'out/passwd', body: 'x' },
        ]),
      ).toEqual(['/', '/out', '/etc', '/etc/passwd']);
    },
  );

  test('a hard link to outside is refused by name', async () => {
    const members: MemberSketch[] = [{ name: 'h', type: 'hard-link', linkTarget: '../../etc/shadow' }];
    await expect(open(members)).rejects.toThrow('entry "h": it is a hard link out of the image, to "../../etc/shadow"');
  });

  test('a hard link through a symlink to outside leads to what the image has there, which is nothing', async () => {
    await expect(
      open([
        { name: 's', linkTarget: '/etc' },
        { name: 'h', type: 'hard-link', linkTarget: 's/passwd' },
      ]),
    ).rejects.toThrow('entry "h": it is a hard link to nothing, "s/passwd"');
  });

  test('a loop of symlinks is refused by name, but only where an entry leads through it', async () => {
    const loop: MemberSketch[] = [
      { name: 'a', linkTarget: 'b' },
      { name: 'b', linkTarget: 'a' },
    ];
    expect(await open(loop)).toEqual(['/', '/a', '/b']);
    await expect(open(loop, [{ name: 'a/x' }])).rejects.toThrow('entry "a/x": symlinks lead round in a circle');
  });

  test('links that double at each step end soon', async () => {
    const links = Array.from({ length: 60 }, (_, at) => ({ name: `l${at}`, linkTarget: `l${at + 1}/../l${at + 1}` }));
    await expect(open([...links, { name: 'l0/x' }])).rejects.toThrow('symlinks lead round in a circle');
  });

  test('a directory replaced by a link in a later layer: what comes through the link is in the link’s target', async () => {
    expect(await open([directory('d'), { name: 'd/f' }], [{ name: 'd', linkTarget: '/e' }], [{ name: 'd/g' }])).toEqual(
      ['/', '/d', '/e', '/e/g'],
    );
  });
});

describe('entries', () => {
  test('a device node is an entry like another: it is only told of', async () => {
    const disk: MemberSketch = { name: 'sda', type: 'block-device', device: { major: 8, minor: 0 } };
    await using opened = await room.open([room.store(tarOf([disk]))]);
    expect(opened.tree.get('/sda')).toMatchObject({ type: 'block-device', device: { major: 8, minor: 0 } });
    await expect(opened.contents.fetch([asImagePath('/sda')])).rejects.toMatchObject({ code: 'contents-missing' });
  });

  test.each([['.wh.'], ['.wh..'], ['.wh...'], ['/.wh.']])(
    'a whiteout of /, as %s, is refused by name',
    async (name) => {
      await expect(open([{ name: 'f' }], [{ name }])).rejects.toThrow(
        `entry "${name}": it is a whiteout of "/" itself`,
      );
    },
  );

  test.each([['.'], ['/'], ['']])('something else in the place of /, as %j, is refused', async (name) => {
    const member = rawMember({ name, typeFlag: '2', linkName: '/etc' });
    await expect(open([member])).rejects.toThrow(`entry ${JSON.stringify(name)}: it would replace the root directory`);
  });

  test('of duplicates the last is the one', async () => {
    const first = tarOf([
      { name: 'f', body: 'first' },
      { name: './f', body: 'second' },
      { name: '/f', body: 'third!' },
    ]);
    await using opened = await room.open([room.store(first)]);
    expect(Buffer.from(opened.contents.read(asImagePath('/f'), 0, 10)).toString()).toBe('third!');
    expect(opened.tree.size).toBe(2);
  });

  test('names with escape sequences and line feeds are told escaped', async () => {
    const name = 'a\x1b]0;owned\x07\n\u009b31m/../../x';
    const failure = await open([{ name }]).catch((error: Error) => error.message);
    expect(failure).toContain('entry "a\\u001b]0;owned\\u0007\\n\\u009b31m/../../x"');
    expect(failure).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    expect(await open([{ name: 'a\x1b[2J\nb' }])).toEqual(['/', '/a\x1b[2J\nb']);
  });

  test('a name of 4,000 bytes is a name, one of a million is refused and not printed in full', async () => {
    const name = `${'n'.repeat(199)}/`.repeat(20).slice(0, -1);
    expect((await open([{ name }])).at(-1)).toBe(`/${name}`);
    const failure = await open([{ name: 'x/'.repeat(400_000) }]).catch((error: Error) => error.message);
    expect(failure).toContain('its name leads out of the image, or is no path');
    expect(String(failure).length).toBeLessThan(500);
  });

  test('binary extended attributes and base-256 numbers come through', async () => {
    const value = Buffer.from([1, 0, 0, 2, 0x0a, 0xff]);
    const pax = paxMember([['SCHILY.xattr.security.capability', value]]);
    const member = rawMember({ name: 'f', uid: base256(3_000_000_000n, 8), mtime: base256(-7n, 12) });
    await using opened = await room.open([room.store(tarOf([pax, member]))]);
    expect(opened.tree.get('/f')).toMatchObject({ uid: 3_000_000_000, mtime: { seconds: -7, nanoseconds: 0 } });
    expect(opened.tree.get('/f')?.xattrs?.get('security.capability')).toEqual(value);
  });

  test('a global header that gives all entries one name leaves one entry', async () => {
    expect(await open([paxMember([['path', 'same']], 'g'), { name: 'a' }, { name: 'b' }])).toEqual(['/', '/same']);
  });
});

describe('sizes', () => {
  test('a sparse entry of 100 GB is refused by name', async () => {
    const size = base256(100_000_000_000n, 12);
    await expect(open([rawMember({ name: 'holes', typeFlag: 'S', size })])).rejects.toMatchObject({
      code: 'archive-unsupported',
      message: expect.stringContaining('a sparse entry: "holes"'),
    });
    const pax = paxMember([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.realsize', '100000000000'],
    ]);
    await expect(open([pax, { name: 'holes' }])).rejects.toThrow('a sparse entry: "holes"');
  });

  test('a file that claims 100 GB and isn’t there is refused by name', async () => {
    const member = rawMember({ name: 'big', size: base256(100_000_000_000n, 12) });
    await expect(open([member])).rejects.toThrow('entry "big": the archive ends within its 100000000000 bytes');
  });

  test('a PAX size that disagrees counts, and what then is no header is refused', async () => {
    const body = 'x'.repeat(600);
    const sized = (size: string) => open([paxMember([['size', size]]), { name: 'f', body }, { name: 'next' }]);
    await expect(sized('100')).rejects.toThrow(/there is no valid header at byte \d+/);
    await expect(sized('1000000')).rejects.toThrow('entry "f": the archive ends within its 1000000 bytes');
    expect(await sized('600')).toEqual(['/', '/f', '/next']);
  });

  test('a gzip bomb is stopped, and its layer named', async () => {
    const bomb = await gzipped(50_000_000);
    expect(bomb.length).toBeLessThan(100_000);
    const layer = room.store(bomb);
    const opening = room.open([layer], { cacheLimits: { maxLayerBytes: 10_000_000 } });
    await expect(opening).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringContaining(`layer ${layer.digest}: it inflates to more than 10000000 bytes`),
    });
    expect(readdirSync(room.cache)).toEqual([]);
  });
});

describe('layers that aren’t what they say', () => {
  const tar = tarOf([{ name: 'f', body: 'x'.repeat(100_000) }]);
  const truth = { diffId: digestOf(tar) };
  const zipped = gzipSync(tar);
  /** Noise, so that every byte counts. */
  const noise = tarOf([
    { name: 'f', body: Buffer.from(Array.from({ length: 3000 }, (_, at) => digestOf(`${at}`)).join()) },
  ]);

  test.each([
    [
      'a wrong digest',
      zipped,
      { ...truth, digest: digestOf('other') },
      `its bytes have the digest ${digestOf(zipped)}`,
    ],
    ['a wrong diff ID', zipped, { diffId: digestOf('other') }, `uncompressed it has the digest ${digestOf(tar)}`],
    ['a truncated gzip layer', gzipSync(noise).subarray(0, 50_000), {}, 'its gzip data are damaged or end early'],
    ['a damaged gzip layer', damaged(gzipSync(noise)), {}, 'its gzip data are damaged or end early'],
    ['what only begins like gzip', Buffer.from('1f8b0800', 'hex'), {}, 'its gzip data are damaged or end early'],
    ['what only begins like zstd', Buffer.from('28b52ffd00', 'hex'), {}, 'its zstd data are damaged or end early'],
    ['a truncated plain layer', tar.subarray(0, 50_000), {}, 'entry "f": the archive ends within its 100000 bytes'],
    ['what is no tar', Buffer.alloc(2000, 'no tar'), {}, 'there is no valid header at byte 512'],
  ])('%s is refused, and nothing of it kept', async (_, stored, about, problem) => {
    const layer = room.store(stored, about);
    await expect(room.open([layer])).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringContaining(`layer ${layer.digest}: ${problem}`),
    });
    expect(keptFiles()).toEqual([]);
  });

  test('a layer that ends beyond its file is refused', async () => {
    for (const layer of [room.store(tar), room.store(gzipSync(noise))]) {
      truncateSync(layer.file, 512 + 512);
      await expect(room.open([layer])).rejects.toThrow(`layer ${layer.digest}: ${layer.file} ends within it`);
    }
  });
});

describe('a million entries', () => {
  test.each([
    ['in one directory', 'many', 1_000_000, 0],
    ['of a thousand bytes each in a deep directory, behind a link', 'deep', 1_000_000, 1],
  ])('%s: memory stays bounded', async (_, kind, entries, exitCode) => {
    const script = fileURLToPath(new URL('million-entries.ts', import.meta.url));
    const directory = mkdtempSync(join(room.path, 'million-'));
    const args = ['--import', 'tsx', script, directory, kind, String(entries)];
    const run = await execa(process.execPath, args, { reject: false });
    const { peakMegabytes, size, message } = JSON.parse(run.stdout) as Record<string, number | string>;
    expect(run.exitCode, String(message)).toBe(exitCode);
    if (exitCode === 0) expect(size).toBe(entries + 1);
    else expect(message).toContain('its paths are too long together');
    expect(peakMegabytes).toBeLessThan(1500);
  });
});

function keptFiles(): string[] {
  try {
    return readdirSync(room.cache);
  } catch {
    return []; // it was never needed
  }
}

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, copy.length >> 1, (copy.length >> 1) + 64);
  return copy;
}

async function gzipped(zeroBytes: number): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.end(Buffer.alloc(zeroBytes));
  for await (const chunk of gzip) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
