import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlimtraceError } from '../errors.js';
import { isProcessAlive } from './session.js';

const prefix = 'slimtrace-';

/** A directory of our own under the system's temporary directory, removed when its scope ends. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes a temporary directory that carries our process ID in its name, so that {@link sweepTempDirs} knows it. */
export async function openTempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`)).catch((cause: unknown) => {
    throw new SlimtraceError('no-space', { directory: tmpdir() }, { cause });
  });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Removes what runs of slimtrace left that ended without cleaning up (`kill -9`). */
export async function sweepTempDirs(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^slimtrace-(\d+)-\w{6}$/.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number(pid))) continue;
    // Another user's directory can't be removed, and needn't be: it's theirs to sweep.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
