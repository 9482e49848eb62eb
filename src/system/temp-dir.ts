import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SlimtraceError } from '../errors.js';
import { isProcessAlive, pidNamespace } from './session.js';

const prefix = 'slimtrace-';

/** What another machine's or PID namespace's run left can't be told from one under way; after this long it is over. */
const foreignLifetimeMs = 24 * 60 * 60 * 1000;

/** A directory of our own under the system's temporary directory, removed when its scope ends. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes a temporary directory that carries our process ID and its namespace in its name, so that {@link sweepTempDirs} knows it. */
export async function openTempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-${pidNamespace()}-`)).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new SlimtraceError(isFull ? 'no-space' : 'temp-dir-unusable', { directory: tmpdir() }, { cause });
  });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Does work that writes into a temporary directory. Throws `no-space` when the disk fills up over it. */
export async function inTempDir<T>({ path }: TempDir, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT')
        throw new SlimtraceError('no-space', { directory: dirname(path) }, { cause });
    }
    throw error;
  }
}

/** Removes what runs of slimtrace left that ended without cleaning up (`kill -9`). */
export async function sweepTempDirs(): Promise<void> {
  // What containers made in it can't be removed by everybody: the engine they were of does it then.
  for (const path of await abandonedTempDirs()) await rm(path, { recursive: true, force: true }).catch(() => {});
}

/** Temporary directories of this user whose run is over. */
export async function abandonedTempDirs(): Promise<string[]> {
  // Without a directory there is nothing to sweep; whoever needs it will say that it is missing.
  const names = await readdir(tmpdir()).catch(() => []);
  const abandoned: string[] = [];
  for (const name of names) {
    const [, pid, namespace] = /^slimtrace-(\d+)-(\d+)-\w{6}$/.exec(name) ?? [];
    if (pid === undefined || (namespace === pidNamespace() && isProcessAlive(Number(pid)))) continue;
    const path = join(tmpdir(), name);
    const stat = await lstat(path).catch(() => undefined);
    // Another user's is theirs to sweep.
    if (!stat?.isDirectory() || stat.uid !== process.geteuid?.()) continue;
    if (namespace === pidNamespace() || Date.now() - stat.mtimeMs > foreignLifetimeMs) abandoned.push(path);
  }
  return abandoned;
}
