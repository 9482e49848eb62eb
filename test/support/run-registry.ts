import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { docker, openScratch } from './run-docker.ts';

const command = 'docker-registry';

/** A registry of the test's own on this machine's loopback, which engines talk to without TLS. */
export interface Registry extends AsyncDisposable {
  /** `localhost:PORT`, the beginning of its images' names. */
  readonly host: string;
  /** What it was asked since it was started: `GET /v2/team/app/manifests/1`. */
  readonly requests: () => readonly string[];
  /** The digest it has for a tag. */
  digestOf(repository: string, tag: string): Promise<string>;
}

/** Why tests with a registry of their own can't be made; undefined when they can. */
function registryProblem(): string | undefined {
  const { error } = spawnSync(command, ['--version'], { timeout: 30_000 });
  if (error !== undefined) return `no ${command}: ${error.message}`;
  const engine = spawnSync('docker', ['version'], { encoding: 'utf8', timeout: 30_000 });
  return engine.status === 0 ? undefined : `no engine answers: ${engine.error?.message ?? engine.stderr.trim()}`;
}

/** A suite that needs a Docker engine and a registry: without them it is skipped, and in CI it fails, both with the reason. */
export function describeWithRegistry(name: string, body: () => void): void {
  const problem = registryProblem();
  if (problem === undefined) describe(name, body);
  else if (process.env.CI) test(name, () => expect.fail(`CI needs a registry: ${problem}`));
  else describe.skip(`${name} (skipped: ${problem})`, body);
}

/** Starts a registry at a free port, with what it holds in a temporary directory, and waits until it listens. */
export async function startRegistry(): Promise<Registry> {
  const scratch = await openScratch();
  const config = join(scratch.path, 'config.yml');
  // JSON is YAML. No port: the registry takes a free one, and says in its log which.
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'info', formatter: 'json' },
      storage: { filesystem: { rootdirectory: join(scratch.path, 'data') } },
      http: { addr: '127.0.0.1:0', secret: 'of no use to anybody' },
    }),
  );
  const registry = spawn(command, ['serve', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [registry.stdout, registry.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  const dispose = async () => {
    await end(registry);
    await scratch[Symbol.asyncDispose]();
  };
  try {
    const host = `localhost:${await portOf(registry, () => log)}`;
    return {
      host,
      requests: () =>
        [...log.matchAll(/"((?:GET|HEAD|PUT|POST|PATCH) \/v2\/[^" ]+) HTTP/g)].map(([, asked = '']) => asked),
      async digestOf(repository, tag) {
        const accept = 'application/vnd.docker.distribution.manifest.v2+json';
        const url = `http://${host.replace('localhost', '127.0.0.1')}/v2/${repository}/manifests/${tag}`;
        const answer = await fetch(url, { method: 'HEAD', headers: { accept } });
        return answer.headers.get('docker-content-digest') ?? `none: ${answer.status}`;
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function portOf(registry: ChildProcess, log: () => string): Promise<number> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const [, port] = /listening on 127\.0\.0\.1:(\d+)/.exec(log()) ?? [];
    if (port !== undefined) return Number(port);
    if (registry.exitCode !== null || registry.signalCode !== null) break;
    await sleep(50);
  }
  throw new Error(`${command} does not listen:\n${log()}`);
}

async function end(registry: ChildProcess): Promise<void> {
  if (registry.pid === undefined || registry.exitCode !== null || registry.signalCode !== null) return;
  const ended = once(registry, 'exit');
  registry.kill('SIGKILL');
  await ended;
}

/** Names an image in a registry, puts it there, and forgets it here; returns its digest there. */
export async function publish(image: string, registry: Registry, repository: string, tag: string): Promise<string> {
  const name = `${registry.host}/${repository}:${tag}`;
  await docker(['tag', image, name]);
  await docker(['push', '--quiet', name]);
  await docker(['image', 'rm', name]);
  return await registry.digestOf(repository, tag);
}
