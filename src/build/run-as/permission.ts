import type { TreeEntry } from '../../image/file-tree.js';
import type { Identity } from './accounts.js';

/** The bits of one class of a mode: 4 to read, 2 to write, 1 to execute or search. */
export type AccessBits = number;

/** Whether a process may do that with an entry, by owner and mode alone (path_resolution(7), "Permissions"). */
export function isPermitted(entry: TreeEntry, { uid, gid, groups }: Identity, bits: AccessBits): boolean {
  // Root may execute only what somebody may, and search and read everything (capabilities(7), CAP_DAC_OVERRIDE).
  if (uid === 0) return (bits & 1) === 0 || entry.type === 'directory' || (entry.mode & 0o111) !== 0;
  const shift = entry.uid === uid ? 6 : entry.gid === gid || groups.includes(entry.gid) ? 3 : 0;
  return ((entry.mode >> shift) & bits) === bits;
}

/** Names in it may be taken away only by their owners, or its own (inode(7), S_ISVTX). */
export function isSticky(entry: TreeEntry): boolean {
  return entry.type === 'directory' && (entry.mode & 0o1000) !== 0;
}
