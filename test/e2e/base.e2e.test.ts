import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/system/digest.ts';
import { ArchiveParts, type JsonObject, named, plainConfig, types } from '../image/archive/archive-of.ts';
import { type MemberSketch, tarOf } from '../image/archive/raw-tar.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, docker, inspectImage, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type RunSettings, type Slimtrace, withoutEngine } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
const gzipType = `${types.layer}+gzip`;
const baseName = 'org.opencontainers.image.base.name';
const baseDigest = 'org.opencontainers.image.base.digest';

interface ReportJson {
  readonly passed: boolean;
  readonly base: {
    readonly name: string;
    readonly digest: string;
    readonly because: string;
    readonly layers: number;
    readonly sharedEntries: number;
  };
}

/** An image as registries have them: each layer compressed. */
function addBase(
  parts: ArchiveParts,
  layers: readonly (readonly MemberSketch[])[],
  config: JsonObject = {},
): JsonObject {
  const tars = layers.map((members) => tarOf(members));
  return parts.blob(types.manifest, {
    ...{ schemaVersion: 2, mediaType: types.manifest },
    config: parts.blob(types.config, {
      ...plainConfig(...tars.map((tar) => digestOf(tar))),
      ...{ architecture, history: tars.map((_, at) => ({ created_by: `step ${at}` })) },
      ...config,
    }),
    layers: tars.map((tar) => parts.blob(gzipType, gzipSync(tar))),
  });
}

/** The one manifest of an OCI layout, and its digest. */
async function readManifest(layout: string) {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
  const { digest } = index.manifests[0] as { digest: string };
  const blob = (of: string) =>
    readFile(join(layout, 'blobs/sha256', of.slice('sha256:'.length)), 'utf8').then(JSON.parse);
  const manifest = await blob(digest);
  return { digest, manifest, config: await blob(manifest.config.digest) };
}

describe('an archive on another, without any engine', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let noEngine: RunSettings;
  const checks = ['--http', 'GET /=200'];
  const static12 = 'bases/static-debian12';

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    const site = { 'www/index.html': 'hello\n', 'www/page.html': 'the application’s page\n', 'etc/motd': 'the same\n' };
    const config = {
      ...{ Entrypoint: ['httpd', '-f', '-p', '8080', '-h', '/www'], Env: ['PATH=/bin'], WorkingDir: '/' },
      ...{ ExposedPorts: { '8080/tcp': {} }, Labels: { [baseName]: 'what the original stood on' } },
    };
    await writeSmallArchive(join(scratch.path, 'site.tar'), 'test/site:1', { ...busyboxEntries(), ...site }, config);
    const parts = new ArchiveParts();
    const motd = {
      name: 'etc/motd',
      body: 'the same\n',
      mode: 0o644,
      mtime: { seconds: 1_700_000_000, nanoseconds: 0 },
    };
    const base = addBase(parts, [
      [{ name: 'etc', type: 'directory', mode: 0o755 }, motd, { name: 'etc/only-base', body: 'x' }],
      [
        { name: 'www', type: 'directory', mode: 0o755 },
        { name: 'www/page.html', body: 'the base’s page\n' },
      ],
    ]);
    parts.index([named(base, 'registry.example/static:1')]).directory(join(scratch.path, static12));
    noEngine = await withoutEngine(scratch.path);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('the family from a directory; its compressed layers come first with their digests, named in labels and annotations', async () => {
    const from = ['--base', 'distroless', '--distroless-from', 'bases', '--include', '/etc/motd'];
    const outcome = await slimtrace.run(
      ['slim', 'site.tar', ...checks, ...from, '--output', 'oci:slim', '--json'],
      noEngine,
    );
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(outcome.stderr).toMatch(
      /^base: oci:bases\/static-debian12, because nothing that is kept is linked dynamically$/m,
    );
    const base = await readManifest(join(scratch.path, static12));
    const slim = await readManifest(join(scratch.path, 'slim'));
    expect(slim.manifest.layers.slice(0, 2)).toEqual(base.manifest.layers);
    expect(slim.config.rootfs.diff_ids.slice(0, 2)).toEqual(base.config.rootfs.diff_ids);
    expect(slim.config.history.slice(0, 2)).toEqual(base.config.history);
    const names = { [baseName]: 'registry.example/static:1', [baseDigest]: base.digest };
    expect(slim.manifest.annotations).toEqual(names);
    expect(slim.config.config.Labels).toMatchObject(names);
    expect(JSON.stringify(slim.config), 'where the base lay').not.toContain('bases');
    const { base: reported } = JSON.parse(outcome.stdout) as ReportJson;
    expect(reported).toMatchObject({ name: `oci:${static12}`, digest: base.digest, layers: 2 });
    expect(reported.sharedEntries, 'etc/motd').toBeGreaterThanOrEqual(1);
    const why = await slimtrace.run(['why', 'oci:slim', '/etc/only-base'], noEngine);
    expect(why.stdout).toBe(
      '/etc/only-base is in oci:slim: from the base image oci:bases/static-debian12\nthe original has nothing there\n',
    );
  });

  test('a file that the base has otherwise is never served in the place of the original’s', async () => {
    const traced = await slimtrace.run(['trace', 'site.tar', ...checks, '-o', 'site.trace'], noEngine);
    expect(traced.exitCode, traced.stderr).toBe(0);
    // The trace didn't see the page; the check on the slim image finds the base's.
    const build = ['build', 'site.tar', '--trace', 'site.trace', '--http', '/page.html', '--output', 'healed.tar'];
    const outcome = await slimtrace.run([...build, '--base', `oci:${static12}`], noEngine);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(outcome.stderr).toMatch(/^healing, round 1: the slim image lacked .*\/www\/page\.html/m);
    expect(outcome.stdout).toMatch(/^same +http GET :8080\/page\.html/m);
  });

  test('what can’t be a base is told before anything is run, and a base is never overwritten', async () => {
    const parts = new ArchiveParts();
    const other = addBase(parts, [[{ name: 'x' }]], { architecture: 's390x' });
    parts.index([named(other, 'x')]).directory(join(scratch.path, 'mainframe'));
    const before = await readdir(join(scratch.path, static12, 'blobs/sha256'));
    const refusals: readonly (readonly [readonly string[], number, string])[] = [
      [['--base', 'docker-archive:nowhere.tar'], 3, 'image archive not found: nowhere.tar'],
      [['--base', 'site.tar'], 3, 'it is the image that is to be slimmed'],
      [['--base', 'oci:mainframe'], 3, `it is for linux/s390x, and the image is for linux/${architecture}`],
      [['--base', 'debian:12'], 3, 'debian:12 is not an image archive'],
      [['--base', ' '], 2, '--base names no image'],
      [['--base', `oci:${static12}`, '--output', `oci:${static12}`], 2, '--base and --output are both'],
    ];
    for (const [args, exitCode, words] of refusals) {
      const outcome = await slimtrace.run(['slim', 'site.tar', ...checks, ...args], noEngine);
      expect({ exitCode: outcome.exitCode, stderr: outcome.stderr }, args.join(' ')).toMatchObject({
        exitCode,
        stderr: expect.stringContaining(words),
      });
      expect(outcome.stderr, args.join(' ')).not.toContain('run the original');
    }
    expect(await readdir(join(scratch.path, static12, 'blobs/sha256'))).toEqual(before);
  });
});

describeOnEngine('an image on a distroless one', () => {
  const tag = 'slimtrace-test/base:slim';
  const family = 'slimtrace-fixture/distroless';
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    for (const name of ['static', 'base']) await ensureFixtureImage(`distroless/${name}-debian12`);
  });
  afterAll(async () => {
    await removeImages(tag);
    await slimtrace[Symbol.asyncDispose]();
  });

  test.each([
    ['jq', ['--exit'], 'base', /^\/usr\/lib\/\S+\/libc\.so\.6 is kept$/],
    ['go-server', ['--http', 'GET /=200'], 'static', /^nothing that is kept is linked dynamically$/],
  ])('%s: the variant that fits, its layers shared, its name in the labels', async (name, checks, variant, because) => {
    const image = await ensureFixtureImage(name);
    const args = [
      'slim',
      image,
      ...checks,
      '--base',
      'distroless',
      '--distroless-from',
      family,
      '--tag',
      tag,
      '--json',
    ];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    const { base } = JSON.parse(outcome.stdout) as ReportJson;
    expect(base.name).toBe(`${family}/${variant}-debian12`);
    expect(base.because).toMatch(because);
    expect(outcome.stderr).toContain(`base: ${base.name}, because ${base.because}\n`);
    const [ours, theirs] = await Promise.all([tag, base.name].map(layersOf));
    expect(ours?.slice(0, theirs?.length)).toEqual(theirs);
    expect(theirs).toHaveLength(base.layers);
    const [slim, stood] = await Promise.all([tag, base.name].map(inspectImage));
    expect(slim?.Config.Labels).toMatchObject({ [baseName]: `${base.name}:latest`, [baseDigest]: stood?.Id });
    const why = await slimtrace.run(['why', tag, '/home/nonroot']);
    expect(why.stdout).toContain(`/home/nonroot is in ${tag}: from the base image ${base.name}`);
  });

  test('a base that nobody pulled: how to pull it; one whose name would be lost: refused', async () => {
    const image = await ensureFixtureImage('jq');
    const missing = await slimtrace.run(['slim', image, '--exit', '--base', 'slimtrace-test/not-there:1']);
    expect(missing.exitCode).toBe(3);
    expect(missing.stderr).toContain('error: image not found: slimtrace-test/not-there:1');
    expect(missing.stderr).toContain('docker pull slimtrace-test/not-there:1');
    const static12 = `${family}/static-debian12:latest`;
    const own = await slimtrace.run(['slim', image, '--exit', '--base', static12, '--tag', static12]);
    expect(own.exitCode).toBe(2);
    expect(own.stderr).toContain('is a name of the base image');
  });
});

async function layersOf(image: string): Promise<string[]> {
  return JSON.parse(await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image]));
}
