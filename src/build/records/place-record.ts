import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';

/** No time is that of a record, so that the same packages give the same bytes. */
const plain = { uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 } };

/** A record as a file of the image. */
export function placeRecord(path: ImagePath, contents: Uint8Array): PlacedFile {
  return { entry: { ...plain, path, type: 'file', mode: 0o644, sizeBytes: contents.length }, contents };
}

/**
 * The directories above a path, and the symlinks on the way by which scanners come there, as they are in the original;
 * those that it lacks are root's, 0755. Without what is selected anyway.
 */
export function placesAbove(
  path: ImagePath,
  symlinks: readonly ImagePath[],
  tree: FileTree,
  selected: { has(path: ImagePath): boolean },
): PlacedFile[] {
  const links = symlinks.filter((link) => !selected.has(link));
  const all = new Set([path, ...links].flatMap((one) => [...ancestorsOf(one)]).concat(links));
  return [...all]
    .filter((place) => !selected.has(place))
    .map((place) => ({ entry: tree.get(place) ?? directoryAt(place) }));
}

function directoryAt(path: ImagePath): TreeEntry {
  return { ...plain, path, type: 'directory', mode: 0o755, sizeBytes: 0 };
}
