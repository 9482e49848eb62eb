import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { childOf, type ImagePath, parseImagePath, rootPath } from '../../image/path.js';
import type { Identity } from './accounts.js';

/** The directories that new volumes begin with. */
export interface VolumeDirectories {
  readonly there: readonly ImagePath[];
  /** To be made, with the way to them: the last of each is the user's. */
  readonly directories: readonly TreeEntry[];
}

/** Finds where the volumes of a config are, by their paths there. */
export function planVolumes(volumes: readonly string[], tree: FileTree, identity: Identity): VolumeDirectories {
  const there: ImagePath[] = [];
  const directories = new Map<ImagePath, TreeEntry>();
  for (const volume of volumes) {
    const { entry } = tree.resolve(volume);
    if (entry?.type === 'directory') there.push(entry.path);
    if (entry !== undefined) continue;
    const missing = missingOnTheWay(volume, tree);
    for (const [index, path] of missing.entries()) {
      const { uid, gid } = index === missing.length - 1 ? identity : { uid: 0, gid: 0 };
      const plain = { type: 'directory', mode: 0o755, sizeBytes: 0, mtime: { seconds: 0, nanoseconds: 0 } } as const;
      if (index === missing.length - 1 || !directories.has(path)) directories.set(path, { path, uid, gid, ...plain });
    }
  }
  return { there, directories: [...directories.values()] };
}

/** From the first name that isn't there to the last; none where the way is no directory or a circle. */
function missingOnTheWay(volume: string, tree: FileTree): readonly ImagePath[] {
  const names = parseImagePath(`/${volume}`)
    .split('/')
    .filter((name) => name !== '');
  let directory = rootPath;
  for (const [index, name] of names.entries()) {
    const { entry, problem } = tree.resolve(childOf(directory, name));
    // A link that leads nowhere can't be made a directory.
    if (problem === 'missing' && !tree.has(childOf(directory, name)))
      return names.slice(index).map((_, length) => names.slice(index, index + length + 1).reduce(childOf, directory));
    if (entry?.type !== 'directory') return [];
    directory = entry.path;
  }
  return [];
}
