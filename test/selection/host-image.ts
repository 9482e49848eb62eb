import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { FileTree, type TreeEntry } from '../../src/image/file-tree.js';
import type { ContentSource } from '../../src/image/image.js';
import { asImagePath, decodePathBytes } from '../../src/image/path.js';

/** The part of this machine's tree that is below `roots`, and the `single` paths; what isn't there is left out. */
export function hostTree(roots: readonly string[], single: readonly string[]): FileTree {
  const entries: TreeEntry[] = [];
  const add = (path: string, isDeep: boolean): void => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    const type = stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'file';
    entries.push({
      path: asImagePath(path),
      type,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      sizeBytes: type === 'file' ? stats.size : 0,
      mtime: { seconds: 0, nanoseconds: 0 },
      ...(type === 'symlink' ? { linkTarget: decodePathBytes(readlinkSync(path, 'buffer')) } : {}),
    });
    if (type === 'directory' && isDeep) for (const name of readdirSync(path)) add(join(path, name), true);
  };
  for (const path of roots) add(path, true);
  for (const path of single) add(path, false);
  return new FileTree(entries);
}

/** What this machine's files hold. */
export const hostContents: ContentSource = {
  fetch: async () => {},
  read: (path, offset, length) => {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    } finally {
      closeSync(file);
    }
  },
  stream: () => {
    throw new Error('selection reads ranges only');
  },
};
