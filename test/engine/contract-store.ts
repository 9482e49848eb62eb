import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pendingImageName } from '../../src/engine/pending-image.ts';
import { findArchiveImage } from '../../src/image/archive/open-archive.ts';
import { openLayers } from '../../src/image/archive/open-layers.ts';
import { writeImage } from '../../src/image/archive/write-image.ts';
import type { ImageConfig } from '../../src/image/image.ts';
import { type Session, startSession } from '../../src/system/session.ts';
import { openScratch } from '../support/run-docker.ts';
import type { Contract } from './contract.ts';
import { contractConfig } from './contract-images.ts';
import { plainSpec } from './plain-spec.ts';

/** The engine itself, the images it holds, and what it sweeps. */
export function describeStore(contract: Contract): void {
  test('it answers, and says which version and architecture it is', async () => {
    const { version, architecture } = await contract.engine.probe();
    expect(version).toMatch(/^\d+\.\d+/);
    expect(architecture).toMatch(/^(?:amd64|arm64)$/);
  });

  describe('images', () => {
    test('an image: its ID, names, platform, sizes, and its config whole', async () => {
      const reference = await contract.subject.image('contract');
      const image = await contract.engine.inspectImage(reference);
      expect(image.id).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(image.names).toContainEqual(expect.stringMatching(/(?:^|\/)slimtrace-fixture\/contract:latest$/));
      expect(image.platform).toMatchObject({ os: 'linux', architecture: (await contract.engine.probe()).architecture });
      expect(declared(image.config)).toEqual(contractConfig);
      expect(image.layerCount).toBe(1);
      expect(image.diffIds).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
      expect(image.sizeBytes).toBeGreaterThan(4e6);
      expect(image.sizeBytes).toBeLessThan(7e6);
      expect(Date.parse(image.created)).toBeGreaterThan(Date.parse('2020-01-01'));
    });

    test('an image that declares nothing has an empty config; its ID is as good as its name', async () => {
      const image = await contract.engine.inspectImage(await contract.subject.image('contract-bare'));
      expect(declared(image.config)).toEqual({});
      expect((await contract.engine.inspectImage(image.id)).id).toBe(image.id);
    });

    test('one that isn’t there', async () => {
      for (const reference of ['slimtrace-test/not-there:latest', `sha256:${'0'.repeat(64)}`]) {
        const inspection = contract.engine.inspectImage(reference);
        const code = contract.engine.keepsImages ? 'image-not-found' : 'not-an-archive';
        await expect(inspection).rejects.toMatchObject({ code, details: { image: reference } });
      }
    });

    contract.optional(
      'image-store',
      'an archive is loaded with its config whole, named, and forgotten by name',
      async () => {
        const session = startSession();
        const [pending, final] = [pendingImageName(session, 'slim'), `slimtrace-test/contract-${session.id}:tagged`];
        const { engine } = contract;
        const id = await loadSmallImage(contract, session);
        expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
        const loaded = await engine.inspectImage(pending);
        expect(loaded.id).toBe(id);
        expect(declared(loaded.config)).toEqual(smallConfig);
        await engine.tagImage(id, final);
        await engine.removeImageName(pending);
        await expect(engine.inspectImage(pending)).rejects.toMatchObject({ code: 'image-not-found' });
        expect((await engine.inspectImage(final)).id).toBe(id);
        await engine.removeImageName(final);
        await expect(engine.inspectImage(id), 'its last name').rejects.toMatchObject({ code: 'image-not-found' });
        await engine.removeImageName(final);
      },
    );
  });

  contract.optional(
    'image-store',
    'an image is saved by its ID as an archive that holds its layers as they are',
    async () => {
      await using scratch = await openScratch();
      const { engine } = contract;
      const image = await engine.inspectImage(await contract.subject.image('contract'));
      const path = join(scratch.path, 'saved.tar');
      await engine.saveImage?.(image.id, path);
      const options = { signal: new AbortController().signal, temporaryDirectory: scratch.path };
      const saved = await findArchiveImage({ transport: 'file', path }, options);
      expect(saved.layers.map(({ diffId }) => diffId)).toEqual(image.diffIds);
      await using opened = await openLayers(saved.layers, options);
      await opened.verify();
      await expect(engine.saveImage?.(`sha256:${'0'.repeat(64)}`, path)).rejects.toMatchObject({
        code: 'engine-command',
      });
    },
  );

  contract.optional('sweep', 'what a dead run left is swept; what a live one has is not', async () => {
    const machine = aMachine();
    const dead = { ...machine.session(), pid: spawnSync('true').pid };
    const [live, elsewhere] = [machine.session(), { ...dead, id: startSession().id, host: 'another-machine' }];
    const left = await leaveContainer(contract, dead);
    const used = await leaveContainer(contract, live);
    const foreign = await leaveContainer(contract, elsewhere);
    expect(await contract.subject.openAs(machine.session()).sweep()).toBeGreaterThanOrEqual(1);
    expect(await left.remains()).toEqual([]);
    expect(await used.remains()).not.toEqual([]);
    expect(await foreign.remains(), 'its machine can’t be asked').not.toEqual([]);
    await used.container[Symbol.asyncDispose]();
    await foreign.container[Symbol.asyncDispose]();
  });

  contract.optional('image-store', 'pending images of a dead run are swept; a live one’s are not', async () => {
    const machine = aMachine();
    const [dead, live] = [{ ...machine.session(), pid: spawnSync('true').pid }, machine.session()];
    for (const session of [dead, live]) await loadSmallImage(contract, session);
    expect(await contract.subject.openAs(machine.session()).sweep()).toBeGreaterThanOrEqual(1);
    const { engine } = contract;
    await expect(engine.inspectImage(pendingImageName(dead, 'slim'))).rejects.toMatchObject({
      code: 'image-not-found',
    });
    await engine.inspectImage(pendingImageName(live, 'slim'));
    await engine.removeImageName(pendingImageName(live, 'slim'));
  });
}

/** One by a name of its own: what is left there, runs of this one that other tests start at the same time let be. */
function aMachine(): { session(): Session } {
  const host = `machine-${startSession().id}`;
  return { session: () => ({ ...startSession(), host }) };
}

/** What isn't empty: engines differ on how they say nothing. */
function declared(config: ImageConfig): ImageConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== '' && value !== null));
}

async function leaveContainer(contract: Contract, session: Session) {
  const container = await contract.subject.openAs(session).createContainer({
    ...plainSpec,
    image: await contract.subject.image('contract'),
    entrypoint: 'sleep',
    command: ['600'],
  });
  await container.start();
  return { container, remains: await contract.subject.remains(container) };
}

const smallConfig = {
  User: '1000',
  Env: ['A=b c'],
  Cmd: ['/nothing'],
  Labels: { l: 'v' },
  StopSignal: 'SIGINT',
  Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5e9, Retries: 4 },
  OnBuild: ['RUN x'],
  Shell: ['/bin/x', '-c'],
};

/** Loads an image of one empty layer, as slimtrace writes them, under the session's pending name. Returns its ID. */
async function loadSmallImage(contract: Contract, session: Session): Promise<string> {
  await using scratch = await openScratch();
  const { architecture } = await contract.engine.probe();
  const file = join(scratch.path, 'image.tar');
  const name = pendingImageName(session, 'slim');
  const blob = { architecture, os: 'linux', created: '2024-05-06T07:08:09Z', history: [{ comment: session.id }] };
  await writeImage({ transport: 'file', path: file }, name, { ...blob, config: smallConfig }, [emptyLayer()]);
  return await contract.subject.openAs(session).loadImage(file, name);
}

/** The end of a tar is all of it (pax(1)). */
async function* emptyLayer(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1024);
}
