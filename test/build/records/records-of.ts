import { type PlannedRecords, planPackageRecords } from '../../../src/build/records/plan-records.js';
import type { Image } from '../../../src/image/image.js';
import { readPackages } from '../../../src/image/packages.js';
import { asImagePath } from '../../../src/image/path.js';
import type { Reason } from '../../../src/selection/reason.js';
import { imageOf, type Sketch } from '../../image/tree-of.js';

export interface Recorded extends Omit<PlannedRecords, 'files'> {
  /** What is written, by path: the text of a file, ` -> TARGET` of a link, `/` for a directory. */
  readonly written: Readonly<Record<string, string>>;
}

/** Plans the records of an image of which these paths are kept. */
export async function recordsOf(
  entries: Readonly<Record<string, Sketch>>,
  kept: readonly string[],
  about: Partial<Image> = {},
): Promise<Recorded> {
  const image = imageOf(entries, about);
  const reasons: readonly Reason[] = [{ kind: 'os-release' }];
  const selection = new Map(kept.map((path) => [asImagePath(path), reasons]));
  const ownership = await readPackages(image.tree, image.contents);
  const { files, ...planned } = await planPackageRecords(image, selection, ownership);
  const written = files.map(({ entry, contents }) => {
    if (entry.type === 'directory') return [entry.path, '/'];
    if (entry.linkTarget !== undefined) return [entry.path, ` -> ${entry.linkTarget}`];
    if (typeof contents === 'string') return [entry.path, `the original's ${contents}`];
    if (entry.sizeBytes !== contents?.length) throw new Error(`${entry.path} says it has another size`);
    return [entry.path, Buffer.from(contents).toString('latin1')];
  });
  return { ...planned, written: Object.fromEntries(written) };
}
