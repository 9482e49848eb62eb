import { access, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The image all fixtures stand on: Debian 12 with little more than apt. */
export const baseImage = 'slimtrace-fixture/base:bookworm';

const bootstrap = 'mmdebstrap';
const packageManager = 'apt-get';

/**
 * Makes sure that `baseImage` is in the engine: imported from the cached tarball, else made from Debian packages by mmdebstrap,
 * else pulled. Rejects with what to do when none of the three works.
 */
export async function ensureBaseImage(): Promise<void> {
  if (await isInEngine(baseImage)) return;
  const tarball = join(cacheDirectory(), 'base-bookworm.tar');
  if (!(await exists(tarball))) {
    const failure = await bootstrapTarball(tarball);
    if (failure !== undefined) return pullBase(failure);
  }
  await execa('docker', ['import', tarball, baseImage]);
}

/** Whether the engine has an image under this name. Rejects when no engine answers. */
export async function isInEngine(image: string): Promise<boolean> {
  const { exitCode, stderr } = await execa('docker', ['image', 'inspect', '--format', '{{.Id}}', image], {
    reject: false,
  });
  if (exitCode !== 0 && !/no such image/i.test(stderr)) throw new Error(`docker image inspect ${image}: ${stderr}`);
  return exitCode === 0;
}

// Resolves to the reason when there is no tarball to be had this way.
async function bootstrapTarball(tarball: string): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  if (!(await isOnPath(bootstrap))) {
    if (!isRoot || !(await isOnPath(packageManager))) return 'mmdebstrap is not installed';
    await execa(packageManager, ['install', '-y', '--no-install-recommends', bootstrap], { reject: false });
    if (!(await isOnPath(bootstrap))) return 'mmdebstrap could not be installed';
  }
  await mkdir(cacheDirectory(), { recursive: true });
  // Renamed when whole, so that an interrupted run leaves no half tarball to be trusted later.
  const partial = `${tarball}.${process.pid}`;
  const { failed, stderr } = await execa(bootstrap, ['--variant=minbase', '--format=tar', 'bookworm', partial], {
    reject: false,
  });
  if (failed) {
    await rm(partial, { force: true });
    return `mmdebstrap failed: ${stderr.split('\n').slice(-5).join('\n')}`;
  }
  await rename(partial, tarball);
  return undefined;
}

async function pullBase(failure: string): Promise<void> {
  const { failed, stderr } = await execa('docker', ['pull', 'debian:bookworm-slim'], {
    reject: false,
    timeout: 300_000,
  });
  if (failed) {
    throw new Error(
      `no base image for the fixtures: ${failure}; docker pull debian:bookworm-slim failed: ${stderr}\n` +
        'hint: install mmdebstrap (apt-get install mmdebstrap) and run this as root, or make the pull work',
    );
  }
  await execa('docker', ['tag', 'debian:bookworm-slim', baseImage]);
}

function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slimtrace-fixtures');
}

async function isOnPath(program: string): Promise<boolean> {
  const { exitCode } = await execa('sh', ['-c', 'command -v "$1"', 'sh', program], { reject: false });
  return exitCode === 0;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
