import { open, rename, rm } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';

/** A file that appears under its name only when it is complete. */
export interface OutputFile extends AsyncDisposable {
  /** Where to write until then. */
  readonly partialPath: string;
  /** Puts the written file in its place; without it nothing remains. */
  commit(): Promise<void>;
}

/** Makes sure, before the work starts, that `path` can be written. Throws `output-unwritable`. */
export async function openOutputFile(path: string): Promise<OutputFile> {
  const partialPath = `${path}.${process.pid}.partial`;
  try {
    await (await open(partialPath, 'wx')).close();
  } catch (cause) {
    throw new SlimtraceError('output-unwritable', { file: path }, { cause });
  }
  return {
    partialPath,
    async commit() {
      try {
        await rename(partialPath, path);
      } catch (cause) {
        throw new SlimtraceError('output-unwritable', { file: path }, { cause });
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(partialPath, { force: true });
    },
  };
}
