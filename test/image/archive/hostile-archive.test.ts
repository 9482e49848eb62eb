import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SlimtraceError } from '../../../src/errors.js';
import { blobPath } from '../../../src/image/archive/descriptor.js';
import { inflateArchive } from '../../../src/image/archive/inflate-archive.js';
import { findArchiveImage } from '../../../src/image/archive/open-archive.js';
import { digestOf } from '../../../src/system/digest.js';
import { ArchiveParts, type Json, type JsonObject, named, plainConfig, types } from './archive-of.js';
import { rawMember, tarOf } from './raw-tar.js';

let directory: string;
let file: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hostile-archive-'));
  file = join(directory, 'archive');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const options = () => ({ signal: new AbortController().signal, temporaryDirectory: directory });
type Way = 'oci-archive' | 'docker-archive';

async function read(transport: Way = 'oci-archive'): Promise<unknown> {
  return await findArchiveImage({ transport, path: file }, options());
}

/** `CODE: reason` of what is refused. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SlimtraceError);
  const { code, details, message } = error as SlimtraceError;
  return `${code}: ${details.reason ?? details.what ?? message}`;
}

let parts: ArchiveParts;
beforeEach(() => {
  parts = new ArchiveParts();
});

/** What is said of an archive with this index. */
async function ofIndex(...manifests: Json[]): Promise<string> {
  parts.index(manifests).tar(file);
  return await refusal(read());
}

describe('manifest.json that leads out of the archive', () => {
  const secret = '../../../../../../etc/passwd';

  async function ofManifest(entry: JsonObject): Promise<string> {
    const layer = blobPath(parts.blob(types.layer, tarOf([])).digest as string);
    const config = blobPath(parts.blob(types.config, plainConfig(digestOf(tarOf([])))).digest as string);
    parts.json('manifest.json', [{ Config: config, RepoTags: [], Layers: [layer], ...entry }]).tar(file, [
      { name: 'link', linkTarget: secret },
      { name: 'absolute', linkTarget: '/etc/passwd' },
      { name: 'loop', linkTarget: './loop' },
      { name: 'dir', type: 'directory' },
      { name: 'pipe', type: 'fifo' },
    ]);
    return await refusal(read('docker-archive'));
  }

  test.each([
    [{ Config: secret }, `archive-invalid: "${secret}" leads out of the archive`],
    [{ Config: '/etc/passwd' }, 'archive-invalid: "/etc/passwd" is missing'],
    [{ Layers: [secret] }, `archive-invalid: "${secret}" leads out of the archive`],
    [{ Layers: ['link'] }, `archive-invalid: "${secret}" leads out of the archive`],
    [{ Layers: ['absolute'] }, 'archive-invalid: "absolute" is missing'],
    [{ Layers: ['loop'] }, 'archive-invalid: "loop" is a link that leads in a circle'],
    [{ Layers: ['dir'] }, 'archive-invalid: "dir" is missing'],
    [{ Layers: ['pipe'] }, 'archive-invalid: "pipe" is missing'],
    [{ Layers: ['a\u001b[2J\n'] }, 'archive-invalid: "a\\u001b[2J\\n" is missing'],
    [{ Layers: [] }, 'archive-invalid: manifest.json:[0] has 0 layers, and its config 1 diff IDs'],
  ])('%j', async (entry, expected) => {
    expect(await ofManifest(entry)).toBe(expected);
  });

  test('members that leave the archive, or are links to none', async () => {
    writeFileSync(file, tarOf([{ name: '../outside', body: 'x' }]));
    expect(await refusal(read())).toBe('archive-invalid: the entry "../outside" leads out of the archive');
    writeFileSync(file, tarOf([{ name: 'a', type: 'hard-link', linkTarget: '../../etc/passwd' }]));
    expect(await refusal(read())).toBe('archive-invalid: "a" is a link to "../../etc/passwd", which is missing');
  });

  test('a config that isn’t what its name says', async () => {
    const honest = parts.blob(types.config, plainConfig());
    parts.files.set(blobPath(honest.digest as string), Buffer.from(JSON.stringify(plainConfig('sha256:'))));
    parts.json('manifest.json', [{ Config: blobPath(honest.digest as string), Layers: [] }]).tar(file);
    expect(await refusal(read('docker-archive'))).toMatch(
      /^archive-invalid: "blobs\/sha256\/.* has the digest sha256:/,
    );
  });
});

describe('digests and sizes that promise something else', () => {
  const other = `sha256:${'1'.repeat(64)}`;

  test('a manifest, a config and an index with other bytes', async () => {
    for (const kind of ['manifest', 'config', 'index'] as const) {
      parts = new ArchiveParts();
      const manifest = parts.image();
      const nested = parts.blob(types.index, { schemaVersion: 2, manifests: [manifest] });
      const wanted = { manifest, index: nested, config: undefined }[kind];
      const path = wanted === undefined ? pathOf('rootfs') : blobPath(wanted.digest as string);
      const bytes = parts.files.get(path) ?? Buffer.alloc(0);
      parts.files.set(path, Buffer.from(bytes.toString().replace('"', ' ')));
      expect(await ofIndex(nested)).toMatch(/^archive-invalid: "blobs\/.*" has the digest sha256:/);
      parts.files.set(path, Buffer.concat([bytes, Buffer.from(' ')]));
      expect(await ofIndex(nested)).toMatch(/^archive-invalid: blobs\/.* bytes long, and should be \d+$/);
      parts.files.delete(path);
      expect(await ofIndex(nested)).toMatch(/^archive-invalid: "blobs\/.*" is missing$/);
    }
  });

  const pathOf = (field: string) =>
    [...parts.files].find(([, bytes]) => bytes.toString().includes(`"${field}":{`))?.[0] ?? '';

  test('a layer that is missing or of another length; its digest is for whoever reads it', async () => {
    expect(await ofIndex(parts.image({ layer: { digest: other } }))).toBe(
      `archive-invalid: "${blobPath(other)}" is missing`,
    );
    expect(await ofIndex(parts.image({ layer: { size: 7 } }))).toMatch(/bytes long, and should be 7$/);
  });

  test.each([
    ['sha256:../../../../etc/passwd', 'archive-invalid'],
    [`sha256:${'A'.repeat(64)}`, 'archive-invalid'],
    [`sha256:${'0'.repeat(63)}`, 'archive-invalid'],
    [`sha512:${'0'.repeat(128)}`, 'archive-unsupported: a digest by sha512'],
    ['', 'archive-invalid'],
    [null, 'archive-invalid: index.json: manifests[0].digest is missing'],
    [7, 'archive-invalid: index.json: manifests[0].digest is not a string'],
  ])('%j is no digest', async (digest, expected) => {
    expect(await ofIndex({ mediaType: types.manifest, size: 1, digest })).toContain(expected);
  });
});

describe('what is not read is refused by its name', () => {
  const layer = (mediaType: string, more: JsonObject = {}) => parts.image({ layer: { mediaType, ...more } });
  const oci = 'application/vnd.oci.image.layer';

  test('foreign layers whose bytes are elsewhere; those that are here are read', async () => {
    const foreign = `${oci}.nondistributable.v1.tar+gzip`;
    const elsewhere = { urls: ['https://example.test/layer'], digest: `sha256:${'2'.repeat(64)}` };
    expect(await ofIndex(layer(foreign, elsewhere))).toBe(
      `archive-unsupported: the foreign layer sha256:${'2'.repeat(64)}, whose bytes are elsewhere`,
    );
    parts.index([layer(foreign, { urls: ['https://example.test/layer'] })]).tar(file);
    expect(await read()).toMatchObject({ layers: [{ mediaType: foreign }] });
  });

  test('encrypted layers, layers of another kind, and of none', async () => {
    expect(await ofIndex(layer(`${oci}.v1.tar+gzip+encrypted`))).toMatch(
      /^archive-unsupported: the encrypted layer sha256:/,
    );
    expect(await ofIndex(layer('application/vnd.cncf.helm'))).toContain('of the kind "application/vnd.cncf.helm"');
    expect(await ofIndex(parts.image({ layer: { mediaType: null } }))).toContain('of the kind (none)');
  });

  test('schema 1', async () => {
    const prettyjws = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    const old: Json = { schemaVersion: 1, fsLayers: [], history: [] };
    expect(await ofIndex(parts.blob(prettyjws, old))).toBe('archive-unsupported: an image in Docker’s schema 1');
    expect(await ofIndex(parts.blob(types.manifest, old))).toBe('archive-unsupported: an image in Docker’s schema 1');
  });

  test('what is no image, and a layout of another version', async () => {
    expect(await ofIndex(parts.blob('text/html', Buffer.from('<html>')))).toBe(
      'archive-unsupported: "text/html", which is no image',
    );
    parts.index([parts.image()]).json('oci-layout', { imageLayoutVersion: '2.0.0' }).tar(file);
    expect(await refusal(read())).toBe('archive-unsupported: an OCI layout of version "2.0.0"');
  });

  test('an archive that is compressed with something else', async () => {
    writeFileSync(file, Buffer.from('fd377a585a000004', 'hex'));
    expect(await refusal(read())).toBe('archive-unsupported: xz compression');
  });
});

describe('an archive that would take time or memory', () => {
  test('JSON of gigabytes is not read', async () => {
    const index = rawMember({ name: 'index.json', size: '00000000000\0' });
    // A header that claims 5 MiB, and a file with a hole behind it.
    const layout = { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' };
    writeFileSync(file, tarOf([layout, { name: 'index.json', body: ' '.repeat(5 * 1024 * 1024) }]));
    expect(await refusal(read())).toBe(
      'archive-invalid: "index.json" is 5242880 bytes long, and at most 4194304 are read of JSON',
    );
    writeFileSync(file, tarOf([layout, index]));
    expect(await refusal(read())).toBe('archive-invalid: index.json is not JSON');
  });

  test('JSON that is nested without end', async () => {
    for (const text of [`${'['.repeat(2_000_000)}`, `{"a":${'['.repeat(65)}${']'.repeat(65)}}`]) {
      writeFileSync(file, tarOf([{ name: 'manifest.json', body: text }]));
      expect(await refusal(read('docker-archive'))).toBe('archive-invalid: manifest.json is nested too deeply');
    }
  });

  test('indexes in indexes in indexes', async () => {
    let nested = parts.image();
    for (let depth = 0; depth < 20; depth += 1)
      nested = parts.blob(types.index, { schemaVersion: 2, manifests: [nested] });
    expect(await ofIndex(nested)).toBe('archive-invalid: its indexes are nested more than 8 deep');
  });

  test('an index that lists itself, which no digest allows', async () => {
    const index = { mediaType: types.index, digest: `sha256:${'3'.repeat(64)}`, size: 0 };
    const text = JSON.stringify({ schemaVersion: 2, manifests: [index] });
    parts.files.set(blobPath(index.digest), Buffer.from(text));
    expect(await ofIndex({ ...index, size: text.length })).toContain('has the digest');
  });

  test('a million manifests, one by one or as indexes that double', async () => {
    const image = parts.image();
    expect(await ofIndex(...Array.from({ length: 1001 }, () => image))).toContain('list more than 1000 manifests');
    let doubled = image;
    for (let depth = 0; depth < 8; depth += 1)
      doubled = parts.blob(types.index, { schemaVersion: 2, manifests: Array.from({ length: 8 }, () => doubled) });
    expect(await ofIndex(doubled)).toContain('list more than 1000 manifests');
  });

  test('manifests and configs that are large, and many: no more than so much of them is read', async () => {
    const images = Array.from({ length: 20 }, (_, at) =>
      named(parts.image({ config: { padding: ' '.repeat(4_000_000), at } }), String(at)),
    );
    parts.index(images).tar(file);
    const choose = (selector: string) =>
      findArchiveImage({ transport: 'oci-archive', path: file, selector }, options());
    expect(await choose('0')).toMatchObject({ tags: ['0'] });
    expect(await refusal(choose('19'))).toBe(
      'archive-invalid: it has more than 67108864 bytes of manifests and configs',
    );
  });

  test('a bomb: the whole archive inflates to more than there is room for', async () => {
    writeFileSync(file, gzipSync(Buffer.alloc(10_000_000)));
    const inflated = inflateArchive(file, { ...options(), maxBytes: 1_000_000 });
    expect(await refusal(inflated)).toBe(
      'archive-invalid: it inflates to more than the 1000000 bytes there is room for',
    );
  });

  test('a compressed archive that is damaged or ends early', async () => {
    const whole = gzipSync(parts.index([parts.image()]).tarBytes());
    writeFileSync(file, whole);
    await read();
    writeFileSync(file, whole.subarray(0, whole.length - 20));
    expect(await refusal(read())).toBe('archive-invalid: its compressed data are damaged or end early');
    whole.writeUInt8((whole.at(-8) ?? 0) ^ 1, whole.length - 8); // its checksum (RFC 1952)
    writeFileSync(file, whole);
    expect(await refusal(read())).toBe('archive-invalid: its compressed data are damaged or end early');
  });
});

describe('JSON that isn’t what it should be', () => {
  test('a manifest that could be an index, and what its media type does not say', async () => {
    const image = parts.image({ manifest: { manifests: [] } });
    expect(await ofIndex(image)).toContain('it could be an index and a manifest');
    expect(await ofIndex({ ...parts.image(), mediaType: types.index })).toContain('it is not what its media type says');
    expect(await ofIndex(parts.blob(types.manifest, {}))).toContain('config is missing');
  });

  test('fifty thousand layers', async () => {
    const digests = Array.from({ length: 50_000 }, () => `sha256:${'4'.repeat(64)}`);
    expect(await ofIndex(parts.image({ config: { rootfs: { diff_ids: digests } } }))).toMatch(
      /has more than 1000 layers$/,
    );
  });

  test('another number of layers than of diff IDs', async () => {
    expect(await ofIndex(parts.image({ manifest: { layers: [] } }))).toMatch(/0 layers, and 1 diff IDs/);
    expect(await ofIndex(parts.image({ config: { rootfs: null } }))).toMatch(/1 layers, and 0 diff IDs/);
  });

  test.each([
    [{ created: 'yesterday' }, 'created is not a time: "yesterday"'],
    [{ config: { Env: 'A=b' } }, 'config.Env is not an array'],
    [{ config: { Env: [1] } }, 'config.Env[0] is not a string'],
    [{ config: { Entrypoint: ['a', null] } }, 'config.Entrypoint[1] is missing'],
    [{ config: { Labels: { a: {} } } }, 'config.Labels."a" is not a string'],
    [{ config: { ExposedPorts: { '80/tcp': 1 } } }, 'config.ExposedPorts."80/tcp" is not an object'],
    [{ config: { Healthcheck: { Interval: '1s' } } }, 'config.Healthcheck.Interval is not a number'],
    [{ config: [] }, 'config is not an object'],
    [{ os: 7 }, 'os is not a string'],
  ])('a config with %j', async (config, expected) => {
    expect(await ofIndex(parts.image({ config }))).toContain(expected);
  });

  const junk = fc.oneof(
    fc.constantFrom<Json>(null, true, 0, -1, 1e300, '', 'x', '__proto__', [], {}, [null], { '': null }),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  );

  /** Puts `value` in the place of the `at`-th part of `json`, counted in depth. */
  function replacePart(json: Json, at: number, value: Json): Json {
    let left = at;
    const visit = (node: Json): Json => {
      left -= 1;
      if (left === -1) return value;
      if (Array.isArray(node)) return node.map(visit);
      if (typeof node !== 'object' || node === null) return node;
      return Object.fromEntries(Object.entries(node).map(([field, child]) => [field, visit(child)]));
    };
    return visit(json);
  }

  test('anything in the place of anything is read or refused, and is never a bug', async () => {
    const place = fc.constantFrom('index', 'manifest', 'config', 'manifest.json', 'oci-layout');
    await fc.assert(
      fc.asyncProperty(place, fc.nat(40), junk, async (where, at, value) => {
        parts = new ArchiveParts();
        const tar = tarOf([{ name: 'file' }]);
        const damage = (what: string, json: Json) => (what === where ? replacePart(json, at, value) : json);
        const config = parts.blob(types.config, damage('config', { ...plainConfig(digestOf(tar)), variant: 'v1' }));
        const layer = parts.blob(types.layer, tar, { annotations: { a: 'b' }, urls: [] });
        const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers: [layer] };
        const descriptor = named(parts.blob(types.manifest, damage('manifest', manifest)), 'a:1');
        parts.json('index.json', damage('index', { schemaVersion: 2, manifests: [descriptor] }));
        parts.json('oci-layout', damage('oci-layout', { imageLayoutVersion: '1.0.0' }));
        const paths = [config, layer].map(({ digest }) => blobPath(digest as string));
        const entry = { Config: paths[0] ?? '', RepoTags: ['a:1'], Layers: [paths[1] ?? ''], LayerSources: {} };
        parts.json('manifest.json', damage('manifest.json', [entry])).tar(file);
        for (const way of ['oci-archive', 'docker-archive'] as const)
          await read(way).catch((thrown: unknown) => expect(thrown).toBeInstanceOf(SlimtraceError));
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

test('a pipe, a directory or a device in the place of an archive is refused at once', async () => {
  const pipe = join(directory, 'pipe');
  spawnSync('mkfifo', [pipe]);
  for (const path of [pipe, directory, '/dev/zero'])
    expect(await refusal(findArchiveImage({ transport: 'file', path }, options()))).toBe(
      `archive-invalid: ${path} is not a regular file`,
    );
});

test('an archive that ends early, wherever, is read or refused', async () => {
  const bytes = parts.index([parts.image()]).tarBytes();
  for (let length = 0; length < bytes.length; length += 89) {
    writeFileSync(file, bytes.subarray(0, length));
    await read().catch((thrown: unknown) => expect(thrown).toBeInstanceOf(SlimtraceError));
  }
});
