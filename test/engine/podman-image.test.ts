import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toEngineImage } from '../../src/engine/docker-image.ts';
import { asDockerImage, type PodmanImageInspect, readConfigBlob } from '../../src/engine/podman-image.ts';
import { digestOf } from '../../src/system/digest.ts';

const id = 'd57c662657c5e9bda02022a448582d1ae5d673a77e4abb2bad319794aeb7cd35';

// As podman 4.3.1 prints it, with what isn't read left out.
const inspected: PodmanImageInspect = {
  Id: id,
  RepoTags: ['localhost/app:1', 'docker.io/library/redis:7'],
  RepoDigests: [`localhost/app@sha256:${'1'.repeat(64)}`, `docker.io/library/redis@sha256:${'2'.repeat(64)}`],
  Created: '2026-11-21T07:19:07.351469567Z',
  Config: { Cmd: ['x'], StopSignal: 'SIGUSR1' },
  Architecture: 'amd64',
  Os: 'linux',
  Size: 170403033,
  RootFS: { Layers: ['sha256:f8'] },
  Healthcheck: { Test: ['CMD-SHELL', 'exit 3'], Interval: 3e9, Retries: 4 },
};

test('an image in Docker’s words: its ID, its names as they were given, digests of registries only', () => {
  const image = toEngineImage(asDockerImage(inspected, undefined));
  expect(image.id).toBe(`sha256:${id}`);
  expect(image.names).toEqual(['app:1', 'localhost/app:1', 'docker.io/library/redis:7']);
  expect(image.repoDigests).toEqual([`docker.io/library/redis@sha256:${'2'.repeat(64)}`]);
});

test('its config: what inspect prints, the HEALTHCHECK beside it, and what only the blob tells', () => {
  const blob = JSON.stringify({
    config: { Cmd: ['other'], Shell: ['/s'], OnBuild: ['RUN x'], Healthcheck: { Test: [] } },
  });
  expect(toEngineImage(asDockerImage(inspected, blob)).config).toEqual({
    Cmd: ['x'],
    StopSignal: 'SIGUSR1',
    Healthcheck: inspected.Healthcheck,
    OnBuild: ['RUN x'],
    Shell: ['/s'],
  });
});

test('a HEALTHCHECK that Podman won’t run, as of an OCI image, is none', () => {
  const { Healthcheck: _, ...oci } = inspected;
  const blob = JSON.stringify({ config: { Healthcheck: { Test: ['CMD', 'true'] } } });
  expect(toEngineImage(asDockerImage(oci, blob)).config).not.toHaveProperty('Healthcheck');
});

test('the blob comes from the store, if it is what the ID says', async () => {
  const graphRoot = await mkdtemp(join(tmpdir(), 'store-'));
  const store = { graphRoot, graphDriverName: 'overlay' };
  const blob = '{"config":{}}';
  const digest = digestOf(blob);
  const directory = join(graphRoot, 'overlay-images', digest.slice('sha256:'.length));
  await mkdir(directory, { recursive: true });
  const file = join(directory, `=${Buffer.from(digest).toString('base64')}`);
  await writeFile(file, blob);
  expect(await readConfigBlob(store, digest.slice('sha256:'.length))).toBe(blob);
  await writeFile(file, `${blob} `);
  expect(await readConfigBlob(store, digest.slice('sha256:'.length)), 'changed').toBeUndefined();
  expect(await readConfigBlob(store, id), 'not there').toBeUndefined();
  await rm(graphRoot, { recursive: true });
});
