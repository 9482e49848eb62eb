import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';

/** Reads a whole file that the user named. Throws `file-unreadable`; when there is none, with the hint. */
export async function readGivenFile(file: string, hintWhenAbsent?: string): Promise<Buffer> {
  return await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const hint = cause.code === 'ENOENT' && hintWhenAbsent !== undefined ? { hint: hintWhenAbsent } : {};
    throw new SlimtraceError('file-unreadable', { file, ...hint }, { cause });
  });
}

/** {@link readGivenFile} of UTF-8 text. */
export async function readGivenText(file: string): Promise<string> {
  return (await readGivenFile(file)).toString('utf8');
}
