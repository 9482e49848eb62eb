import type { FileTree, TreeEntry } from './file-tree.js';

/** How many there are of some entries, and the bytes of their contents. */
export interface Tally {
  readonly files: number;
  readonly directories: number;
  readonly bytes: number;
}

/** An entry with the bytes that go (or come) with it. */
export interface WeighedEntry {
  readonly entry: TreeEntry;
  readonly bytes: number;
}

/**
 * The entries that only `tree` has, with the bytes that `other` is without: an inode's bytes count for the first of its
 * names, and not at all when another of its names is in both trees.
 */
export function weighEntries(entries: readonly TreeEntry[], tree: FileTree, other: FileTree): WeighedEntry[] {
  const counted = new Set<string>();
  for (const { path, hardLinkId, type } of tree.entries())
    if (hardLinkId !== undefined && other.get(path)?.type === type) counted.add(hardLinkId);
  return entries.map((entry) => {
    const { hardLinkId } = entry;
    if (hardLinkId === undefined) return { entry, bytes: entry.sizeBytes };
    const bytes = counted.has(hardLinkId) ? 0 : entry.sizeBytes;
    counted.add(hardLinkId);
    return { entry, bytes };
  });
}

export function tallyEntries(weighed: readonly WeighedEntry[]): Tally {
  const directories = weighed.filter(({ entry }) => entry.type === 'directory').length;
  const bytes = weighed.reduce((sum, entry) => sum + entry.bytes, 0);
  return { files: weighed.length - directories, directories, bytes };
}
