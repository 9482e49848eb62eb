import { comparePaths, type TreeEntry } from '../image/file-tree.js';
import type { ContentSource } from '../image/image.js';
import { renderTarHeader, type TarHeader, tarEnd, tarPadding } from '../image/tar-header.js';

/** A file that isn't from the image: its bytes are at hand. */
export interface AddedFile {
  readonly entry: TreeEntry;
  readonly bytes: Uint8Array;
}

/**
 * The tar of one layer, as chunks in order: entries sorted by path (so a directory precedes what is in it), each inode's
 * contents under the first of its kept names and the other names as hard links to it, metadata as in the source.
 */
export async function* writeLayer(
  entries: readonly TreeEntry[],
  contents: ContentSource,
  added: readonly AddedFile[],
): AsyncGenerator<Uint8Array> {
  const addedBytes = new Map(added.map(({ entry, bytes }) => [entry.path, bytes]));
  const firstNames = new Map<string, TreeEntry>();
  const all = [...entries, ...added.map(({ entry }) => entry)].sort((left, right) =>
    comparePaths(left.path, right.path),
  );
  for (const entry of all) {
    const first = entry.hardLinkId === undefined ? undefined : firstNames.get(entry.hardLinkId);
    yield renderTarHeader(first === undefined ? headerOf(entry) : hardLinkTo(first, entry));
    if (first !== undefined) continue;
    if (entry.hardLinkId !== undefined) firstNames.set(entry.hardLinkId, entry);
    if (entry.type !== 'file') continue;
    const bytes = addedBytes.get(entry.path);
    if (bytes === undefined) yield* contents.stream(entry.path);
    else yield bytes;
    yield tarPadding(entry.sizeBytes);
  }
  yield tarEnd;
}

function headerOf(entry: TreeEntry): TarHeader {
  if (entry.type === 'socket') throw new Error(`${entry.path} is a socket, and layers can't hold one`);
  const { linkTarget, device, xattrs } = entry;
  return {
    name: memberName(entry),
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    sizeBytes: entry.sizeBytes,
    mtime: entry.mtime,
    ...(linkTarget === undefined ? {} : { linkTarget }),
    ...(device === undefined ? {} : { device }),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}

/** Metadata belongs to the inode: repeating the xattrs on a link would only cost room. */
function hardLinkTo(first: TreeEntry, entry: TreeEntry): TarHeader {
  const { mode, uid, gid, mtime } = entry;
  return {
    name: memberName(entry),
    type: 'hard-link',
    mode,
    uid,
    gid,
    mtime,
    sizeBytes: 0,
    linkTarget: memberName(first),
  };
}

function memberName(entry: TreeEntry): string {
  return entry.path === '/' ? '.' : entry.path.slice(1);
}
