import { mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { outputAttempts } from './output-attempts.js';
import { claimPartial, listAbandoned, type OutputFile } from './output-file.js';

/**
 * Like `openOutputFile`, for a directory: the name is free, or an empty directory's or one that `isReplaceable`.
 * The one that is there is replaced when the new one is complete. Throws `output-unwritable`.
 */
export async function openOutputDirectory(
  path: string,
  isReplaceable: (directory: string) => boolean,
): Promise<OutputFile> {
  const { attempt, write } = outputAttempts(path);
  const target = await attempt(() => findTarget(path));
  const partialPath = `${target}.${process.pid}.partial`;
  const replacedPath = `${target}.${process.pid}.replaced`;
  const release = await attempt(async () => {
    await clearAbandoned(target);
    await checkReplaceable(target, isReplaceable);
    return await claimPartial(partialPath, () => mkdir(partialPath));
  });
  return {
    write: (work) => write(() => work(partialPath)),
    async commit() {
      await attempt(async () => {
        // Time has passed since it was looked at.
        if ((await checkReplaceable(target, isReplaceable)) !== 'full') return await rename(partialPath, target);
        await rename(target, replacedPath);
        await rename(partialPath, target).catch(async (error: unknown) => {
          await rename(replacedPath, target);
          throw error;
        });
        await rm(replacedPath, { recursive: true, force: true });
      });
    },
    async [Symbol.asyncDispose]() {
      await rm(partialPath, { recursive: true, force: true });
      release();
    },
  };
}

/** The directory itself behind symlinks, without a slash at the end. */
async function findTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path.replace(/(?<=.)\/+$/, '');
    throw error;
  }
}

async function checkReplaceable(
  target: string,
  isReplaceable: (directory: string) => boolean,
): Promise<'free' | 'empty' | 'full'> {
  let names: string[];
  try {
    names = await readdir(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'free';
    throw error;
  }
  if (names.length === 0) return 'empty';
  if (!isReplaceable(target)) throw new Error('it is there, and is something else');
  return 'full';
}

/** A directory that was put aside comes back when the one to replace it never came. */
async function clearAbandoned(target: string): Promise<void> {
  for (const partial of await listAbandoned(target, 'partial')) await rm(partial, { recursive: true, force: true });
  for (const replaced of await listAbandoned(target, 'replaced')) {
    const isFree = await readdir(target).then(
      () => false,
      () => true,
    );
    if (isFree) await rename(replaced, target);
    else await rm(replaced, { recursive: true, force: true });
  }
}
