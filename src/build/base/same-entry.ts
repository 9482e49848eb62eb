import type { TreeEntry } from '../../image/file-tree.js';
import type { ContentSource } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';

/** Bytes of each file that are in memory at a time. */
const chunkBytes = 1024 * 1024;

/** A file of ours and one that may hold the same bytes. */
export interface Twins {
  readonly ours: PlacedFile;
  readonly theirs: TreeEntry;
}

/** True when two entries are the same but for names, contents and time: type, mode, owner, link text, device, xattrs. */
export function hasSameAttributes(left: TreeEntry, right: TreeEntry): boolean {
  if (left.type !== right.type || left.uid !== right.uid || left.gid !== right.gid) return false;
  // A symlink's mode means nothing (symlink(7)), and not every archive says 0777.
  if (left.type !== 'symlink' && left.mode !== right.mode) return false;
  if (left.linkTarget !== right.linkTarget) return false;
  if (left.type === 'file' && left.sizeBytes !== right.sizeBytes) return false;
  if (left.device?.major !== right.device?.major || left.device?.minor !== right.device?.minor) return false;
  return hasSameXattrs(left.xattrs, right.xattrs);
}

function hasSameXattrs(left: TreeEntry['xattrs'], right: TreeEntry['xattrs']): boolean {
  if ((left?.size ?? 0) !== (right?.size ?? 0)) return false;
  return [...(left ?? [])].every(([name, value]) => {
    const other = right?.get(name);
    return other !== undefined && Buffer.compare(value, other) === 0;
  });
}

export function hasSameTime(left: TreeEntry, right: TreeEntry): boolean {
  return left.mtime.seconds === right.mtime.seconds && left.mtime.nanoseconds === right.mtime.nanoseconds;
}

/** Of regular files, those pairs that hold the same bytes. Only files of equal length are fetched, each side at once. */
export async function findSameContents(
  pairs: readonly Twins[],
  original: ContentSource,
  other: ContentSource,
): Promise<ReadonlySet<Twins>> {
  const likely = pairs.filter(({ ours, theirs }) => ours.entry.sizeBytes === theirs.sizeBytes);
  const read = likely.filter(({ theirs }) => theirs.sizeBytes > 0);
  const own = read.flatMap(({ ours: { contents } }) => (contents === undefined || isBytes(contents) ? [] : contents));
  await Promise.all([
    original.fetch([...new Set(own)]),
    other.fetch([...new Set(read.map((pair) => pair.theirs.path))]),
  ]);
  return new Set(likely.filter((pair) => holdsSame(pair, original, other)));
}

function holdsSame({ ours, theirs }: Twins, original: ContentSource, other: ContentSource): boolean {
  for (let at = 0; at < theirs.sizeBytes; at += chunkBytes) {
    const mine = readOurs(ours, original, at, chunkBytes);
    if (Buffer.compare(mine, other.read(theirs.path, at, chunkBytes)) !== 0) return false;
  }
  return true;
}

/** Bytes of a regular file of ours; those that are in the original must have been fetched. */
export function readOurs(file: PlacedFile, original: ContentSource, offset: number, length: number): Uint8Array {
  const { contents, entry } = file;
  if (contents === undefined) throw new Error(`${entry.path} is a file without contents`);
  return isBytes(contents) ? contents.subarray(offset, offset + length) : original.read(contents, offset, length);
}

function isBytes(contents: Uint8Array | ImagePath): contents is Uint8Array {
  return contents instanceof Uint8Array;
}
