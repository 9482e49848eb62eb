import { comparePaths, type FileTree, type TreeEntry } from './file-tree.js';
import type { ImagePath } from './path.js';

/** Everything a layer records of an entry but its contents and its time. */
export type MetadataField =
  | 'type'
  | 'mode'
  | 'uid'
  | 'gid'
  | 'link target'
  | 'device'
  | 'hard links'
  | `xattr ${string}`;

/** One thing about a path that is in both trees and not the same. Modes are octal, xattrs hexadecimal. */
export interface MetadataDifference {
  readonly path: ImagePath;
  readonly field: MetadataField;
  /** `undefined`: the attribute is not there. */
  readonly original: string | undefined;
  readonly slim: string | undefined;
}

/** What sets two trees apart, as far as names and metadata tell; every list sorted by path. */
export interface TreeDiff {
  /** Entries whose path only the first tree has. */
  readonly removed: readonly TreeEntry[];
  /** Entries whose path only the second tree has. */
  readonly added: readonly TreeEntry[];
  /** Regular files of both trees whose contents differ, for their lengths do. */
  readonly resized: readonly ImagePath[];
  /** Regular files of equal, positive length whose contents may differ: the metadata or the time is another. */
  readonly doubtful: readonly ImagePath[];
  readonly metadata: readonly MetadataDifference[];
  /** Paths of both trees, directories aside, that have another time. */
  readonly otherTimes: number;
}

/** `isDeep`: every file of equal length is doubtful, whatever its metadata say. */
export interface DiffOptions {
  readonly isDeep?: boolean;
}

/** Compares two trees path by path. */
export function diffTrees(original: FileTree, slim: FileTree, options: DiffOptions = {}): TreeDiff {
  const links = { original: linkedNames(original, slim), slim: linkedNames(slim, original) };
  const resized: ImagePath[] = [];
  const doubtful: ImagePath[] = [];
  const metadata: MetadataDifference[] = [];
  let otherTimes = 0;
  for (const [before, after] of commonEntries(original, slim)) {
    const differences = [...metadataDifferences(before, after), ...linkDifferences(before, after, links)];
    metadata.push(...differences);
    if (before.type !== after.type) continue;
    const isOtherTime = !isSameTime(before, after);
    // A directory's time says only when a name in it came or went.
    if (isOtherTime && before.type !== 'directory') otherTimes += 1;
    if (before.type !== 'file') continue;
    if (before.sizeBytes !== after.sizeBytes) resized.push(before.path);
    else if (before.sizeBytes > 0 && (isOtherTime || differences.length > 0 || options.isDeep))
      doubtful.push(before.path);
  }
  return { removed: onlyIn(original, slim), added: onlyIn(slim, original), resized, doubtful, metadata, otherTimes };
}

function* commonEntries(original: FileTree, slim: FileTree): Generator<[TreeEntry, TreeEntry]> {
  const paths = [...original.entries()].map(({ path }) => path).filter((path) => slim.has(path));
  for (const path of paths.sort(comparePaths)) {
    const before = original.get(path);
    const after = slim.get(path);
    if (before !== undefined && after !== undefined) yield [before, after];
  }
}

function onlyIn(tree: FileTree, other: FileTree): TreeEntry[] {
  return [...tree.entries()]
    .filter(({ path }) => !other.has(path))
    .sort((left, right) => comparePaths(left.path, right.path));
}

function* metadataDifferences(before: TreeEntry, after: TreeEntry): Generator<MetadataDifference> {
  const { path } = before;
  const differ = (field: MetadataField, original: string | undefined, slim: string | undefined) =>
    original === slim ? [] : [{ path, field, original, slim }];
  yield* differ('uid', String(before.uid), String(after.uid));
  yield* differ('gid', String(before.gid), String(after.gid));
  yield* differ('type', before.type, after.type);
  // What else is not the same follows from the type: a symlink's mode is no file's.
  if (before.type !== after.type) return;
  yield* differ('mode', renderMode(before.mode), renderMode(after.mode));
  yield* differ('link target', before.linkTarget, after.linkTarget);
  yield* differ('device', renderDevice(before), renderDevice(after));
  const names = new Set([...(before.xattrs?.keys() ?? []), ...(after.xattrs?.keys() ?? [])]);
  for (const name of [...names].sort(comparePaths))
    yield* differ(`xattr ${name}`, renderBytes(before.xattrs?.get(name)), renderBytes(after.xattrs?.get(name)));
}

function renderMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function renderDevice({ device }: TreeEntry): string | undefined {
  return device === undefined ? undefined : `${device.major}:${device.minor}`;
}

function renderBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : `0x${Buffer.from(bytes).toString('hex')}`;
}

function isSameTime(before: TreeEntry, after: TreeEntry): boolean {
  return before.mtime.seconds === after.mtime.seconds && before.mtime.nanoseconds === after.mtime.nanoseconds;
}

/** For each name of a file with several: the first of its names that are in both trees, which stands for the group. */
function linkedNames(tree: FileTree, other: FileTree): ReadonlyMap<ImagePath, ImagePath> {
  const groups = new Map<string, ImagePath[]>();
  for (const { path, hardLinkId } of tree.entries()) {
    if (hardLinkId === undefined || !other.has(path)) continue;
    const group = groups.get(hardLinkId);
    if (group === undefined) groups.set(hardLinkId, [path]);
    else group.push(path);
  }
  const first = new Map<ImagePath, ImagePath>();
  for (const group of groups.values()) {
    const [leader] = group.sort(comparePaths);
    for (const path of group) if (leader !== undefined) first.set(path, leader);
  }
  return first;
}

/** Ids of hard links are inode numbers and mean nothing across images: what is compared is who shares a file with whom. */
function linkDifferences(
  { path, type }: TreeEntry,
  after: TreeEntry,
  links: { readonly original: ReadonlyMap<ImagePath, ImagePath>; readonly slim: ReadonlyMap<ImagePath, ImagePath> },
): MetadataDifference[] {
  const original = links.original.get(path) ?? path;
  const slim = links.slim.get(path) ?? path;
  if (original === slim || type !== after.type) return [];
  const describe = (leader: ImagePath) => (leader === path ? undefined : `shared with ${leader}`);
  return [{ path, field: 'hard links', original: describe(original), slim: describe(slim) }];
}
