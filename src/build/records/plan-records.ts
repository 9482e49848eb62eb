import type { Image } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { Selection } from '../../selection/reason.js';
import { planApkRecords } from './apk-records.js';
import { planDpkgRecords } from './dpkg-records.js';
import { type PlannedRecords, recordsAsSelected } from './planned-records.js';
import { planRpmRecords } from './rpm-records.js';

export type { PlannedRecords } from './planned-records.js';

/** Plans the records that scanners read of the packages that still own a kept file. */
export async function planPackageRecords(
  image: Image,
  selection: Selection,
  ownership: PackageOwnership,
): Promise<PlannedRecords> {
  switch (ownership.kind) {
    case 'dpkg':
      return await planDpkgRecords(image, selection, ownership);
    case 'apk':
      return await planApkRecords(image, selection, ownership);
    case 'rpm':
    case 'unknown':
      return planRpmRecords(image, selection, ownership);
    case 'none':
      return recordsAsSelected('none');
  }
}
