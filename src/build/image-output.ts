import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SlimtraceError } from '../errors.js';
import { type ArchiveReference, isLayoutDirectory, renderArchiveReference } from '../image/archive/reference.js';
import { openOutputFile } from '../system/output-file.js';

/** Where a slim image is written as an archive; it is there only once it is committed. */
export interface ImageOutput extends AsyncDisposable {
  /** Does the writing, to the place it has until then. */
  write(work: (target: ArchiveReference) => Promise<unknown>): Promise<void>;
  commit(): Promise<void>;
}

/** Makes sure, before the work starts, that an archive can be written there. Throws `output-unwritable`. */
export async function openImageOutput(target: ArchiveReference): Promise<ImageOutput> {
  if (target.transport === 'oci') return await openLayoutOutput(target);
  const file = await openOutputFile(target.path);
  return {
    write: (work) => file.write((path) => work({ ...target, path })),
    commit: () => file.commit(),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** A layout directory is written beside its place and moved there by who writes it, all at once. */
async function openLayoutOutput(target: ArchiveReference): Promise<ImageOutput> {
  const unwritable = (cause: unknown) =>
    new SlimtraceError('output-unwritable', { file: renderArchiveReference(target) }, { cause });
  await access(dirname(resolve(target.path)), constants.W_OK).catch((cause: unknown) => {
    throw unwritable(cause);
  });
  const isFree = await access(target.path).then(
    () => false,
    () => true,
  );
  if (!isFree && !isLayoutDirectory(target.path)) throw unwritable(new Error('it is there, and is no OCI layout'));
  return {
    write: async (work) => void (await work(target)),
    commit: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
