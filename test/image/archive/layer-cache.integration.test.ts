import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LayerBlob } from '../../../src/image/archive/layer-blob.js';
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

const sizeBytes = 100_000;

function compressedLayer(name: string): LayerBlob {
  const tar = tarOf([{ name, body: Buffer.alloc(sizeBytes, name) }]);
  return room.store(gzipSync(tar), { diffId: digestOf(tar) });
}

const fileNameOf = ({ diffId }: LayerBlob) => `${diffId.slice('sha256:'.length)}.tar`;
const kept = () => readdirSync(room.cache).sort();

async function use(layer: LayerBlob, maxCacheBytes?: number): Promise<void> {
  await using opened = await room.open([layer], maxCacheBytes === undefined ? {} : { cacheLimits: { maxCacheBytes } });
  expect(opened.tree.size).toBe(2);
}

/** As if the layer was last used so many seconds ago. */
function age(layer: LayerBlob, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(join(room.cache, fileNameOf(layer)), then, then);
}

describe('the cache of inflated layers', () => {
  test('keeps each under its diff ID, for one user only, and nothing else', async () => {
    const layer = compressedLayer('a');
    await use(layer);
    expect(kept()).toEqual([fileNameOf(layer)]);
    expect(statSync(room.cache).mode & 0o777).toBe(0o700);
    expect(statSync(join(room.cache, fileNameOf(layer))).mode & 0o777).toBe(0o600);
  });

  test('inflates once: the second time the stored bytes aren’t needed', async () => {
    const layer = compressedLayer('a');
    await use(layer);
    writeFileSync(
      layer.file,
      Buffer.concat([Buffer.alloc(512), Buffer.from('1f8b', 'hex'), Buffer.alloc(layer.sizeBytes)]),
    );
    await using opened = await room.open([layer]);
    expect(opened.tree.has('/a')).toBe(true);
  });

  test('drops the least recently used first, and counts reading as use', async () => {
    const [a, b, c] = [compressedLayer('a'), compressedLayer('b'), compressedLayer('c')];
    await use(a);
    await use(b);
    age(a, 100);
    age(b, 50);
    await use(a);
    await use(c, 2.5 * sizeBytes);
    expect(kept()).toEqual([fileNameOf(a), fileNameOf(c)].sort());
  });

  test('keeps what is in use, even beyond its bound, and its files stay readable', async () => {
    const [a, b] = [compressedLayer('a'), compressedLayer('b')];
    await using first = await room.open([a], { cacheLimits: { maxCacheBytes: 0 } });
    age(a, 100);
    await using _second = await room.open([b], { cacheLimits: { maxCacheBytes: 0 } });
    expect(existsSync(first.placeOf(asImagePath('/a')).file)).toBe(true);
    expect(Buffer.from(first.contents.read(asImagePath('/a'), 0, 3)).toString()).toBe('aaa');
  });

  test('what another process evicts meanwhile stays readable', async () => {
    const layer = compressedLayer('a');
    await using opened = await room.open([layer]);
    rmSync(join(room.cache, fileNameOf(layer)));
    expect(Buffer.from(opened.contents.read(asImagePath('/a'), 0, 3)).toString()).toBe('aaa');
    await use(layer);
    expect(existsSync(join(room.cache, fileNameOf(layer)))).toBe(true);
  });

  test('the same layer opened twice at once', async () => {
    const layer = compressedLayer('a');
    const opened = await Promise.all([room.open([layer]), room.open([layer]), room.open([layer])]);
    for (const each of opened) expect(each.tree.has('/a')).toBe(true);
    for (const each of opened) await each[Symbol.asyncDispose]();
    expect(kept()).toEqual([fileNameOf(layer)]);
  });

  test('what killed processes left is removed, what a running one holds is not', async () => {
    await use(compressedLayer('a'));
    const host = await hostTagInUse();
    const dead = spawnSync('true').pid;
    const left = [
      `x.tar.${dead}-${host}-0123456789ab.partial`,
      `x.tar.${dead}-${host}-0123456789ab.use`,
      `x.tar.${process.pid}-${host}-0123456789ab.partial`,
    ];
    const held = [`x.tar.${process.ppid}-${host}-0123456789ab.partial`, `x.tar.${dead}-00000000-0123456789ab.use`];
    for (const name of [...left, ...held]) writeFileSync(join(room.cache, name), '');
    await use(compressedLayer('b'));
    expect(kept().filter((name) => !name.endsWith('.tar'))).toEqual([...held].sort());
  });

  test('another machine’s leftovers go after a day', async () => {
    await use(compressedLayer('a'));
    const name = `x.tar.1-00000000-0123456789ab.partial`;
    writeFileSync(join(room.cache, name), '');
    utimesSync(join(room.cache, name), 1, 1);
    await use(compressedLayer('b'));
    expect(kept()).not.toContain(name);
  });

  test('a link in it is not followed', async () => {
    const layer = compressedLayer('a');
    await use(layer);
    const file = join(room.cache, fileNameOf(layer));
    rmSync(file);
    writeFileSync(join(room.path, 'planted'), tarOf([{ name: 'evil' }, { name: 'more' }]));
    symlinkSync(join(room.path, 'planted'), file);
    await using opened = await room.open([layer]);
    expect(opened.tree.has('/a')).toBe(true);
    expect(opened.tree.has('/evil')).toBe(false);
  });

  test('where it can’t be written, the temporary directory serves', async () => {
    writeFileSync(join(room.path, 'cache'), 'not a directory');
    const layer = compressedLayer('a');
    await using opened = await room.open([layer]);
    expect(opened.placeOf(asImagePath('/a')).file).toBe(join(room.path, 'temporary/layers', fileNameOf(layer)));
  });

  test('an interrupted run leaves nothing behind', async () => {
    const controller = new AbortController();
    const opening = room.open([compressedLayer('a')], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    expect(existsSync(room.cache) ? kept() : []).toEqual([]);
  });

  testWith(['root', 'mount'], 'a disk that fills up is told by name, and nothing is left on it', async () => {
    const disk = join(room.path, 'cache');
    mkdirSync(disk);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk]).status).toBe(0);
    try {
      const tar = tarOf([{ name: 'a', body: Buffer.alloc(1_000_000) }]);
      const layer = room.store(gzipSync(tar), { diffId: digestOf(tar) });
      await expect(room.open([layer])).rejects.toMatchObject({
        code: 'no-space',
        details: { directory: room.cache },
        cause: { message: expect.stringContaining(`layer ${layer.digest}`) },
      });
      expect(kept()).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});

/** What this machine and PID namespace are called in the cache's names. */
async function hostTagInUse(): Promise<string> {
  await using _opened = await room.open([compressedLayer('tag')]);
  const names = kept().join('\n');
  return /\.\d+-([0-9a-f]{8})-[0-9a-f]{12}\.use/.exec(names)?.[1] ?? expect.fail(names);
}
