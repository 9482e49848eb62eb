import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { examineMachine } from '../../src/doctor/examine-machine.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const detailsOf = async (about: string, env: Readonly<Record<string, string>> = {}) =>
  (await examineMachine(env)).filter((one) => one.about === about).map(({ status, detail }) => `${status} ${detail}`);

describe('what slimtrace needs of a machine', () => {
  test('a directory of temporary files that is there: nobody makes it', async () => {
    expect(await detailsOf('temporary files')).toEqual([expect.stringMatching(/^(?:ok|warning) .* GB free$/)]);
    vi.stubEnv('TMPDIR', '/nonexistent/tmp');
    expect(await detailsOf('temporary files')).toEqual(['problem /nonexistent/tmp isn’t there (ENOENT)']);
  });

  test('one that is a file is none, which root may write', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'e2e-'));
    const file = join(directory, 'file');
    await writeFile(file, '', { mode: 0o777 });
    vi.stubEnv('TMPDIR', file);
    vi.stubEnv('XDG_STATE_HOME', file);
    expect(await detailsOf('temporary files')).toEqual([`problem ${file} can’t be written (ENOTDIR)`]);
    expect(await detailsOf('reports')).toEqual([`warning ${join(file, 'slimtrace')} can’t be written (ENOTDIR)`]);
    await rm(directory, { recursive: true });
  });

  test('no password of a proxy is told, however it is written', async () => {
    const env = {
      HTTPS_PROXY: 'http://u:hunter@2@proxy:1',
      http_proxy: 'u:hun ter2@proxy:1',
      DOCKER_HOST: 'ssh://me@builder',
      no_proxy: 'localhost',
    };
    expect(await detailsOf('environment', env)).toEqual([
      'note DOCKER_HOST=ssh://…@builder',
      'note http_proxy=…@proxy:1',
      'note HTTPS_PROXY=http://…@proxy:1',
      'note no_proxy=localhost',
    ]);
  });
});
