import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

/** Runs the Docker client; rejects with what it said when it fails. Returns its standard output, trimmed. */
export async function docker(args: readonly string[], options: { readonly host?: string } = {}): Promise<string> {
  const { stdout } = await execa('docker', [...args], { env: hostVariable(options.host) });
  return stdout.trim();
}

function hostVariable(host: string | undefined): Record<string, string> {
  return host === undefined ? {} : { DOCKER_HOST: host };
}

/** Why the tests with an engine can't be made; undefined when they can. */
function engineProblem(): string | undefined {
  const { error, status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (error !== undefined) return `no docker client: ${error.message}`;
  return status === 0 ? undefined : `no engine answers: ${stderr.trim()}`;
}

/** A suite that needs a Docker engine: without one it is skipped, and in CI it fails, both with the reason. */
export function describeOnEngine(name: string, body: () => void): void {
  const problem = engineProblem();
  if (problem === undefined) describe(name, body);
  else if (process.env.CI) test(name, () => expect.fail(`CI needs a Docker engine: ${problem}`));
  else describe.skip(`${name} (skipped: ${problem})`, body);
}

/** A test that needs tools besides Docker, or root; skipped without, and in CI failed, both with the reason. */
export function testWith(needs: readonly string[], name: string, body: () => Promise<void>, timeoutMs?: number): void {
  const missing = needs.filter((need) => !isThere(need));
  if (missing.length === 0) test(name, body, timeoutMs);
  else if (process.env.CI) test(name, () => expect.fail(`CI needs ${missing.join(', ')}`));
  else test.skip(`${name} (skipped: needs ${missing.join(', ')})`);
}

function isThere(need: string): boolean {
  if (need === 'root') return process.getuid?.() === 0;
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', need]).status === 0;
}

/** A directory of the test's own; removed when the scope ends. */
export async function openScratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'e2e-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Builds a small image for one test from a Dockerfile and the files it copies, and returns its name. Layers that were
 * built before come from the engine's cache.
 */
export async function buildTestImage(
  name: string,
  dockerfile: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  await using context = await openScratch();
  await writeFile(join(context.path, 'Dockerfile'), dockerfile);
  for (const [file, text] of Object.entries(files)) await writeFile(join(context.path, file), text, { mode: 0o755 });
  const image = `slimtrace-test/${name}:latest`;
  await execa('docker', ['build', '--quiet', '--tag', image, context.path], { env: { DOCKER_BUILDKIT: '0' } });
  return image;
}

/** Removes names of images; those that aren't there are fine. */
export async function removeImages(...names: readonly string[]): Promise<void> {
  for (const name of names) await execa('docker', ['image', 'rm', '--force', name], { reject: false });
}

/** A running container of an image, removed with its volumes when the scope ends. */
export interface TestContainer extends AsyncDisposable {
  readonly id: string;
  /** Its address on the engine's network. */
  readonly address: string;
}

/** Starts a container as a user would, with nothing of slimtrace's in between. */
export async function startContainer(
  image: string,
  options: { readonly args?: readonly string[]; readonly command?: readonly string[] } = {},
): Promise<TestContainer> {
  const id = await docker(['run', '--detach', ...(options.args ?? []), image, ...(options.command ?? [])]);
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return {
    id,
    address: await docker(['inspect', '--format', format, id]),
    [Symbol.asyncDispose]: async () => void (await docker(['rm', '--force', '--volumes', id])),
  };
}

/** What `docker image inspect` says about an image. */
export async function inspectImage(image: string): Promise<InspectedImage> {
  return JSON.parse(await docker(['image', 'inspect', image]))[0];
}

export interface InspectedImage {
  readonly Id: string;
  readonly Created: string;
  readonly Architecture: string;
  readonly Os: string;
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: Readonly<Record<string, unknown>> & { readonly Labels: Readonly<Record<string, string>> | null };
}

/** The ID of an image, or undefined when there is none of that name. */
export async function imageId(image: string): Promise<string | undefined> {
  const { exitCode, stdout } = await execa('docker', ['image', 'inspect', '--format', '{{.Id}}', image], {
    reject: false,
  });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Every path in the layers of an image, read by `docker save` and GNU tar: absolute, without a final slash. */
export async function pathsInLayers(image: string): Promise<Set<string>> {
  await using scratch = await openScratch();
  const archive = join(scratch.path, 'image.tar');
  await docker(['save', '--output', archive, image]);
  const [manifest] = JSON.parse(tar(['-xOf', archive, 'manifest.json'])) as [{ readonly Layers: readonly string[] }];
  const paths = new Set<string>();
  for (const layer of manifest.Layers) {
    const file = join(scratch.path, 'layer.tar');
    execFileSync('sh', ['-c', 'tar -xOf "$1" "$2" >"$3"', 'sh', archive, layer, file]);
    for (const name of tar(['--quoting-style=literal', '-tf', file]).split('\n')) {
      const path = `/${name.replace(/^\.?\/?/, '').replace(/\/$/, '')}`;
      if (name !== '') paths.add(path);
    }
  }
  return paths;
}

function tar(args: readonly string[]): string {
  return execFileSync('tar', [...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
}
