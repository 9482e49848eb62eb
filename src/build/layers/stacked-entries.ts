import type { TreeEntry } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import { asBaseEntry } from './base-entry.js';

/**
 * What an image holds whose layers are a base's and one of `files` above it (OCI image-spec layer.md, "Applying
 * Changesets"): what stands below a path that is taken away, or that is no directory any more, is gone.
 */
export function stackedEntries(
  base: Iterable<TreeEntry>,
  { files, whiteouts }: { readonly files: readonly PlacedFile[]; readonly whiteouts: readonly ImagePath[] },
): readonly TreeEntry[] {
  const own = new Map(files.map(({ entry }) => [entry.path, entry]));
  const gone = new Set<string>(whiteouts);
  for (const { entry } of files) if (entry.type !== 'directory') gone.add(entry.path);
  const isGone = (path: ImagePath) => gone.has(path) || [...ancestorsOf(path)].some((above) => gone.has(above));
  const left = [...base].filter(({ path }) => !own.has(path) && !isGone(path));
  return [...left.map(asBaseEntry), ...own.values()];
}
