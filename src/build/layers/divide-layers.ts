import type { ImageConfig } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile, PlannedLayer } from '../composition.js';

export interface LayerKnowledge {
  readonly ownership: PackageOwnership;
  readonly config: ImageConfig;
}

/** Divides an image's own files into layers, so that what changes often moves alone; whiteouts come with the first. */
export function divideLayers(
  files: readonly PlacedFile[],
  whiteouts: readonly ImagePath[],
  mode: 'single' | 'split',
  _knowledge: LayerKnowledge,
): readonly PlannedLayer[] {
  if (mode === 'split') throw new Error('not written yet');
  return [{ kind: 'all', files, whiteouts }];
}
