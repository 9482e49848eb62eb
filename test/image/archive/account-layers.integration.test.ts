import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HiddenFile, type ImageAccount, LayerLedger } from '../../../src/image/archive/account-layers.js';
import type { LayerBlob } from '../../../src/image/archive/layer-blob.js';
import { mediaTypes } from '../../../src/image/archive/media-types.js';
import { openLayers } from '../../../src/image/archive/open-layers.js';
import { digestOf } from '../../../src/system/digest.js';
import { type MemberSketch, tarOf } from './raw-tar.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slimtrace-account-'));
});
afterAll(() => rm(directory, { recursive: true }));

type Layer = readonly MemberSketch[];
const file = (name: string, body: string): MemberSketch => ({ name, body });
const folder = (name: string): MemberSketch => ({ name, type: 'directory', mode: 0o755 });
const hardLink = (name: string, linkTarget: string): MemberSketch => ({ name, type: 'hard-link', linkTarget });

async function writeLayer(name: string, members: Layer): Promise<LayerBlob> {
  const bytes = tarOf(members);
  const path = join(directory, name);
  await writeFile(path, bytes);
  const digest = digestOf(bytes);
  return { file: path, offset: 0, sizeBytes: bytes.length, mediaType: mediaTypes.layer, diffId: digest, digest };
}

let stacks = 0;

function account(...layers: readonly Layer[]): Promise<ImageAccount> {
  return witnessed(layers, (ledger, signal) => ledger.account(signal));
}

async function witnessed<T>(
  layers: readonly Layer[],
  ask: (ledger: LayerLedger, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  stacks += 1;
  const blobs = layers.map(async (members, at) => {
    return await writeLayer(`${stacks}-${at}.tar`, members);
  });
  const { signal } = new AbortController();
  const ledger = new LayerLedger();
  const options = { signal, temporaryDirectory: directory, witness: ledger };
  await using _opened = await openLayers(await Promise.all(blobs), options);
  return await ask(ledger, signal);
}

/** `added changed removed contentBytes` of each layer. */
function figures({ layers }: ImageAccount): readonly string[] {
  return layers.map((layer) => [layer.added, layer.changed, layer.removed, layer.contentBytes].join(' '));
}

function waste({ wasted }: ImageAccount): readonly string[] {
  return wasted.map(({ path, sizeBytes, broughtBy, hiddenBy, how }) =>
    [path, sizeBytes, `${broughtBy}>${hiddenBy}`, how].join(' '),
  );
}

describe('what layers hide of one another', () => {
  test('a file written again, and once more', async () => {
    const found = await account([file('a', '12345'), file('b', '1')], [file('a', '123')], [file('a', '1234567')]);
    expect(figures(found)).toEqual(['2 0 0 6', '0 1 0 3', '0 1 0 7']);
    expect(waste(found)).toEqual(['/a 5 0>1 replaced', '/a 3 1>2 replaced']);
  });

  test('the same bytes again, with other metadata', async () => {
    const found = await account([file('a', '12345')], [{ ...file('a', '12345'), mode: 0o755, uid: 7 }]);
    expect(waste(found)).toEqual(['/a 5 0>1 same-contents']);
  });

  test('whiteouts, of a file and of a directory', async () => {
    const found = await account(
      [file('a', '12345'), folder('d'), file('d/x', '123'), file('d/e/y', '12'), file('empty', '')],
      [file('.wh.a', ''), file('.wh.d', ''), file('.wh.empty', ''), file('.wh.never', '')],
    );
    expect(figures(found)).toEqual(['4 0 0 10', '0 0 4 0']);
    expect(waste(found)).toEqual(['/a 5 0>1 removed', '/d/x 3 0>1 removed', '/d/e/y 2 0>1 removed']);
  });

  test('an opaque directory hides what is below it, and keeps what its own layer brings', async () => {
    const found = await account(
      [folder('d'), file('d/x', '123'), file('d/y', '12')],
      [folder('d'), file('d/y', '1234'), file('d/.wh..wh..opq', '')],
    );
    expect(figures(found)).toEqual(['2 0 0 5', '0 1 1 4']);
    expect(waste(found)).toEqual(['/d/x 3 0>1 removed', '/d/y 2 0>1 replaced']);
  });

  test('a directory replaced by a file, and a file by a directory', async () => {
    const found = await account(
      [folder('d'), file('d/x', '123'), file('f', '12345')],
      [file('d', '1'), folder('f'), file('f/z', '1')],
    );
    expect(figures(found)).toEqual(['2 0 0 8', '2 0 2 2']);
    expect(waste(found)).toEqual(['/f 5 0>1 removed', '/d/x 3 0>1 removed']);
  });

  test('a hard link keeps bytes until its last name is gone', async () => {
    const first = [file('a', '12345'), hardLink('b', 'a')];
    const one = await account(first, [file('.wh.a', '')]);
    expect(figures(one)).toEqual(['2 0 0 5', '0 0 1 0']);
    expect(waste(one)).toEqual([]);
    const both = await account(first, [file('.wh.a', '')], [file('b', '1')]);
    expect(waste(both)).toEqual(['/b 5 0>2 replaced']);
    expect(waste(await account(first, [hardLink('c', 'a')], [file('.wh.a', ''), file('.wh.b', '')]))).toEqual([]);
  });

  test('a symlink in the place of a file; it weighs nothing itself', async () => {
    const link: MemberSketch = { name: 'a', type: 'symlink', linkTarget: 'b' };
    const found = await account([file('a', '12345')], [link], [file('a', '1')]);
    expect(figures(found)).toEqual(['1 0 0 5', '0 1 0 0', '0 1 0 1']);
    expect(waste(found)).toEqual(['/a 5 0>1 replaced']);
  });

  test('what is removed and comes back is wasted once', async () => {
    const found = await account([file('a', '12345')], [file('.wh.a', '')], [file('a', '12345')]);
    expect(figures(found)).toEqual(['1 0 0 5', '0 0 1 0', '1 0 0 5']);
    expect(waste(found)).toEqual(['/a 5 0>1 removed']);
  });

  test('one empty layer many times', async () => {
    expect(figures(await account([file('a', '1')], [], [], []))).toEqual(['1 0 0 1', '0 0 0 0', '0 0 0 0', '0 0 0 0']);
  });
});

describe('what is hidden', () => {
  const texts = (files: readonly HiddenFile[]) =>
    files.map(({ path, isCopyStanding, read }) => [path, Buffer.from(read(0, 100)).toString(), isCopyStanding]);
  const hidden = (...layers: readonly Layer[]) =>
    witnessed(layers, async (ledger, signal) => texts(await ledger.hiddenFiles(signal)));

  test('can be read as each layer had it, the whole of it and parts', async () => {
    const layers = [[file('a', '12345')], [file('a', '123')], [file('.wh.a', '')]];
    expect(await hidden(...layers)).toEqual([
      ['/a', '12345', false],
      ['/a', '123', false],
    ]);
    const part = await witnessed(layers, async (ledger, signal) => (await ledger.hiddenFiles(signal))[0]?.read(3, 4));
    expect(String(part)).toBe('45');
  });

  test('is told from what stands there again: by a copy, or by a copy of a copy', async () => {
    const same = { ...file('a', '12345'), mode: 0o600 };
    const all = (isStanding: boolean) => [
      ['/a', '12345', isStanding],
      ['/a', '12345', isStanding],
    ];
    expect(await hidden([file('a', '12345')], [same], [file('a', '12345')])).toEqual(all(true));
    expect(await hidden([file('a', '12345')], [same], [file('.wh.a', '')])).toEqual(all(false));
  });
});

describe('duplicates', () => {
  const large = 'x'.repeat(4096);
  const other = 'y'.repeat(4096);

  test('the same contents in several layers; not hard links, hidden files or small ones', async () => {
    const { duplicates } = await account(
      [file('a', large), hardLink('hard', 'a'), file('other', other), file('gone', large), file('small', 'x')],
      [file('b', large), file('.wh.gone', ''), file('small-too', 'x')],
      [file('c', large), file('d', other)],
    );
    expect(duplicates).toEqual([
      { sizeBytes: 4096, paths: ['/a', '/b', '/c'], layers: [0, 1, 2] },
      { sizeBytes: 4096, paths: ['/d', '/other'], layers: [2, 0] },
    ]);
  });
});

test('stops when it is told to', async () => {
  const aborted = AbortSignal.abort(new Error('enough'));
  const blob = await writeLayer('aborted.tar', [file('a', '1')]);
  const options = { signal: aborted, temporaryDirectory: directory, witness: new LayerLedger() };
  await expect(openLayers([blob], options)).rejects.toThrow('enough');
});
