import { type ArchiveReference, isLayoutDirectory } from '../image/archive/reference.js';
import { validateWrittenImage } from '../image/archive/validate.js';
import { openOutputDirectory } from '../system/output-directory.js';
import { openOutputFile } from '../system/output-file.js';

/** Where a slim image is written as an archive; it is there only once it is committed. */
export interface ImageOutput extends AsyncDisposable {
  /** Does the writing, to the place it has until then, and validates what was written. */
  write(work: (target: ArchiveReference) => Promise<unknown>): Promise<void>;
  commit(): Promise<void>;
}

/**
 * Makes sure, before the work starts, that an archive can be written there: a directory is only replaced when it is an
 * OCI layout. Throws `output-unwritable`.
 */
export async function openImageOutput(target: ArchiveReference): Promise<ImageOutput> {
  const { path } = target;
  const output =
    target.transport === 'oci' ? await openOutputDirectory(path, isLayoutDirectory) : await openOutputFile(path);
  return {
    write: (work) =>
      output.write(async (partialPath) => {
        const place = { ...target, path: partialPath };
        await work(place);
        await validateWrittenImage(place);
      }),
    commit: () => output.commit(),
    [Symbol.asyncDispose]: () => output[Symbol.asyncDispose](),
  };
}
