import type { BaseImage } from '../../image/base-image.js';
import { findOtherContents } from '../../image/compare-contents.js';
import { comparePaths } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { Selection } from '../../selection/reason.js';

/** The interpreter that Debian's python3 packages put there; the first when several are kept. */
export function debianPython(selection: Selection): ImagePath | undefined {
  return [...selection.keys()].filter((path) => /^\/usr\/bin\/python3\.\d+$/.test(path)).sort(comparePaths)[0];
}

/** Why a base's interpreter can't stand for the image's: a clause; undefined when they are the same, byte for byte. */
export async function otherPython(
  python: ImagePath,
  image: Pick<Image, 'tree' | 'contents'>,
  base: BaseImage,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [own, theirs] = [image.tree.get(python), base.tree.get(python)];
  if (theirs?.type !== 'file') return `${base.name} has no ${python}`;
  const isOther =
    own?.type !== 'file' ||
    own.sizeBytes !== theirs.sizeBytes ||
    (await findOtherContents(image, base, [python], signal)).length > 0;
  return isOther ? `${python} in ${base.name} is another build` : undefined;
}
