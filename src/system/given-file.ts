import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';

/** Reads a whole file that the user named. Throws `file-unreadable`. */
export async function readGivenFile(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
}

/** {@link readGivenFile} of UTF-8 text. */
export async function readGivenText(file: string): Promise<string> {
  return (await readGivenFile(file)).toString('utf8');
}
