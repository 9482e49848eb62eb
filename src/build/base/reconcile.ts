import type { BaseImage } from '../../image/base-image.js';
import { FileTree } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import { planBridges } from './bridge-links.js';
import { renderMovedLink } from './link-text.js';
import { mergeRecords } from './merge-records.js';
import { planConflicts } from './package-conflicts.js';
import { type Placement, placeFiles } from './place-files.js';
import { proveStack } from './prove-stack.js';
import { planReadTimes } from './read-times.js';
import { refusalOf } from './refuse-base.js';
import { requireFittingLibc } from './require-libc.js';
import { requireSameSystem } from './require-same-system.js';
import { findRivalLibraries } from './rival-libraries.js';
import { findShared } from './share-leaves.js';
import { stackFiles } from './stack-files.js';
import type { Standing } from './standing.js';
import { readSystemPackages } from './system-packages.js';

/** What stands on a base once both agree. */
export interface Reconciled {
  readonly files: readonly PlacedFile[];
  /** Paths of the base that are taken away. */
  readonly whiteouts: readonly ImagePath[];
  /** What is left out because the base has it. */
  readonly shared: { readonly entries: number; readonly bytes: number };
  readonly remarks: readonly string[];
}

type Readable = Pick<Image, 'tree' | 'contents'>;

/**
 * Puts files on a base: what is identical there is left out, nothing of the base is hidden by accident, and every name by
 * which the original reached a kept file reaches it. Throws `base-refused` where that can't be had.
 */
export async function reconcileWithBase(
  files: readonly PlacedFile[],
  base: Readable & Pick<BaseImage, 'name'>,
  original: Readable,
): Promise<Reconciled> {
  try {
    return await reconcile(files, base, original);
  } catch (error) {
    throw refusalOf(base.name, error);
  }
}

async function reconcile(files: readonly PlacedFile[], base: Readable, original: Readable): Promise<Reconciled> {
  const [ours, theirs] = [await readSystemPackages(original), await readSystemPackages(base)];
  const whole = standingOf(files, { base, original, ours, theirs });
  const remarks = requireSameSystem(whole);
  const bringsLibc = await requireFittingLibc(whole);
  const conflicts = await planConflicts(whole, await findRivalLibraries(whole), bringsLibc);
  const records = await mergeRecords(whole, conflicts);
  const standing = standingOf(records.files, whole);
  const gone = new Set([...conflicts.gone, ...records.gone]);
  const under =
    gone.size === 0 ? base.tree : new FileTree([...base.tree.entries()].filter(({ path }) => !gone.has(path)));
  const stacked = await stack(standing, under, gone);
  const { whiteouts, shared } = stacked;
  return { files: stacked.files, whiteouts, shared, remarks: [...remarks, ...conflicts.remarks, ...records.remarks] };
}

async function stack(standing: Standing, base: FileTree, gone: ReadonlySet<ImagePath>) {
  const { files, kept, original } = standing;
  const placement = placeFiles(kept, base);
  const bridges = planBridges(placement, kept, base);
  const written = writtenLeaves(placement, files, original.tree);
  const readsTime = planReadTimes(kept.entries());
  const shared = await findShared({ standing, base, placement, readsTime, written });
  const stacked = stackFiles({ files, base, gone, placement, bridges, shared, readsTime, written });
  proveStack({ standing, base, placement, bridges, stacked });
  return stacked;
}

function standingOf(files: readonly PlacedFile[], about: Omit<Standing, 'files' | 'kept'>): Standing {
  const { base, original, ours, theirs } = about;
  const byPath = new Map(files.map((file) => [file.entry.path, file]));
  return { files: byPath, kept: new FileTree(files.map(({ entry }) => entry)), base, original, ours, theirs };
}

/** Symlinks say the same from where they stand as they did in the original. */
function writtenLeaves(
  { leaves, directories, bridges }: Placement,
  files: ReadonlyMap<ImagePath, PlacedFile>,
  original: FileTree,
): ReadonlyMap<ImagePath, PlacedFile> {
  const isPlain = bridges.length === 0 && [...directories].every(([path, place]) => path === place);
  const written = new Map<ImagePath, PlacedFile>();
  for (const [path, { entry, at }] of leaves) {
    const file = files.get(path) as PlacedFile;
    const text = entry.linkTarget;
    if (isPlain || text === undefined) written.set(path, file);
    else {
      const linkTarget = renderMovedLink(path, text, at !== path, original);
      written.set(path, { ...file, entry: { ...entry, linkTarget } });
    }
  }
  return written;
}
