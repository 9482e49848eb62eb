import { existsSync } from 'node:fs';
import { SlimtraceError } from '../../errors.js';
import type { AcceptedSize, CiImage } from '../../report/ci/ci-report.js';
import type { AcceptedSizesFile } from '../../schema/accepted-sizes-schema.js';
import { readGivenText } from '../../system/given-file.js';

/** By the image's key in the configuration. */
export type AcceptedSizes = ReadonlyMap<string, AcceptedSize>;

/**
 * Empty when there is no such file. Throws `file-unreadable` and `accepted-invalid`; when the file is to be written anew, only
 * for one that is something else, and one that was of sizes is told through `replace`.
 */
export async function readAcceptedSizes(
  file: string,
  {
    signal,
    replace,
  }: { readonly signal?: AbortSignal; readonly replace?: ((problem: string) => void) | undefined } = {},
): Promise<AcceptedSizes> {
  if (!existsSync(file)) return new Map();
  const text = await readGivenText(file, { signal });
  const { parseAcceptedSizes } = await import('../../schema/accepted-sizes-schema.js');
  try {
    return parseAcceptedSizes(text);
  } catch (error) {
    const reason = (error as Error).message;
    const isOurs = wereSizes.test(text);
    const problem = new SlimtraceError('accepted-invalid', { file, reason, ...(isOurs ? { isOurs: 'true' } : {}) });
    if (replace === undefined || !isOurs) throw problem;
    replace(`${problem.message}; it is written anew, and there is nothing to compare with`);
    return new Map();
  }
}

/** A file of sizes, whatever an editor or a merge has made of it; or nothing yet. */
const wereSizes = /"accepted-sizes"|^\s*(?:\{\s*\}\s*)?$/;

/**
 * The sizes with those of the images that passed in place of the old ones, sorted. A size that is the same keeps the time it
 * was accepted at: a file that is committed changes only when there is something to see.
 */
export function acceptSizes(before: AcceptedSizes, images: readonly CiImage[], now: Date): AcceptedSizesFile {
  const sizes = new Map(before);
  for (const { name, outcome, report } of images) {
    if (outcome !== 'passed' || report === null) continue;
    const { sizeBytes, files } = report.slim;
    const known = before.get(name);
    if (known?.sizeBytes === sizeBytes && known.files === files) continue;
    sizes.set(name, { sizeBytes, files, acceptedAt: now.toISOString().replace(/\.\d+/, '') });
  }
  const sorted = [...sizes].sort(([left], [right]) => (left < right ? -1 : 1));
  return { schemaVersion: 1, kind: 'accepted-sizes', images: Object.fromEntries(sorted) };
}
