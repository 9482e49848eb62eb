import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openImageOutput } from '../../src/build/image-output.js';
import type { ArchiveReference } from '../../src/image/archive/reference.js';
import { validateWrittenImage } from '../../src/image/archive/validate.js';
import { writeImage } from '../../src/image/archive/write-image.js';
import { tarEnd } from '../../src/image/tar-header.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'image-output-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function write(place: ArchiveReference): Promise<void> {
  const blob = { architecture: 'amd64', os: 'linux', created: '2024-01-01T00:00:00Z', config: {}, history: [] };
  const layer = async function* () {
    yield tarEnd;
  };
  await writeImage(place, 'app:1', blob, [layer()]);
}

describe.each(['oci', 'file', 'docker-archive', 'oci-archive'] as const)('an output of the kind %s', (transport) => {
  const target = (): ArchiveReference => ({ transport, path: join(directory, 'out') });

  test('is there when it is committed, and nothing else is', async () => {
    for (let round = 0; round < 2; round += 1) {
      await using output = await openImageOutput(target());
      await output.write(write);
      await output.commit();
    }
    expect(readdirSync(directory)).toEqual(['out']);
    await validateWrittenImage(target());
  });

  test('leaves nothing when it is not', async () => {
    {
      await using output = await openImageOutput(target());
      await output.write(write);
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is validated: what was written wrong never gets its name', async () => {
    await using output = await openImageOutput(target());
    const damage = async (place: ArchiveReference) => {
      await write(place);
      const index = transport === 'oci' ? join(place.path, 'index.json') : place.path;
      writeFileSync(index, readFileSync(index, 'latin1').replace('"app:1"', '"app:2"'), 'latin1');
    };
    await expect(output.write(damage)).rejects.toMatchObject({ code: 'archive-invalid' });
  });

  test('is refused before the work when it can’t be written', async () => {
    const path = join(directory, 'none/out');
    await expect(openImageOutput({ transport, path })).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});
