import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WantedPlatform } from '../../../src/image/archive/choose-image.js';
import { hostArchitecture } from '../../../src/image/archive/image-config.js';
import { findArchiveImage } from '../../../src/image/archive/open-archive.js';
import type { ArchiveReference } from '../../../src/image/archive/reference.js';
import { validateArchive } from '../../../src/image/archive/validate.js';
import { digestOf } from '../../../src/system/digest.js';
import { ArchiveParts, type JsonObject, named, onPlatform, plainConfig, types } from './archive-of.js';
import { tarOf } from './raw-tar.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'open-archive-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let count = 0;
function fresh(): string {
  count += 1;
  return join(directory, `archive-${count}`);
}

/** An image that can be told from others. */
const image = (parts: ArchiveParts, label: string, config: JsonObject = {}) =>
  parts.image({ config: { config: { Labels: { label } }, ...config } });

async function find(parts: ArchiveParts, more: Partial<ArchiveReference> = {}, platform?: WantedPlatform) {
  const reference: ArchiveReference = { transport: 'oci-archive', path: parts.tar(fresh()), ...more };
  const options = { signal: new AbortController().signal, temporaryDirectory: directory };
  const found = await findArchiveImage(reference, platform === undefined ? options : { ...options, platform });
  return {
    ...found,
    label: found.config.Labels?.label,
    shortReference: found.reference.replace(reference.path, 'FILE'),
  };
}

/** The code and the message of what it throws, the archive's path as FILE. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { code?: string; hint?: string },
  );
  const text = `${error?.code}: ${error?.message} (${error?.hint ?? ''})`;
  return text.replaceAll(new RegExp(`${directory}/archive-\\d+`, 'g'), 'FILE');
}

const here = hostArchitecture();
const elsewhere = here === 'arm64' ? 'amd64' : 'arm64';

describe('an image alone in its archive', () => {
  test('is the one, whatever it is called', async () => {
    const parts = new ArchiveParts();
    const descriptor = named(image(parts, 'only'), 'some-tag');
    const found = await find(parts.index([descriptor]));
    expect(found).toMatchObject({ label: 'only', names: [], tags: ['some-tag'], shortReference: 'oci-archive:FILE' });
    expect(found.manifestDigest).toBe(descriptor.digest);
    expect(found.platform).toEqual({ os: 'linux', architecture: 'amd64' });
    expect(found.layers).toMatchObject([{ mediaType: types.layer, digest: found.layers[0]?.diffId }]);
  });

  test('is the same in a directory', async () => {
    const parts = new ArchiveParts();
    parts.index([image(parts, 'only')]);
    const found = await find(parts, { transport: 'oci', path: parts.directory(fresh()) });
    expect(found.label).toBe('only');
  });

  test('is found though it is for another platform, which whoever runs it can tell better', async () => {
    const parts = new ArchiveParts();
    parts.index([image(parts, 'only', { architecture: 'riscv64' })]);
    expect((await find(parts)).platform.architecture).toBe('riscv64');
    expect(await failure(find(parts, {}, { architecture: 's390x' }))).toContain('has no image for linux/s390x');
  });

  test('may be Docker’s by its media types', async () => {
    const parts = new ArchiveParts();
    const docker = 'application/vnd.docker.distribution.manifest';
    const config = parts.blob('application/vnd.docker.container.image.v1+json', { rootfs: { diff_ids: [] } });
    const manifest = parts.blob(`${docker}.v2+json`, { schemaVersion: 2, config, layers: [] });
    parts.index([parts.blob(`${docker}.list.v2+json`, { schemaVersion: 2, manifests: [onPlatform(manifest, here)] })]);
    const found = await find(parts);
    expect(found).toMatchObject({ layers: [], created: '1970-01-01T00:00:00Z', config: {} });
    expect(found.platform).toEqual({ os: 'linux', architecture: here });
  });

  test('keeps all of its config, but for what is null and what a container left there', async () => {
    const parts = new ArchiveParts();
    const config = {
      Env: null,
      Cmd: null,
      Hostname: 'h',
      Tty: false,
      OnBuild: null,
      Healthcheck: { Test: ['NONE'] },
      Own: null,
    };
    parts.index([parts.image({ config: { config } })]);
    expect((await find(parts)).config).toEqual({ Healthcheck: { Test: ['NONE'] }, Own: null });
  });
});

describe('of several images', () => {
  const two = () => {
    const parts = new ArchiveParts();
    return parts.index([named(image(parts, 'one'), '1'), named(image(parts, 'two'), '2')]);
  };

  test('the selector chooses by tag, position and digest', async () => {
    expect((await find(two(), { selector: '2' })).label).toBe('two');
    expect((await find(two(), { selector: '@0' })).label).toBe('one');
    const { manifestDigest, shortReference } = await find(two(), { selector: '1' });
    expect(shortReference).toBe('oci-archive:FILE:1');
    expect((await find(two(), { selector: `@${manifestDigest}` })).label).toBe('one');
  });

  test('by a full name, by its short form, or by its tag', async () => {
    const parts = new ArchiveParts();
    const name = {
      'io.containerd.image.name': 'docker.io/library/nginx:1.27',
      'org.opencontainers.image.ref.name': '1.27',
    };
    parts.index([
      named(image(parts, 'redis'), 'example.test:5000/redis:7'),
      { ...image(parts, 'nginx'), annotations: name },
      named(image(parts, 'plain'), 'localhost/plain'),
    ]);
    for (const selector of ['nginx:1.27', 'docker.io/library/nginx:1.27', '1.27'])
      expect((await find(parts, { selector })).label).toBe('nginx');
    for (const selector of ['example.test:5000/redis:7', '7'])
      expect((await find(parts, { selector })).label).toBe('redis');
    expect((await find(parts, { selector: 'localhost/plain:latest' })).label).toBe('plain');
  });

  test('latest is meant when nothing is said', async () => {
    const parts = new ArchiveParts();
    parts.index([named(image(parts, 'one'), '1'), named(image(parts, 'newest'), 'latest')]);
    expect((await find(parts)).label).toBe('newest');
  });

  test('one with two names is one', async () => {
    const parts = new ArchiveParts();
    const descriptor = image(parts, 'one');
    const found = await find(parts.index([named(descriptor, 'a'), named(descriptor, 'example.test/a:2')]));
    expect(found).toMatchObject({ tags: ['a'], names: ['example.test/a:2'], shortReference: 'oci-archive:FILE' });
  });

  test('unclear: all are listed with what to write', async () => {
    expect(await failure(find(two()))).toBe(
      'archive-image-unclear: oci-archive:FILE has several images, and it isn’t clear which is meant (write one of: oci-archive:FILE:1 (linux/amd64), oci-archive:FILE:2 (linux/amd64))',
    );
    expect(await failure(find(two(), { transport: 'file' }))).toContain('write one of: oci-archive:FILE:1 (');
  });

  test('without names, positions and digests tell them apart', async () => {
    const parts = new ArchiveParts();
    const [one, two] = [image(parts, 'one'), image(parts, 'two')];
    expect(await failure(find(parts.index([one, two])))).toContain(
      'oci-archive:FILE:@0 (linux/amd64), oci-archive:FILE:@1',
    );
    parts.index([named(parts.blob(types.index, { schemaVersion: 2, manifests: [one, two] }), 'x')]);
    expect(await failure(find(parts))).toContain(`oci-archive:FILE:@${one.digest} (linux/amd64)`);
  });

  test('none that is called so: those that are there are listed', async () => {
    expect(await failure(find(two(), { selector: '3' }))).toBe(
      'archive-image-not-found: oci-archive:FILE has no image "3" (it has oci-archive:FILE:1 (linux/amd64), oci-archive:FILE:2 (linux/amd64))',
    );
    expect(await failure(find(two(), { selector: '@2' }))).toContain('has no image "@2"');
    expect(await failure(find(new ArchiveParts().index([])))).toContain('(it has none)');
  });

  test('a thousand are not all listed', async () => {
    const parts = new ArchiveParts();
    const descriptor = image(parts, 'x');
    const many = Array.from({ length: 300 }, (_, at) => named(image(parts, String(at)), String(at)));
    expect(await failure(find(parts.index([descriptor, ...many])))).toMatch(/, 281 more\)$/);
  });
});

describe('of an index for several platforms', () => {
  const platforms = (entries: readonly (readonly [string, string?])[]) => {
    const parts = new ArchiveParts();
    const manifests = entries.map(([architecture, variant = '']) =>
      onPlatform(image(parts, `${architecture}${variant}`, { architecture }), architecture, variant || undefined),
    );
    return parts.index([named(parts.blob(types.index, { schemaVersion: 2, manifests }), 'app:1')]);
  };

  test('this machine’s is the default, and another can be wanted', async () => {
    const parts = platforms([[elsewhere], [here], ['s390x']]);
    expect((await find(parts)).label).toBe(here);
    expect((await find(parts, {}, { architecture: 's390x' })).label).toBe('s390x');
    expect((await find(parts, { selector: 'app:1' }, { architecture: elsewhere })).label).toBe(elsewhere);
  });

  test('without this machine’s, what is there is listed', async () => {
    const text = await failure(find(platforms([['s390x'], ['riscv64']])));
    expect(text).toContain(`has no image for linux/${here}`);
    expect(text).toMatch(/\(linux\/s390x\), oci-archive:FILE:@sha256:[0-9a-f]{64} \(linux\/riscv64\)\)$/);
  });

  test('the plain variant serves all machines; another can be wanted', async () => {
    const parts = platforms([['arm', 'v6'], ['arm', 'v7'], ['amd64', 'v3'], ['amd64']]);
    expect((await find(parts, {}, { architecture: 'arm' })).label).toBe('armv7');
    expect((await find(parts, {}, { architecture: 'arm', variant: 'v6' })).label).toBe('armv6');
    expect((await find(parts, {}, { architecture: 'amd64' })).label).toBe('amd64');
    expect((await find(parts, {}, { architecture: 'amd64', variant: 'v1' })).label).toBe('amd64');
  });

  test('attestations beside it are no images', async () => {
    const parts = new ArchiveParts();
    const unknown = { platform: { os: 'unknown', architecture: 'unknown' } };
    const reference = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
    parts.index([
      { ...parts.image({ manifest: { layers: [] } }), ...unknown },
      { ...parts.image({ manifest: { config: {} } }), ...reference },
      image(parts, 'real'),
    ]);
    expect((await find(parts)).label).toBe('real');
  });

  test('what an engine has never pulled may be missing', async () => {
    const parts = new ArchiveParts();
    const absent = { mediaType: types.manifest, digest: `sha256:${'0'.repeat(64)}`, size: 500 };
    const manifests = [onPlatform(absent, elsewhere), onPlatform(image(parts, 'here'), here)];
    parts.index([parts.blob(types.index, { schemaVersion: 2, manifests })]);
    expect((await find(parts)).label).toBe('here');
    expect(await failure(find(parts, {}, { architecture: elsewhere }))).toContain(`${'0'.repeat(64)}" is missing`);
  });

  test('a signature beside an image is no image, and alone it is refused by its kind', async () => {
    const parts = new ArchiveParts();
    const config = parts.blob('application/vnd.dev.cosign.simplesigning.v1+json', {});
    const signature = parts.blob(types.manifest, { schemaVersion: 2, config, layers: [] });
    expect((await find(parts.index([named(signature, 'sig'), named(image(parts, 'app'), '1')]))).label).toBe('app');
    expect(await failure(find(parts.index([signature])))).toContain(
      'archive-unsupported: the image archive has what slimtrace does not read: an artifact of the kind "application/vnd.dev.cosign.simplesigning.v1+json"',
    );
  });
});

describe('by manifest.json', () => {
  const parts = () => {
    const archive = new ArchiveParts();
    archive.index([image(archive, 'x')]);
    const paths = [...archive.files.keys()].filter((path) => path.startsWith('blobs/'));
    const [config = '', layer = ''] = paths;
    const [configFile] = [archive.files.get(config)].map((bytes) => JSON.parse(bytes?.toString() ?? '') as JsonObject);
    return 'rootfs' in (configFile ?? {}) ? { archive, config, layer } : { archive, config: layer, layer: config };
  };

  test('an image, its names, its layers; `latest` where no tag is said', async () => {
    const { archive, config, layer } = parts();
    archive.files.delete('index.json');
    archive.json('manifest.json', [{ Config: config, RepoTags: ['app:latest', 'app:1'], Layers: [layer] }]);
    for (const transport of ['file', 'docker-archive'] as const) {
      const found = await find(archive, { transport, selector: 'app' });
      expect(found).toMatchObject({ names: ['app:latest', 'app:1'], manifestDigest: undefined, label: 'x' });
      expect(found.layers[0]?.digest).toBeUndefined();
    }
  });

  test('two images of the same config are one with the names of both', async () => {
    const { archive, config, layer } = parts();
    const entry = { Config: config, Layers: [layer] };
    archive.json('manifest.json', [
      { ...entry, RepoTags: ['a:1'] },
      { ...entry, RepoTags: null },
      { ...entry, RepoTags: ['b:1'] },
    ]);
    const found = await find(archive, { transport: 'docker-archive', selector: '@2' });
    expect(found.names).toEqual(['a:1', 'b:1']);
  });

  test('as go-containerregistry writes it: compressed layers, configs called by their digests', async () => {
    const archive = new ArchiveParts();
    const tar = tarOf([{ name: 'file' }]);
    const config = Buffer.from(JSON.stringify(plainConfig(digestOf(tar))));
    archive.files.set(digestOf(config), config);
    archive.files.set('layer.tar.gz', gzipSync(tar));
    const entry = { RepoTags: ['a:1'], Layers: ['layer.tar.gz'] };
    archive.json('manifest.json', [{ ...entry, Config: digestOf(config) }]);
    const path = archive.tar(fresh());
    await validateArchive({ transport: 'docker-archive', path });
    expect(await find(archive, { transport: 'docker-archive', path })).toMatchObject({ id: digestOf(config) });
    archive.files.set(digestOf(tar), config);
    archive.json('manifest.json', [{ ...entry, Config: digestOf(tar) }]);
    expect(await failure(find(archive, { transport: 'docker-archive' }))).toContain('has the digest');
  });

  test('the other kind of archive is told', async () => {
    const { archive, config, layer } = parts();
    expect(await failure(find(archive, { transport: 'docker-archive' }))).toContain('it can be read as oci-archive:');
    archive.files.delete('index.json');
    archive.json('manifest.json', [{ Config: config, RepoTags: [], Layers: [layer] }]);
    expect(await failure(find(archive, { transport: 'oci-archive' }))).toContain('it can be read as docker-archive:');
    archive.files.delete('manifest.json');
    expect(await failure(find(archive, { transport: 'file' }))).toContain('docker export');
    expect(await failure(find(archive.json('repositories', {}), { transport: 'file' }))).toContain('before 1.10');
  });
});
