import type { Image } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import type { Selection } from '../../selection/reason.js';
import type { PackageRecords, PlacedFile } from '../composition.js';

export interface PlannedRecords extends PackageRecords {
  /** The records, with the directories they need; they take the place of selected files of the same path. */
  readonly files: readonly PlacedFile[];
  /** Selected paths that must not ship, because the records say otherwise. */
  readonly dropped: ReadonlySet<ImagePath>;
}

/** Plans the records that scanners read of the packages that still own a kept file. */
export async function planPackageRecords(
  _image: Image,
  _selection: Selection,
  _ownership: PackageOwnership,
): Promise<PlannedRecords> {
  return { form: 'none', packages: [], remarks: [], files: [], dropped: new Set() };
}
