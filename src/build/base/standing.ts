import type { BaseImage } from '../../image/base-image.js';
import type { FileTree } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import type { SystemPackages } from './system-packages.js';

/** What is to stand on what, and all that is asked about both. */
export interface Standing {
  readonly files: ReadonlyMap<ImagePath, PlacedFile>;
  /** The tree that `files` make alone. */
  readonly kept: FileTree;
  readonly base: Pick<BaseImage, 'tree' | 'contents'>;
  readonly original: Pick<Image, 'tree' | 'contents'>;
  readonly ours: SystemPackages;
  readonly theirs: SystemPackages;
}

/** The packages that have a kept file. */
export function keptPackages({ files, ours }: Pick<Standing, 'files' | 'ours'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { entry, contents } of files.values()) {
    // What was made here for a path is no package's.
    if (entry.type === 'directory' || contents instanceof Uint8Array) continue;
    const owner = ours.ownership.ownerOf(entry.path);
    if (owner !== undefined) names.add(owner);
  }
  return names;
}
