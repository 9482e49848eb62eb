import { comparePaths, type FileTree, type TreeEntry } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import { absolutePath } from '../../selection/environment.js';
import { hasSameAttributes, hasSameTime } from '../base/same-entry.js';
import { type Composition, type PlacedFile, type PlannedLayer, placeEntry } from '../composition.js';

/** Files and links that are taken as they are, but for an owner that they may get on the way. */
export interface CopiedFiles {
  /** `uid:gid`; undefined for their own. */
  readonly owner: string | undefined;
  readonly entries: readonly TreeEntry[];
}

/** A file of the original that stands elsewhere, or under another name of the same file. */
export interface MovedFile {
  readonly from: ImagePath;
  readonly entry: TreeEntry;
  /** Whether it gets another owner on the way. */
  readonly isChowned: boolean;
}

/** What the original lacks. */
export interface MadeFile {
  readonly entry: TreeEntry;
  /** Of a regular file. */
  readonly contents: Uint8Array | undefined;
}

/** How the tree of one layer is put together out of the original. Every entry of the layer is in exactly one list. */
export interface StagePlan {
  readonly kind: PlannedLayer['kind'] | 'base';
  readonly copied: readonly CopiedFiles[];
  readonly moved: readonly MovedFile[];
  readonly made: readonly MadeFile[];
  readonly directories: {
    /** As they are in the original. */
    readonly copied: readonly TreeEntry[];
    /** Those of the copied ones that get another owner. */
    readonly chowned: readonly TreeEntry[];
    readonly made: readonly TreeEntry[];
  };
  /** Device nodes and pipes: no COPY carries them. */
  readonly lost: readonly TreeEntry[];
}

/** A tree that files are taken out of. */
export interface TakenTree {
  readonly tree: FileTree;
  /** Directories that an engine may have made, so that no layer has them. */
  readonly doubtful: ReadonlySet<ImagePath>;
}

/**
 * The original as an engine lists it: a container of it has its volumes' mount points and the working directory, with all above
 * them, also where the image lacks them. A directory that something else stands in is the image's.
 */
export function takenFrom(tree: FileTree, { Volumes, WorkingDir }: ImageConfig): TakenTree {
  const doubtful = new Set<ImagePath>();
  for (const path of [...Object.keys(Volumes ?? {}), WorkingDir || '/']) {
    const { entry } = tree.resolve(absolutePath({}, path));
    if (entry === undefined) continue;
    for (const above of [entry.path, ...ancestorsOf(entry.path)]) {
      const isNeeded = tree.children(above).some((child) => !doubtful.has(child));
      if (above === '/' || isNeeded || tree.get(above)?.type !== 'directory') break;
      // Commands that every system has don't write extended attributes, and no engine gives any to what it makes.
      if (tree.get(above)?.xattrs === undefined) doubtful.add(above);
    }
  }
  return { tree, doubtful };
}

/**
 * Plans one layer. A COPY sets the attributes of every directory it walks through, so those that the layer takes from
 * below are in the plan too, as they are in the finished image.
 */
export function planStage(
  layer: Pick<StagePlan, 'kind'> & Pick<PlannedLayer, 'files'>,
  { tree: original, doubtful }: TakenTree,
  finished: FileTree,
): StagePlan {
  const placed = withParents(layer.files, finished);
  const directories = { copied: [] as TreeEntry[], chowned: [] as TreeEntry[], made: [] as TreeEntry[] };
  const byOwner = new Map<string, TreeEntry[]>();
  const moved: MovedFile[] = [];
  const made: MadeFile[] = [];
  const lost: TreeEntry[] = [];
  for (const file of placed) {
    const { entry, contents } = file;
    const there = original.get(entry.path);
    const isSame = there !== undefined && !doubtful.has(entry.path) && isTakenFrom(there, file);
    const isOwners = there !== undefined && there.uid === entry.uid && there.gid === entry.gid;
    if (entry.type === 'directory') {
      directories[isSame ? 'copied' : 'made'].push(entry);
      if (isSame && !isOwners) directories.chowned.push(entry);
    } else if (entry.type !== 'file' && entry.type !== 'symlink') lost.push(entry);
    else if (isSame) {
      const owner = isOwners ? '' : `${entry.uid}:${entry.gid}`;
      const group = byOwner.get(owner);
      if (group === undefined) byOwner.set(owner, [entry]);
      else group.push(entry);
    } else if (typeof contents === 'string')
      moved.push({ from: contents, entry, isChowned: isChownedFrom(original.get(contents), entry) });
    else made.push({ entry, contents });
  }
  const copied = [...byOwner]
    .sort(([left], [right]) => comparePaths(left, right))
    .map(([owner, entries]) => ({ owner: owner === '' ? undefined : owner, entries }));
  return { kind: layer.kind, copied, moved, made, directories, lost };
}

/** Plans a copy of what is left of the base, for an image that can't stand on the base itself. */
export function planBase({ base, layers }: Composition, finished: FileTree): StagePlan {
  if (base === undefined) throw new Error('there is no base');
  const own = new Set(layers.flatMap(({ files }) => files.map(({ entry }) => entry.path)));
  const left = [...finished.entries()].filter(({ path }) => !own.has(path));
  return planStage(
    { kind: 'base', files: left.map(placeEntry) },
    { tree: base.image.tree, doubtful: new Set() },
    finished,
  );
}

/** Sorted by path, with every directory above but the root, which a COPY leaves as it is. */
function withParents(files: readonly PlacedFile[], finished: FileTree): readonly PlacedFile[] {
  const byPath = new Map(files.map((file) => [file.entry.path, file]));
  for (const { entry } of files) {
    for (const path of ancestorsOf(entry.path)) {
      if (byPath.has(path)) break;
      byPath.set(path, { entry: finished.get(path) as TreeEntry });
    }
  }
  return [...byPath.values()]
    .filter(({ entry }) => entry.path !== '/')
    .sort((left, right) => comparePaths(left.entry.path, right.entry.path));
}

/** Whether it is the original's in all but the owner. */
function isTakenFrom(there: TreeEntry, { entry, contents }: PlacedFile): boolean {
  if (entry.type === 'file' && contents !== entry.path) return false;
  return hasSameAttributes({ ...there, uid: entry.uid, gid: entry.gid }, entry) && hasSameTime(there, entry);
}

function isChownedFrom(source: TreeEntry | undefined, { uid, gid }: TreeEntry): boolean {
  return source === undefined || source.uid !== uid || source.gid !== gid;
}
