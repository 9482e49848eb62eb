import { lstat, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { placeOfFile } from './file-place.js';
import { outputAttempts } from './output-attempts.js';
import { isProcessAlive } from './session.js';

/** A file that appears under its name only when it is complete. */
export interface OutputFile extends AsyncDisposable {
  /** Does the writing, to the path it has until then. Throws `output-unwritable` when the disk doesn't take it. */
  write(work: (partialPath: string) => Promise<unknown>): Promise<void>;
  /** Puts the written file in its place; without it nothing remains. */
  commit(): Promise<void>;
}

/** Writes all of a file and puts it in its place. Throws `output-unwritable`. */
export async function writeWhole(file: OutputFile, content: string | Uint8Array): Promise<void> {
  await file.write((path) => writeFile(path, content));
  await file.commit();
}

/** The partial files and directories that this process is writing. */
const writing = new Set<string>();

/**
 * Makes a partial file or directory, and remembers that this process is writing it, so that it isn't taken for one that was
 * abandoned, until the returned function is called. Throws when it is already: both would be the same output.
 */
export async function claimPartial(partialPath: string, make: () => Promise<unknown>): Promise<() => void> {
  const { path } = placeOfFile(partialPath);
  if (writing.has(path)) throw new Error('it is being written already, as another output of the same run');
  writing.add(path);
  const release = () => void writing.delete(path);
  try {
    await make();
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/**
 * Makes sure, before the work starts, that `path` can be written: a name that is free or a regular file's, or a link to
 * one. Removes what runs that were killed left of the same file. Throws `output-unwritable`.
 */
export async function openOutputFile(path: string): Promise<OutputFile> {
  const { attempt, write } = outputAttempts(path);
  const target = await attempt(() => findTarget(path));
  const partialPath = `${target}.${process.pid}.partial`;
  const release = await attempt(async () => {
    await removeAbandoned(target);
    return await claimPartial(partialPath, async () => (await open(partialPath, 'wx')).close());
  });
  return {
    write: (work) => write(() => work(partialPath)),
    commit: () => attempt(() => rename(partialPath, target)),
    async [Symbol.asyncDispose]() {
      await rm(partialPath, { force: true });
      release();
    },
  };
}

/** The file itself behind symlinks. A rename would put a file in the place of anything else, /dev/null too. */
async function findTarget(path: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // A link that leads nowhere (/dev/stdout into a pipe is one) would be replaced by the file.
    if ((await lstat(path).catch(() => undefined)) !== undefined)
      throw new Error('it is a link that leads to no file', { cause: error });
    return path;
  }
  if (!(await stat(target)).isFile()) throw new Error('it is there, and is not a regular file');
  return target;
}

async function removeAbandoned(target: string): Promise<void> {
  for (const file of await listAbandoned(target, 'partial')) await rm(file, { force: true });
}

/**
 * What runs that were killed left beside `target`, under its name, their process ID and `suffix`. With our own process
 * ID it is abandoned too, unless we have claimed it: in containers, process IDs come again.
 */
export async function listAbandoned(target: string, suffix: 'partial' | 'replaced'): Promise<string[]> {
  const prefix = `${basename(target)}.`;
  const names = await readdir(dirname(target));
  return names.flatMap((name) => {
    const [, pid, kind] = (name.startsWith(prefix) && /^(\d+)\.(\w+)$/.exec(name.slice(prefix.length))) || [];
    if (kind !== suffix || (Number(pid) !== process.pid && isProcessAlive(Number(pid)))) return [];
    const path = join(dirname(target), name);
    return writing.has(placeOfFile(path).path) ? [] : [path];
  });
}
