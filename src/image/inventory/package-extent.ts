import type { ImagePath } from '../path.js';
import type { InstalledPackage } from './installed-package.js';

/** How much of a package is there; `unknown` where nobody wrote down what its files are. */
export interface PackageExtent {
  readonly package: InstalledPackage;
  /** Of its files. */
  readonly filesKept: number;
  readonly files: number;
  readonly extent: 'full' | 'part' | 'none' | 'unknown';
}

/** How much of a package is there. One without files (a metapackage) is there in no image: it has nothing to keep. */
export function measureExtent(one: InstalledPackage, isThere: (path: ImagePath) => boolean): PackageExtent {
  if (one.files === undefined) return { package: one, filesKept: 0, files: 0, extent: 'unknown' };
  const files = one.files.length;
  const filesKept = one.files.filter(isThere).length;
  return { package: one, filesKept, files, extent: filesKept === 0 ? 'none' : filesKept < files ? 'part' : 'full' };
}
