import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeEntry } from '../../../src/build/composition.js';
import { writeLayer } from '../../../src/build/write-layer.js';
import type { Attestation } from '../../../src/image/archive/attestation.js';
import { validateArchive, validateWrittenImage } from '../../../src/image/archive/validate.js';
import { type WrittenImage, writeImage } from '../../../src/image/archive/write-image.js';
import { imageOf } from '../tree-of.js';

const hasTools = ['skopeo', 'umoci'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const name = 'example.test/attested:1-slim';

/** A statement about whatever image it is given. */
function attest({ manifestDigest }: Pick<WrittenImage, 'manifestDigest'>): Attestation[] {
  const subject = [{ name, digest: { sha256: manifestDigest.slice('sha256:'.length) } }];
  return ['https://example.test/one', 'https://example.test/two'].map((predicateType) => ({
    predicateType,
    statement: JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} }),
  }));
}

describe.skipIf(!hasTools)('an archive with attestations', () => {
  let directory: string;
  let written: WrittenImage;
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' });
  const blob = (layout: string, digest: string) =>
    JSON.parse(readFileSync(join(layout, 'blobs/sha256', digest.replace('sha256:', '')), 'utf8'));

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'attested-'));
    const image = imageOf({ '/app/server': { body: 'server' } });
    const paths = [...image.tree.entries()];
    await image.contents.fetch(paths.map(({ path }) => path));
    const config = { architecture: 'amd64', os: 'linux', created: '2024-01-01T00:00:00Z', config: {}, history: [{}] };
    for (const [transport, path] of [
      ['file', 'image.tar'],
      ['oci', 'layout'],
    ] as const) {
      const layer = writeLayer({ files: paths.map(placeEntry), whiteouts: [] }, image.contents);
      const place = { transport, path: join(directory, path) };
      written = await writeImage(place, name, config, [layer], { attest });
      await validateWrittenImage(place);
      await validateArchive(place);
    }
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('skopeo opens the image, with its tag and without', () => {
    for (const reference of [
      'oci-archive:image.tar',
      'oci-archive:image.tar:1-slim',
      'oci:layout:1-slim',
      'oci:layout',
    ]) {
      const [transport, ...rest] = reference.split(':');
      const inspected = run('skopeo', 'inspect', '--no-tags', `${transport}:${directory}/${rest.join(':')}`);
      expect(JSON.parse(inspected).Layers, reference).toEqual(written.diffIds);
    }
    expect(JSON.parse(run('skopeo', 'inspect', '--no-tags', `docker-archive:${directory}/image.tar`)).Layers).toEqual(
      written.diffIds,
    );
  });

  // umoci takes no tag that means an index, BuildKit's neither; skopeo takes the image out of it.
  test('umoci unpacks what skopeo takes out of it', () => {
    const plain = join(directory, 'plain');
    run('skopeo', '--insecure-policy', 'copy', `oci:${directory}/layout:1-slim`, `oci:${plain}:1-slim`);
    run('umoci', 'unpack', '--rootless', '--image', `${plain}:1-slim`, join(directory, 'bundle'));
    expect(readdirSync(join(directory, 'bundle/rootfs/app'))).toEqual(['server']);
  });

  test('the statements are copied with the image, as BuildKit’s are, and are about its manifest', () => {
    const copy = join(directory, 'copy');
    // Without --preserve-digests it compresses the layers, and the manifest is another.
    const all = ['--insecure-policy', 'copy', '--all', '--preserve-digests'];
    run('skopeo', ...all, `oci-archive:${directory}/image.tar:1-slim`, `oci:${copy}:1`);
    const [top] = JSON.parse(readFileSync(join(copy, 'index.json'), 'utf8')).manifests;
    const [image, attestation] = blob(copy, top.digest).manifests;
    expect(image).toMatchObject({ digest: written.manifestDigest, platform: { os: 'linux', architecture: 'amd64' } });
    expect(attestation).toMatchObject({
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': written.manifestDigest,
      },
      platform: { os: 'unknown', architecture: 'unknown' },
    });
    const { layers } = blob(copy, attestation.digest);
    for (const { mediaType, digest, annotations } of layers) {
      expect(mediaType).toBe('application/vnd.in-toto+json');
      const statement = blob(copy, digest);
      expect(statement.predicateType).toBe(annotations['in-toto.io/predicate-type']);
      expect(`sha256:${statement.subject[0].digest.sha256}`).toBe(written.manifestDigest);
    }
    expect(layers).toHaveLength(2);
  });

  test.each(['docker', 'podman'])('%s loads the image', (engine) => {
    if (spawnSync(engine, ['info']).status !== 0) return;
    try {
      expect(run(engine, 'load', '--input', join(directory, 'image.tar'))).toContain(name);
      expect(run(engine, 'image', 'inspect', '--format', '{{.Id}}', name)).toContain(written.id.replace('sha256:', ''));
    } finally {
      spawnSync(engine, ['rmi', '--force', name]);
    }
  });
});
