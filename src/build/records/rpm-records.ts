import type { Image } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import { rpmDirectories } from '../../image/rpm/read-rpm-database.js';
import type { Selection } from '../../selection/reason.js';
import { type PlacedFile, placeEntry } from '../composition.js';
import { placesAbove } from './place-record.js';
import { type PlannedRecords, recordsAsSelected } from './planned-records.js';

/** No file of the database, but what rpm makes anew: locks, and the shared memory of Berkeley DB. */
const passing = /\/(?:\.rpm\.lock|\.dbenv\.lock|__db\.\d+)$/;

/**
 * Plans an rpm database kept whole, since it is one file that isn't taken apart here: SQLite, ndb or Berkeley DB, the
 * logs beside it included. The remark says what it lists beyond what is kept.
 */
export function planRpmRecords(
  { tree }: Image,
  selection: Selection,
  { kind, packages, records, problem }: PackageOwnership,
): PlannedRecords {
  const files = new Map<ImagePath, PlacedFile>();
  for (const directory of rpmDirectories) {
    const place = tree.resolve(directory);
    if (place.entry?.type !== 'directory') continue;
    const database = tree
      .children(place.entry.path)
      .flatMap((path) => tree.get(path) ?? [])
      .filter(({ type, path }) => type === 'file' && !passing.test(path));
    if (database.length === 0) continue;
    for (const entry of database) if (!selection.has(entry.path)) files.set(entry.path, placeEntry(entry));
    const [{ path }] = database as [(typeof database)[0]];
    for (const above of placesAbove(path, place.symlinks, tree, selection)) files.set(above.entry.path, above);
  }
  const owners = records.filter(({ files: own }) => own?.some((path) => selection.has(path))).length;
  const remark =
    kind === 'rpm'
      ? `the rpm database is kept whole: of the ${packages.length} packages it lists, ${owners} have files here`
      : `the package database is kept whole, since ${problem ?? 'its kind is not known'}: it lists packages that are gone`;
  return recordsAsSelected('whole', { packages, remarks: [remark], files: [...files.values()] });
}
