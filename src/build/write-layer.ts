import { comparePaths, type TreeEntry } from '../image/file-tree.js';
import type { ContentSource } from '../image/image.js';
import { baseName, childOf, type ImagePath, parentOf } from '../image/path.js';
import { renderTarHeader, type TarHeader, tarEnd, tarPadding } from '../image/tar-header.js';
import type { PlacedFile, PlannedLayer } from './composition.js';

/**
 * The tar of one layer, as chunks in order: entries sorted by path (so a directory precedes what is in it), each inode's
 * contents under the first of its kept names and the other names as hard links to it, metadata as in the source.
 */
export async function* writeLayer(
  { files, whiteouts }: Pick<PlannedLayer, 'files' | 'whiteouts'>,
  contents: ContentSource,
): AsyncGenerator<Uint8Array> {
  const firstNames = new Map<string, TreeEntry>();
  const all = [...files, ...whiteouts.map(whiteoutOf)].sort((left, right) =>
    comparePaths(left.entry.path, right.entry.path),
  );
  for (const { entry, contents: held } of all) {
    const first = entry.hardLinkId === undefined ? undefined : firstNames.get(entry.hardLinkId);
    yield renderTarHeader(first === undefined ? headerOf(entry) : hardLinkTo(first, entry));
    if (first !== undefined) continue;
    if (entry.hardLinkId !== undefined) firstNames.set(entry.hardLinkId, entry);
    if (entry.type !== 'file') continue;
    if (held === undefined) throw new Error(`${entry.path} is a file without contents`);
    if (held instanceof Uint8Array) yield held;
    else yield* contents.stream(held);
    yield tarPadding(entry.sizeBytes);
  }
  yield tarEnd;
}

/** An empty file whose name says what is taken away (OCI image-spec layer.md, "Whiteouts"). */
function whiteoutOf(path: ImagePath): PlacedFile {
  const entry: TreeEntry = {
    path: childOf(parentOf(path), `.wh.${baseName(path)}`),
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
  };
  return { entry, contents: new Uint8Array() };
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
