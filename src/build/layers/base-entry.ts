import type { FileTree, TreeEntry } from '../../image/file-tree.js';

/** An entry of a base in what is stacked on it: ids of hard links are each image's own, and those of two must not meet. */
export function asBaseEntry(entry: TreeEntry): TreeEntry {
  return entry.hardLinkId === undefined ? entry : { ...entry, hardLinkId: idInStack(entry.hardLinkId) };
}

/** Whether an entry of what is stacked on a base is the base's own, not one that took its place. */
export function isBaseEntry(entry: TreeEntry, base: FileTree): boolean {
  const theirs = base.get(entry.path);
  if (theirs?.hardLinkId === undefined) return theirs === entry;
  return entry.hardLinkId === idInStack(theirs.hardLinkId);
}

function idInStack(id: string): string {
  return `base:${id}`;
}
