import type { BaseImage } from '../../image/base-image.js';
import type { Image } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';

/** What stands on a base once both agree. */
export interface Reconciled {
  readonly files: readonly PlacedFile[];
  /** Paths of the base that are taken away. */
  readonly whiteouts: readonly ImagePath[];
  /** What is left out because the base has it. */
  readonly shared: { readonly entries: number; readonly bytes: number };
  readonly remarks: readonly string[];
}

/**
 * Puts files on a base: what is identical there is left out, nothing of the base is hidden by accident, and every name by
 * which the original reached a kept file reaches it. Throws `base-refused` where that can't be had.
 */
export async function reconcileWithBase(
  _files: readonly PlacedFile[],
  _base: BaseImage,
  _original: Image,
): Promise<Reconciled> {
  throw new Error('not written yet');
}
