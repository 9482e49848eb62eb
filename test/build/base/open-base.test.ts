import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBase } from '../../../src/build/base/open-base.js';
import type { Engine, EngineImage } from '../../../src/engine/engine.js';
import { SlimtraceError } from '../../../src/errors.js';
import { findArchiveImage } from '../../../src/image/archive/open-archive.js';
import { parseArchiveReference } from '../../../src/image/archive/reference.js';
import { validateWrittenImage } from '../../../src/image/archive/validate.js';
import { writeImage } from '../../../src/image/archive/write-image.js';
import { digestOf } from '../../../src/system/digest.js';
import { ArchiveParts, type JsonObject, named, plainConfig, types } from '../../image/archive/archive-of.js';
import { tarOf } from '../../image/archive/raw-tar.js';
import { imageOf } from '../../image/tree-of.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'open-base-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const { signal } = new AbortController();
/** This machine's, as Go calls it. */
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
const platform = { os: 'linux', architecture };
const tar = tarOf([{ name: 'etc/os-release', body: 'ID=debian\n' }]);
const zipped = gzipSync(tar);
const gzipType = `${types.layer}+gzip`;

/** An image of one compressed layer, as registries have them. */
function addImage(
  parts: ArchiveParts,
  about: {
    readonly config?: JsonObject;
    readonly mediaType?: string;
    readonly bytes?: Buffer;
    readonly manifest?: JsonObject;
  } = {},
): JsonObject {
  const config = { ...plainConfig(digestOf(tar)), architecture, ...about.config };
  return parts.blob(types.manifest, {
    ...{ schemaVersion: 2, mediaType: types.manifest },
    config: parts.blob(types.config, config),
    layers: [parts.blob(about.mediaType ?? gzipType, about.bytes ?? zipped)],
    ...about.manifest,
  });
}

let made = 0;
function archiveOf(about: Parameters<typeof addImage>[1] = {}): string {
  const parts = new ArchiveParts();
  const image = addImage(parts, about);
  made += 1;
  return `oci:${parts.index([named(image, 'example.org/base:1')]).directory(join(directory, `layout-${made}`))}`;
}

function contextOf(engine: Partial<Engine> = {}) {
  const work = { path: directory, [Symbol.asyncDispose]: async () => {} };
  return { engine: engine as Engine, emit: () => {}, signal, work };
}

async function open(reference: string, image = imageOf({}, { platform }), engine: Partial<Engine> = {}) {
  const kept = { image, selection: new Map() };
  return (await openBase({ kind: 'image', reference }, kept, contextOf(engine))).image;
}

async function* ownLayer(): AsyncGenerator<Uint8Array> {
  yield tarOf([{ name: 'app', body: 'mine' }]);
}

const blob = { ...platform, created: '2024-01-01T00:00:00Z', config: {}, history: [] };

describe('an archive as the base', () => {
  test('its tree, its name and its manifest’s digest', async () => {
    await using base = await open(archiveOf());
    expect(base.tree.get('/etc/os-release')?.type).toBe('file');
    expect(base).toMatchObject({ pullName: 'example.org/base:1', platform, config: { Cmd: ['/file'] } });
    expect(base.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(base.layers.map(({ diffId, sizeBytes }) => [diffId, sizeBytes])).toEqual([[digestOf(tar), tar.length]]);
  });

  test('one that nobody named says nothing of where it lay', async () => {
    const parts = new ArchiveParts();
    const reference = `oci:${parts.index([addImage(parts)]).directory(join(directory, 'nameless'))}`;
    await using base = await open(reference);
    expect(base.name).toBe(reference);
    expect(base.pullName).toBeUndefined();
  });

  test.each([
    ['oci', 'gzip'],
    ['oci-archive', 'gzip'],
    ['file', 'gzip'],
    ['docker-archive', 'plain'],
  ] as const)('on it, in %s: its layer first and %s, its diff ID the same', async (transport, form) => {
    await using base = await open(archiveOf());
    const path = join(directory, `slim-${transport}`);
    const written = await writeImage({ transport, path }, 'app:slim', blob, [...base.layers, ownLayer()]);
    await validateWrittenImage({ transport, path });
    expect(written.diffIds[0]).toBe(digestOf(tar));
    expect(written.layersBytes).toBe(tar.length + tarOf([{ name: 'app', body: 'mine' }]).length);
    const slim = await findArchiveImage(
      parseArchiveReference(`oci${transport === 'oci' ? '' : '-archive'}:${path}`) ?? fail(),
      {
        signal,
        temporaryDirectory: directory,
      },
    );
    const expected =
      form === 'gzip'
        ? { digest: digestOf(zipped), mediaType: gzipType }
        : { digest: digestOf(tar), mediaType: types.layer };
    expect(slim.layers[0]).toMatchObject(expected);
  });

  test.each([
    ['oci-archive', `${types.layer}+zstd`],
    ['file', types.layer],
  ] as const)('zstd, that Docker before 23 can’t load, in %s: %s', async (transport, mediaType) => {
    await using base = await open(archiveOf());
    const [layer] = base.layers;
    if (layer?.compressed === undefined) throw new Error('not compressed');
    const zstd = { ...layer.compressed, compression: 'zstd', mediaType: `${types.layer}+zstd` } as const;
    const path = join(directory, `zstd-${transport}.tar`);
    await writeImage({ transport, path }, 'app:slim', blob, [{ ...layer, compressed: zstd }]);
    const slim = await findArchiveImage({ transport: 'oci-archive', path }, { signal, temporaryDirectory: directory });
    expect(slim.layers[0]?.mediaType).toBe(mediaType);
  });

  test('Docker’s words for a compressed layer become OCI’s, its bytes stay', async () => {
    await using base = await open(archiveOf({ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }));
    expect(base.layers[0]?.compressed).toMatchObject({ mediaType: gzipType, digest: digestOf(zipped) });
  });

  test('a layer that only says it is compressed is written as the tar it is', async () => {
    await using base = await open(archiveOf({ bytes: tar }));
    expect(base.layers[0]?.compressed).toBeUndefined();
  });

  test('it changed after it was opened: no image stands on what is there now', async () => {
    const parts = new ArchiveParts();
    const layout = parts.index([addImage(parts)]).directory(join(directory, 'changing'));
    await using base = await open(`oci:${layout}`);
    const other = { ...base.layers[0], diffId: digestOf('other'), compressed: undefined };
    const layers = [other as unknown as (typeof base.layers)[number]];
    await expect(
      writeImage({ transport: 'file', path: join(directory, 'x.tar') }, 'app:slim', blob, layers),
    ).rejects.toMatchObject({
      code: 'archive-invalid',
    });
  });

  test('a history that tells of other layers than there are is not passed on', async () => {
    const told = [
      { created_by: 'a', empty_layer: true },
      { created_by: 'b', more: 'x' },
    ];
    await using right = await open(archiveOf({ config: { history: told } }));
    expect(right.history).toEqual([{ created_by: 'a', empty_layer: true }, { created_by: 'b' }]);
    await using wrong = await open(archiveOf({ config: { history: [...told, { created_by: 'c' }] } }));
    expect(wrong.history).toEqual([{ comment: 'a layer of example.org/base:1' }]);
  });
});

describe('what can’t be a base is refused with the reason', () => {
  const refusal = async (opening: Promise<unknown>) => {
    const error = await opening.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SlimtraceError);
    return error as SlimtraceError;
  };

  test('an image of another architecture, or system', async () => {
    const arm = await refusal(open(archiveOf({ config: { architecture: 's390x' } })));
    expect(arm).toMatchObject({
      code: 'base-refused',
      details: { reason: `it is for linux/s390x, and the image is for linux/${architecture}` },
    });
    const windows = await refusal(open(archiveOf({ config: { os: 'windows' } })));
    expect(windows.details.reason).toContain(`windows/${architecture}`);
  });

  test('the image itself', async () => {
    const reference = archiveOf();
    await using base = await findArchiveBase(reference);
    const error = await refusal(open(reference, imageOf({}, { platform, id: base.id })));
    expect(error).toMatchObject({ code: 'base-refused', details: { reason: 'it is the image that is to be slimmed' } });
  });

  test('an archive of several images: which are there is said', async () => {
    const parts = new ArchiveParts();
    const images = ['a', 'b'].map((tag) => named(addImage(parts, { config: { author: tag } }), tag));
    const error = await refusal(open(`oci:${parts.index(images).directory(join(directory, 'several'))}`));
    expect(error).toMatchObject({ code: 'base-refused' });
    expect(error.details.reason).toContain('several images');
    expect(error.hint).toContain('several:a');
  });

  test('a layer that is not what its config promises', async () => {
    const error = await refusal(
      open(archiveOf({ config: { rootfs: { type: 'layers', diff_ids: [digestOf('other')] } } })),
    );
    expect(error).toMatchObject({ code: 'base-refused' });
    expect(error.details.reason).toContain(digestOf('other'));
  });

  test('more layers than engines take', async () => {
    const layers = Array.from({ length: 120 }, () => ({
      mediaType: gzipType,
      digest: digestOf(zipped),
      size: zipped.length,
    }));
    const config = { rootfs: { type: 'layers', diff_ids: layers.map(() => digestOf(tar)) } };
    const error = await refusal(open(archiveOf({ config, manifest: { layers } })));
    expect(error.details.reason).toContain('120 layers');
  });

  test('an archive that isn’t there', async () => {
    expect(await refusal(open('docker-archive:/nowhere/base.tar'))).toMatchObject({ code: 'archive-not-found' });
  });
});

describe('an image of the engine', () => {
  const found: EngineImage = {
    ...{ id: digestOf('id'), names: ['debian:12'], platform, config: {}, created: '2024-01-01T00:00:00Z' },
    repoDigests: [`other@${digestOf('other')}`, `debian@${digestOf('manifest')}`],
    ...{ sizeBytes: 1, layerCount: 1, diffIds: [digestOf('layer')] },
  };
  let file = '';
  const engine: Partial<Engine> = {
    inspectImage: async () => found,
    saveImage: async (id, path) => {
      file = path;
      expect(id).toBe(found.id);
      const parts = new ArchiveParts();
      parts.index([addImage(parts)]).tar(file);
    },
  };

  test('it is saved, and goes by its name and digest in the registry it came from', async () => {
    const base = await open('debian:12', undefined, engine);
    expect(base).toMatchObject({
      name: 'debian:12',
      pullName: 'docker.io/library/debian:12',
      digest: digestOf('manifest'),
    });
    expect(dirname(file)).toBe(directory);
    expect((await readFile(file)).length).toBeGreaterThan(0);
    await base[Symbol.asyncDispose]();
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  test('one that doesn’t fit isn’t even saved', async () => {
    const image = imageOf({}, { platform, id: found.id });
    const saveImage = () => Promise.reject(new Error('saved'));
    await expect(open('debian:12', image, { ...engine, saveImage })).rejects.toMatchObject({ code: 'base-refused' });
  });
});

async function findArchiveBase(reference: string) {
  const found = await findArchiveImage(parseArchiveReference(reference) ?? fail(), {
    signal,
    temporaryDirectory: directory,
  });
  return { id: found.id, [Symbol.asyncDispose]: async () => {} };
}

function fail(): never {
  throw new Error('not an archive');
}
