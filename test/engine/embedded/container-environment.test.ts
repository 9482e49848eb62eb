import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { containerEnvironment } from '../../../src/engine/embedded/container-environment.js';

const engineSets = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOSTNAME=box'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'environment-test-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

async function environment(env: string[], image: string[] = [], file?: string): Promise<string[]> {
  const envFiles: string[] = [];
  if (file !== undefined) {
    envFiles.push(join(directory, 'env'));
    await writeFile(envFiles[0] ?? '', file);
  }
  return await containerEnvironment({ env, envFiles }, { Env: image }, 'box');
}

describe('containerEnvironment', () => {
  test('has what every engine sets', async () => {
    expect(await environment([])).toEqual(engineSets);
  });

  test('the image’s PATH takes the place of the default', async () => {
    expect(await environment([], ['PATH=/app', 'A=1'])).toEqual(['PATH=/app', 'HOSTNAME=box', 'A=1']);
  });

  test('--env wins over --env-file, which wins over the image', async () => {
    expect(await environment(['A=flag'], ['A=image', 'B=image', 'C=image'], 'A=file\nB=file\n')).toEqual([
      ...engineSets,
      'A=flag',
      'B=file',
      'C=image',
    ]);
  });

  test('a name alone takes the value from here, and one that is not set here goes', async () => {
    vi.stubEnv('SLIMTRACE_TEST_HERE', 'here');
    expect(await environment(['SLIMTRACE_TEST_HERE', 'GONE'], ['GONE=image'])).toEqual([
      ...engineSets,
      'SLIMTRACE_TEST_HERE=here',
    ]);
  });

  test('in a file, a name that is not set here says nothing', async () => {
    expect(await environment([], ['GONE=image'], 'GONE\n')).toEqual([...engineSets, 'GONE=image']);
  });

  test('an env file may have comments, blank lines and values with anything in them', async () => {
    const file = '# comment\n\n  A=1 2 # not a comment\r\nB==\nEMPTY=\n';
    expect(await environment([], [], file)).toEqual([...engineSets, 'A=1 2 # not a comment', 'B==', 'EMPTY=']);
  });

  test('a line without a valid name is refused', async () => {
    await expect(environment([], [], 'two words=1\n')).rejects.toThrow('"two words=1" has no valid name');
    await expect(environment([], [], '=1\n')).rejects.toThrow('"=1" has no valid name');
    await expect(environment(['=1'])).rejects.toThrow('--env =1 has no name');
  });

  test('a missing file is named', async () => {
    const missing = join(directory, 'missing');
    await expect(containerEnvironment({ env: [], envFiles: [missing] }, {}, 'box')).rejects.toThrow(missing);
  });
});
