import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeEntry } from '../../../src/build/composition.js';
import { buildConfig } from '../../../src/build/slim-config.js';
import { writeLayer } from '../../../src/build/write-layer.js';
import { type WrittenImage, writeImage } from '../../../src/image/archive/write-image.js';
import { imageOf } from '../tree-of.js';

const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;

describe.skipIf(!hasSkopeo)('skopeo reads what writeImage wrote', () => {
  let directory: string;
  let file: string;
  let written: WrittenImage;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'image-archive-'));
    file = join(directory, 'image.tar');
    const entries = {
      '/app/server': { body: 'server', mode: 0o4755, uid: 70_000 },
      '/app/link': { linkTarget: 'server' },
    };
    const image = imageOf(entries, { config: { Cmd: ['/app/server'], User: '1000', Labels: { b: '2', a: '1' } } });
    await image.contents.fetch([...image.tree.entries()].map(({ path }) => path));
    const source = {
      config: image.config,
      platform: image.platform,
      created: '2024-01-01T00:00:00Z',
      digest: image.id,
    };
    const layer = writeLayer({ files: [...image.tree.entries()].map(placeEntry), whiteouts: [] }, image.contents);
    const composition = {
      base: undefined,
      layers: [{ kind: 'all' as const, files: [], whiteouts: [] }],
      user: undefined,
      home: undefined,
    };
    written = await writeImage(
      { transport: 'file', path: file },
      'example.test/app:1-slim',
      buildConfig(composition, { source, version: '0.0.0', sourceDateEpoch: undefined }),
      [layer],
    );
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function inspect(...args: string[]) {
    const { stdout, stderr } = spawnSync('skopeo', ['inspect', ...args], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test.each(['docker-archive', 'oci-archive'])('as %s', (transport) => {
    const inspected = inspect('--no-tags', `${transport}:${file}`);
    expect(inspected).toMatchObject({ Architecture: 'amd64', Os: 'linux', Created: '2024-01-01T00:00:00Z' });
    expect(inspected.Layers).toEqual(written.diffIds);
    expect(Object.keys(inspected.Labels)).toEqual(['a', 'b', 'io.slimtrace.source.digest', 'io.slimtrace.version']);
    expect(inspect('--config', `${transport}:${file}`).config).toMatchObject({ Cmd: ['/app/server'], User: '1000' });
  });

  test('under its name', () => {
    expect(inspect('--no-tags', `docker-archive:${file}:example.test/app:1-slim`).Layers).toEqual(written.diffIds);
    expect(inspect('--no-tags', `oci-archive:${file}:1-slim`).Digest).toBe(written.manifestDigest);
  });

  test('and copies it, which checks every digest', () => {
    for (const transport of ['docker-archive', 'oci-archive']) {
      const copy = spawnSync(
        'skopeo',
        ['--insecure-policy', 'copy', `${transport}:${file}`, `dir:${directory}/${transport}`],
        {
          encoding: 'utf8',
        },
      );
      expect(copy.stderr).toBe('');
      expect(copy.status).toBe(0);
    }
  });
});
