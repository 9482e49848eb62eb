import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

/** Runs Podman; rejects with what it said when it fails. Returns its standard output, trimmed. */
export async function podman(args: readonly string[]): Promise<string> {
  const { stdout } = await execa('podman', [...args]);
  return stdout.trim();
}

/** Why the tests with Podman can't be made; undefined when they can. */
function podmanProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'they run as root';
  const { error, status, stderr } = spawnSync('podman', ['info'], { encoding: 'utf8', timeout: 30_000 });
  if (error !== undefined) return `no podman: ${error.message}`;
  return status === 0 ? undefined : `podman does not work: ${stderr.trim()}`;
}

/** A suite that needs Podman: without it it is skipped, and in CI it fails, both with the reason. */
export function describeOnPodman(name: string, body: () => void): void {
  const problem = podmanProblem();
  if (problem === undefined) describe(name, body);
  else if (process.env.CI) test(name, () => expect.fail(`CI needs Podman: ${problem}`));
  else describe.skip(`${name} (skipped: ${problem})`, body);
}

/**
 * Until its scope ends, Podman is configured to work on a machine without systemd whose limits are lower than it takes
 * for granted, with the runtime that Docker brings along. A configuration of the user's own is left alone.
 */
export async function configurePodman(): Promise<AsyncDisposable> {
  if (process.env.CONTAINERS_CONF !== undefined) return { [Symbol.asyncDispose]: async () => {} };
  const directory = await mkdtemp(join(tmpdir(), 'podman-'));
  const file = join(directory, 'containers.conf');
  await writeFile(file, containersConf());
  process.env.CONTAINERS_CONF = file;
  return {
    async [Symbol.asyncDispose]() {
      delete process.env.CONTAINERS_CONF;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** containers.conf(5). Podman raises limits that aren't set further than a container's machine may allow (setrlimit(2)). */
function containersConf(): string {
  const hasCrun = spawnSync('crun', ['--version']).status === 0;
  return `[containers]
default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]
[engine]
runtime = "${hasCrun ? 'crun' : 'runc'}"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;
}

/** Containers and pending images of a run on Podman, by its process ID: other tests may have some of theirs there. */
export async function leftOnPodman(pid: number): Promise<string[]> {
  const label = `label=io.slimtrace.session.pid=${pid}`;
  const containers = await podman(['ps', '--all', '--quiet', '--filter', label]);
  const images = await podman(['images', '--filter', 'reference=slimtrace-pending/*', '--format', '{{.Tag}}']);
  const lines = [...containers.split('\n'), ...images.split('\n').filter((tag) => tag.includes(`.${pid}.`))];
  return lines.filter((line) => line !== '');
}
