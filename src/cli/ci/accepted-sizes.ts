import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import type { AcceptedSize, CiImage } from '../../report/ci/ci-report.js';
import type { AcceptedSizesFile } from '../../schema/accepted-sizes-schema.js';

/** By the image's key in the configuration. */
export type AcceptedSizes = ReadonlyMap<string, AcceptedSize>;

/** Empty when there is no such file. Throws `file-unreadable` and `accepted-invalid`. */
export async function readAcceptedSizes(file: string): Promise<AcceptedSizes> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
  if (text === undefined) return new Map();
  const { parseAcceptedSizes } = await import('../../schema/accepted-sizes-schema.js');
  try {
    return parseAcceptedSizes(text);
  } catch (error) {
    throw new SlimtraceError('accepted-invalid', { file, reason: (error as Error).message });
  }
}

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
