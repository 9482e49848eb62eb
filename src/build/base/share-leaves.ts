import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import { differingAt, type PlacedLeaf, type Placement } from './place-files.js';
import type { ReadsTime } from './read-times.js';
import { findSameContents, hasSameAttributes, hasSameTime, type Twins } from './same-entry.js';
import type { Standing } from './standing.js';

/** Where the base has what we have, by our path: the places where it is the same. */
export type Shared = ReadonlyMap<ImagePath, readonly ImagePath[]>;

export interface ShareInput {
  readonly standing: Standing;
  /** The base's tree without what is taken away. */
  readonly base: FileTree;
  readonly placement: Placement;
  readonly readsTime: ReadsTime;
  /** Our leaves as they are to be written: links that move have another text. */
  readonly written: ReadonlyMap<ImagePath, PlacedFile>;
}

interface Candidate extends Twins {
  readonly leaf: PlacedLeaf;
}

/**
 * Finds the leaves that the base has already: the same type, mode, owner, attributes and contents, and the same time where
 * someone reads it. Names of one file are shared together or not at all.
 */
export async function findShared(input: ShareInput): Promise<Shared> {
  const { standing, placement } = input;
  const candidates = [...placement.leaves.values()].flatMap((leaf) => candidatesFor(leaf, input));
  const twins = placement.twins.map(([first, second]) => ({ first, second, pair: twinsOf(first, second, standing) }));
  const isRead = ({ theirs }: Twins) => theirs.type === 'file';
  const same = await findSameContents(candidates.filter(isRead), standing.original.contents, standing.base.contents);
  const sameTwins = await findSameContents(
    twins.map(({ pair }) => pair),
    standing.original.contents,
    ownContents(standing),
  );
  for (const { first, second, pair } of twins) if (!sameTwins.has(pair)) throw differingAt(first, second, second);
  const shared = new Map<ImagePath, ImagePath[]>();
  for (const candidate of candidates) {
    if (isRead(candidate) && !same.has(candidate)) continue;
    const { path } = candidate.leaf.entry;
    shared.set(path, [...(shared.get(path) ?? []), candidate.theirs.path]);
  }
  return withoutHalves(shared, input);
}

function candidatesFor(leaf: PlacedLeaf, { base, readsTime, written }: ShareInput): Candidate[] {
  const ours = written.get(leaf.entry.path) as PlacedFile;
  const { entry } = ours;
  // A program that runs by another name finds itself elsewhere (/proc/self/exe), and its files with it.
  const isProgram = entry.type === 'file' && /^s?bin$/.test(baseName(parentOf(leaf.entry.path)));
  // A link that leads up leads elsewhere from another directory.
  const isBound = entry.linkTarget?.split('/').includes('..') && !entry.linkTarget.startsWith('/');
  const places = [leaf.at, ...(isProgram || isBound ? [] : leaf.aliases)];
  return places.flatMap((place): Candidate[] => {
    const theirs = base.get(place);
    if (theirs === undefined || !hasSameAttributes(entry, theirs)) return [];
    if (!hasSameTime(entry, theirs) && readsTime(leaf.entry)) return [];
    return [{ leaf, ours, theirs }];
  });
}

function twinsOf(first: ImagePath, second: ImagePath, { files }: Standing): Twins {
  return { ours: files.get(first) as PlacedFile, theirs: (files.get(second) as PlacedFile).entry };
}

/** Files of ours by our paths, whatever holds them. */
function ownContents({ files, original }: Standing): Standing['original']['contents'] {
  const heldBy = (path: ImagePath) => files.get(path)?.contents ?? path;
  return {
    fetch: (paths) =>
      original.contents.fetch(
        paths.map(heldBy).filter((contents): contents is ImagePath => typeof contents === 'string'),
      ),
    read: (path, offset, length) => {
      const held = heldBy(path);
      if (typeof held === 'string') return original.contents.read(held, offset, length);
      return held.subarray(offset, offset + length);
    },
    stream: (path) => original.contents.stream(path),
  };
}

/** Of a file with several names all must be shared, and be one file in the base too: else none is. */
function withoutHalves(shared: ReadonlyMap<ImagePath, ImagePath[]>, { placement, base }: ShareInput): Shared {
  const groups = new Map<string, PlacedLeaf[]>();
  for (const leaf of placement.leaves.values()) {
    const id = leaf.entry.hardLinkId;
    if (id === undefined) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [leaf]);
    else group.push(leaf);
  }
  const whole = new Map<ImagePath, readonly ImagePath[]>(shared);
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const ids = new Set(group.map(({ at }) => base.get(at)?.hardLinkId));
    const isWhole =
      ids.size === 1 && !ids.has(undefined) && group.every(({ entry, at }) => shared.get(entry.path)?.includes(at));
    for (const { entry, at } of group) {
      if (isWhole) whole.set(entry.path, [at]);
      else whole.delete(entry.path);
    }
  }
  return whole;
}
