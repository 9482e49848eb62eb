import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** Where a file is, however it is spelled. */
export interface FilePlace {
  /** The same for every name of one file: links of both kinds are seen through, and it needn't be there. */
  readonly identity: string;
  /** Its absolute path without symlinks. */
  readonly path: string;
}

export function placeOfFile(file: string): FilePlace {
  const path = realPath(resolve(file));
  const stats = statOf(path);
  // Whole numbers of 64 bits: inode numbers of some file systems are larger than a double is exact.
  return { identity: stats === undefined ? path : `${stats.dev}:${stats.ino}`, path };
}

/** Of what isn't there, that of the directory it would be in. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

function statOf(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch {
    // What can't be looked at is told by who opens it.
    return undefined;
  }
}

/** Whether a file is somewhere below a directory. */
export function isBelow(file: FilePlace, directory: FilePlace): boolean {
  return file.path.startsWith(directory.path.endsWith(sep) ? directory.path : `${directory.path}${sep}`);
}
