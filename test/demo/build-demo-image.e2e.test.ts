import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileApplication, installApplication } from '../../fixtures/demo/application.ts';
import { demoImageName, writeDemoImage } from '../../fixtures/demo/build-demo-image.ts';
import { findNodeInstallation } from '../../fixtures/demo/node-installation.ts';
import { findArchiveImage } from '../../src/image/archive/open-archive.ts';
import { openLayers } from '../../src/image/archive/open-layers.ts';
import { validateWrittenImage } from '../../src/image/archive/validate.ts';
import { readPackages } from '../../src/image/packages.ts';
import { docker, removeImages, startContainer, testWith } from '../support/run-docker.ts';

const { signal } = new AbortController();
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
const builder = new URL('../../fixtures/demo/build.ts', import.meta.url).pathname;

let directory: string;
let application: string;
let archive: string;
const steps: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'e2e-'));
  archive = join(directory, 'fat.tar');
  const installation = findNodeInstallation();
  application = await installApplication({ installation, temporaryDirectory: directory, signal });
  await compileApplication(application, signal);
  await write(archive, steps);
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function write(file: string, told: string[] = []): Promise<void> {
  const parts = { installation: findNodeInstallation(), application, architecture };
  await writeDemoImage(parts, { file, signal, onStep: (line) => told.push(line) });
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

describe('the demo’s archive', () => {
  test('is valid, and holds the image that a Dockerfile of such an application makes', async () => {
    const target = { transport: 'oci-archive', path: archive } as const;
    await validateWrittenImage(target, signal);
    const image = await findArchiveImage({ ...target }, { signal, temporaryDirectory: directory });
    expect(image.names).toContain(demoImageName);
    expect(image.platform).toMatchObject({ os: 'linux', architecture });
    expect(image.layers).toHaveLength(findNodeInstallation().isMovable ? 3 : 2);
    expect(image.config).toMatchObject({
      Entrypoint: ['node'],
      Cmd: ['dist/server.js'],
      WorkingDir: '/app',
      ExposedPorts: { '3000/tcp': {} },
    });
    expect(image.config.User).toBeUndefined();
    expect(steps).toHaveLength(image.layers.length + 1);
  });

  test('is fat: a distribution with its packages, npm, the compiler; all of it root’s', async () => {
    const options = { signal, temporaryDirectory: directory };
    const { layers } = await findArchiveImage({ transport: 'oci-archive', path: archive }, options);
    await using opened = await openLayers(layers, options);
    const { tree, contents, sizeBytes } = opened;
    expect(sizeBytes).toBeGreaterThan(250e6);
    const expected = ['/bin/sh', '/app/dist/server.js', '/etc/passwd'];
    if (findNodeInstallation().isMovable) expected.push('/usr/local/bin/node', '/usr/local/bin/npm');
    for (const path of [...expected, '/app/node_modules/typescript/lib/typescript.js', '/etc/os-release']) {
      expect(tree.resolve(path).entry?.type, path).toBe('file');
    }
    expect(tree.get('/tmp')?.mode).toBe(0o1777);
    expect([...tree.entries()].filter(({ uid, gid }) => uid !== 0 || gid !== 0)).toEqual([]);
    const ownership = await readPackages(tree, contents);
    if (ownership.kind !== 'dpkg') return;
    expect(ownership.packages).toContain('libc6');
    const shell = tree.resolve('/bin/sh').entry;
    expect(shell && ownership.ownerOf(shell.path)).toBe('dash');
  });

  test('is the same bytes when it is made again, and nothing half-made is left beside it', async () => {
    const again = join(directory, 'again');
    await mkdir(again);
    await write(join(again, 'fat.tar'));
    expect(await readdir(again)).toEqual(['fat.tar']);
    expect(await digestOfFile(join(again, 'fat.tar'))).toBe(await digestOfFile(archive));
  });

  testWith(['docker', 'skopeo'], 'runs, and every route answers', async () => {
    const image = 'slimtrace-test/demo:latest';
    const copy = ['copy', '--quiet', '--insecure-policy', `oci-archive:${archive}`, `docker-daemon:${image}`];
    await execa('skopeo', copy);
    try {
      await using container = await startContainer(image);
      const answer = async (path: string, init?: RequestInit) => {
        const response = await fetch(`http://${container.address}:3000${path}`, init);
        return [response.status, await response.text()];
      };
      await untilListening(container.id);
      expect(await answer('/')).toEqual([200, expect.stringContaining('slimtrace-demo')]);
      expect(await answer('/distance')).toEqual([200, '{"distance":"6 months ago"}']);
      expect(await answer('/intl')).toEqual([200, expect.stringContaining('1.234.567,89')]);
      expect(await answer('/static/style.css')).toEqual([200, expect.stringContaining('sans-serif')]);
      const note = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
      expect(await answer('/notes', note)).toEqual([201, '{"noted":{"a":1}}']);
      expect((await answer('/missing'))[0]).toBe(404);
      expect(await docker(['exec', container.id, 'sh', '-c', 'npm --version && ls / | wc -l'])).toMatch(/^\d+\.\d+/);
    } finally {
      await removeImages(image);
    }
  });
});

async function untilListening(container: string): Promise<void> {
  while (!(await docker(['logs', container])).includes('listening on')) await sleep(100);
}

describe('build.ts', () => {
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const temporary = await mkdtemp(join(directory, 'tmp-'));
    const command = ['--import', 'tsx', builder, ...args];
    const result = await execa(process.execPath, command, { reject: false, env: { TMPDIR: temporary, ...env } });
    return { ...result, left: (await readdir(temporary)).filter((name) => name.startsWith('slimtrace-')) };
  };

  test('says when the registry can’t be reached, and leaves nothing', async () => {
    const file = join(directory, 'offline.tar');
    // Nothing listens on the port of "discard".
    const env = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: join(directory, 'empty-cache') };
    const { exitCode, stderr, left } = await run([file], env);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^error: could not install the dependencies/m);
    expect(stderr).toMatch(/^because: npm error code ECONNREFUSED/m);
    expect(stderr).toMatch(/^hint: npm could not reach its registry/m);
    expect(left).toEqual([]);
    expect(await readdir(directory)).not.toContain('offline.tar');
  });

  test('says at once when the archive can’t be written', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const { exitCode, stderr } = await run([join(file, 'fat.tar')]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^error: could not write /m);
    expect(stderr).not.toContain('installing');
  });

  test('an interruption leaves nothing', async () => {
    const temporary = await mkdtemp(join(directory, 'tmp-'));
    const child = execa(process.execPath, ['--import', 'tsx', builder, join(directory, 'interrupted.tar')], {
      reject: false,
      env: { TMPDIR: temporary, npm_config_cache: join(directory, 'other-cache') },
    });
    await untilInstalling(temporary);
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(143);
    expect((await readdir(temporary)).filter((name) => name.startsWith('slimtrace-'))).toEqual([]);
    expect((await readdir(directory)).filter((name) => name.startsWith('interrupted'))).toEqual([]);
  });

  test('is told where to write', async () => {
    expect((await run([])).exitCode).toBe(2);
  });
});

async function untilInstalling(temporary: string): Promise<void> {
  for (;;) {
    const [own] = (await readdir(temporary)).filter((name) => name.startsWith('slimtrace-'));
    if (own !== undefined && (await readdir(join(temporary, own))).includes('app')) return;
    await sleep(50);
  }
}
