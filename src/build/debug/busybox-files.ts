import { SlimtraceError } from '../../errors.js';
import type { EntryType, TreeEntry } from '../../image/file-tree.js';
import { asImagePath, childOf, type ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import type { Busybox } from './open-busybox.js';

/** In this order; an image may have a busybox of its own. */
const directories = ['/busybox', '/.slimtrace-busybox'].map(asImagePath);

/** A directory that the slim image doesn't have: nothing of it is hidden. Throws `usage` when it has them all. */
export function chooseBusyboxDirectory(entries: readonly Pick<TreeEntry, 'path'>[]): ImagePath {
  const taken = new Set(entries.map(({ path }) => path));
  const free = directories.find((directory) => !taken.has(directory));
  if (free !== undefined) return free;
  throw new SlimtraceError('usage', {
    problem: `--debug-tag: the slim image has ${directories.join(' and ')} already`,
    hint: '`slimtrace debug CONTAINER` needs no room in the image',
  });
}

/** A directory with a busybox and a link for each of its commands: root's, to be changed by nobody else, dated 1970. */
export function placeBusybox(
  { bytes, applets }: Pick<Busybox, 'bytes' | 'applets'>,
  directory: ImagePath,
): PlacedFile[] {
  const names = applets.filter((name) => name !== program);
  return [
    placeDirectory(directory, 0o755),
    placeFile(childOf(directory, program), bytes, 0o755),
    ...names.map((name) => ({ entry: { ...plain(childOf(directory, name), 'symlink', 0o777), linkTarget: program } })),
  ];
}

const program = 'busybox';

/** A directory of root's, dated 1970. */
export function placeDirectory(path: ImagePath, mode: number): PlacedFile {
  return { entry: plain(path, 'directory', mode) };
}

/** A file of root's, dated 1970. */
export function placeFile(path: ImagePath, contents: Uint8Array, mode: number): PlacedFile {
  return { entry: { ...plain(path, 'file', mode), sizeBytes: contents.length }, contents };
}

function plain(path: ImagePath, type: EntryType, mode: number) {
  return { path, type, mode, uid: 0, gid: 0, sizeBytes: 0, mtime: { seconds: 0, nanoseconds: 0 } };
}
