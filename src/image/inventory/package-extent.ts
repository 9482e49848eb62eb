import type { ImagePath } from '../path.js';
import type { InstalledPackage } from './installed-package.js';

/** How much of a package is there. */
export interface PackageExtent {
  readonly package: InstalledPackage;
  /** Of its files. */
  readonly filesKept: number;
  readonly extent: 'full' | 'part' | 'none';
}

/** How much of each package is there. One without files (a metapackage) is there in no image: it has nothing to keep. */
export function measureExtents(
  packages: readonly InstalledPackage[],
  isThere: (path: ImagePath) => boolean,
): readonly PackageExtent[] {
  return packages.map((one) => {
    const filesKept = one.files.filter(isThere).length;
    return {
      package: one,
      filesKept,
      extent: filesKept === 0 ? 'none' : filesKept < one.files.length ? 'part' : 'full',
    };
  });
}
