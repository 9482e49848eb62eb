import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Composition } from '../src/build/composition.js';
import type { Engine } from '../src/engine/engine.js';
import { SlimtraceError } from '../src/errors.js';
import { parseArchiveTarget } from '../src/image/archive/reference.js';
import { type BuiltLayer, describeLayers, findPrevious, measurePush } from '../src/push-size.js';
import type { SlimTarget } from '../src/slim-target.js';
import type { Digest } from '../src/system/digest.js';
import { entryOf } from './image/tree-of.js';
import { writeSmallArchive } from './support/small-archive.js';

const directory = mkdtempSync(join(tmpdir(), 'push-size-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const layer = (kind: BuiltLayer['kind'], id: string, sizeBytes: number): BuiltLayer => ({
  kind,
  diffId: `sha256:${id}`,
  sizeBytes,
  files: 1,
});
const layers = [layer('base', 'a', 100), layer('os', 'b', 50), layer('application', 'c', 7)];

describe('what a push moves', () => {
  test('the layers that the previous image lacks', () => {
    const previous = { reference: 'sha256:1', diffIds: ['sha256:a', 'sha256:b', 'sha256:old'] };
    expect(measurePush(layers, previous)).toEqual({
      previous: 'sha256:1',
      movedBytes: 7,
      totalBytes: 157,
      moved: ['application'],
    });
  });

  test('a layer that is in the image twice moves once', () => {
    const push = measurePush([...layers, layer('application', 'c', 7)], { reference: 'x', diffIds: [] });
    expect(push).toMatchObject({ movedBytes: 157, totalBytes: 157, moved: ['base', 'os', 'application'] });
  });

  test('nothing is known without a previous image', () => {
    expect(measurePush(layers, undefined)).toBeNull();
  });
});

test('the layers of an image: its base’s first, of which only the sizes are known', () => {
  const files = [{ entry: entryOf('/', { type: 'directory' }) }, { entry: entryOf('/a') }];
  const base = { image: { layers: [{}, {}] } } as unknown as Composition['base'];
  const own = [{ kind: 'application', files, whiteouts: [] }] as const;
  const diffIds: Digest[] = ['sha256:a', 'sha256:b', 'sha256:c'];
  expect(describeLayers({ base, layers: own }, { diffIds, layerBytes: [3, 2, 1] })).toEqual([
    { kind: 'base', diffId: 'sha256:a', sizeBytes: 3, files: null },
    { kind: 'base', diffId: 'sha256:b', sizeBytes: 2, files: null },
    { kind: 'application', diffId: 'sha256:c', sizeBytes: 1, files: 1 },
  ]);
});

describe('the image before', () => {
  const signal = new AbortController().signal;
  const work = { path: directory } as never;
  const target = (output?: string): SlimTarget => ({
    name: 'app:slim',
    failedName: 'app:slim-failed',
    output: output === undefined ? undefined : parseArchiveTarget(output),
    failedOutput: undefined,
  });
  const engine = (known: Readonly<Record<string, readonly string[]>>, keepsImages = true) =>
    ({
      keepsImages,
      inspectImage: async (name: string) => {
        const diffIds = known[name];
        if (diffIds === undefined) throw new SlimtraceError('image-not-found', { image: name });
        return { id: 'sha256:1', diffIds, sizeBytes: 12 };
      },
    }) as unknown as Engine;
  const find = (on: Engine, output?: string) => findPrevious(target(output), { engine: on, signal }, work);

  test('is the one that has the name on the engine', async () => {
    const found = await find(engine({ 'app:slim': ['sha256:a'] }), join(directory, 'absent.tar'));
    expect(found).toMatchObject({ reference: 'sha256:1', diffIds: ['sha256:a'] });
    expect(await found?.readSize()).toBe(12);
    expect(await find(engine({ 'app:slim-failed': ['sha256:a'] }))).toBeUndefined();
  });

  test('is the one in the archive that will be replaced, where the engine has none or keeps none', async () => {
    const archive = join(directory, 'out.tar');
    await writeSmallArchive(archive, 'app:slim', { a: 'x' }, {});
    const diffIds = [expect.stringMatching(/^sha256:[0-9a-f]{64}$/)];
    const found = await find(engine({}), archive);
    expect(found).toMatchObject({ reference: expect.stringContaining('out.tar'), diffIds });
    expect(await found?.readSize()).toBe(1);
    expect(await find(engine({ 'app:slim': ['sha256:a'] }, false), archive)).toMatchObject({ diffIds });
  });

  test('an archive that can’t be read costs nobody the new image', async () => {
    const archive = join(directory, 'broken.tar');
    writeFileSync(archive, 'no archive at all');
    expect(await find(engine({}), archive)).toBeUndefined();
    expect(await find(engine({}), `oci:${join(directory, 'absent')}`)).toBeUndefined();
    expect(await find(engine({}), `oci:${directory}`)).toBeUndefined();
  });

  test('an engine that fails is no reason to say that there was none', async () => {
    const failing = { keepsImages: true, inspectImage: () => Promise.reject(new SlimtraceError('engine-command')) };
    await expect(find(failing as unknown as Engine)).rejects.toMatchObject({ code: 'engine-command' });
  });
});
