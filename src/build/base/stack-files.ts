import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import type { BridgeLinks } from './bridge-links.js';
import { renderRelativeLink } from './link-text.js';
import type { Placement } from './place-files.js';
import type { ReadsTime } from './read-times.js';
import { hasSameAttributes, hasSameTime } from './same-entry.js';
import type { Shared } from './share-leaves.js';

export interface StackInput {
  readonly files: ReadonlyMap<ImagePath, PlacedFile>;
  /** The base's tree without what is taken away. */
  readonly base: FileTree;
  readonly gone: ReadonlySet<ImagePath>;
  readonly placement: Placement;
  readonly bridges: BridgeLinks;
  readonly shared: Shared;
  readonly readsTime: ReadsTime;
  readonly written: ReadonlyMap<ImagePath, PlacedFile>;
}

/** What is to be written above a base. */
export interface StackedFiles {
  readonly files: readonly PlacedFile[];
  readonly whiteouts: readonly ImagePath[];
  readonly shared: { readonly entries: number; readonly bytes: number };
  /** Where each leaf of ours really is, by our path. */
  readonly homes: ReadonlyMap<ImagePath, ImagePath>;
}

/** Writes down what was decided: our entries at their places, links, the directories above, and what is taken away. */
export function stackFiles(input: StackInput): StackedFiles {
  const { files, base, gone, placement } = input;
  const out = new Map<ImagePath, PlacedFile>();
  const homes = new Map<ImagePath, ImagePath>();
  let [entries, bytes] = [0, 0];
  for (const [path, leaf] of placement.leaves) {
    const same = input.shared.get(path) ?? [];
    const home = same.includes(leaf.at) ? leaf.at : (same[0] ?? leaf.at);
    homes.set(path, home);
    const file = input.written.get(path) as PlacedFile;
    if (same.length === 0) out.set(home, { ...file, entry: { ...file.entry, path: home } });
    else {
      entries += 1;
      bytes += file.entry.type === 'file' ? file.entry.sizeBytes : 0;
    }
    for (const name of [leaf.at, ...leaf.aliases])
      if (name !== home && !same.includes(name)) out.set(name, linkTo(name, home, leaf.entry));
  }
  for (const [at, path] of input.bridges.links) {
    const stands = placement.sameAs.get(path) ?? path;
    const target = homes.get(stands) ?? placement.directories.get(stands);
    const entry = files.get(path)?.entry ?? files.get(stands)?.entry;
    if (target === undefined) throw new Error(`${path} has no place`);
    out.set(at, linkTo(at, target, entry));
  }
  const known = addDirectories(input, out);
  const whiteouts = [...gone].filter((path) => !out.has(path) && !isBelowLeaf(path, out));
  addAncestors([...out.keys(), ...whiteouts], base, out);
  entries += known.filter((place) => !out.has(place)).length;
  return { files: [...out.values()], whiteouts, shared: { entries, bytes }, homes };
}

function linkTo(from: ImagePath, to: ImagePath, about: TreeEntry | undefined): PlacedFile {
  const mtime = about?.mtime ?? { seconds: 0, nanoseconds: 0 };
  const plain = { mode: 0o777, uid: 0, gid: 0, sizeBytes: 0 };
  return { entry: { ...plain, path: from, type: 'symlink', linkTarget: renderRelativeLink(from, to), mtime } };
}

/** Adds the directories that the base lacks or has otherwise; gives the places of those that it has just so. */
function addDirectories({ files, base, placement, bridges, readsTime }: StackInput, out: Map<ImagePath, PlacedFile>) {
  const same: ImagePath[] = [];
  for (const [place, { path }] of [...bridges.directoryAt, ...placement.directoryAt]) {
    const ours = files.get(path)?.entry;
    const theirs = base.get(place);
    // A parent that nobody selected is as the base has it.
    if (ours === undefined) continue;
    const isSameTime = theirs === undefined || hasSameTime(ours, theirs) || !readsTime(ours);
    if (theirs !== undefined && hasSameAttributes(ours, theirs) && isSameTime) same.push(place);
    else out.set(place, { entry: { ...ours, path: place } });
  }
  return same;
}

/** Engines apply a layer in a directory of its own, so a layer says how the directories on the way are. */
function addAncestors(paths: readonly ImagePath[], base: FileTree, out: Map<ImagePath, PlacedFile>): void {
  const seen = new Set<ImagePath>();
  for (const path of paths) {
    for (const above of ancestorsOf(path)) {
      if (seen.has(above)) break;
      seen.add(above);
      const entry = base.get(above);
      if (!out.has(above) && entry?.type === 'directory') out.set(above, { entry });
    }
  }
}

/** What stood below a directory goes with it when a file or link takes its place. */
function isBelowLeaf(path: ImagePath, out: ReadonlyMap<ImagePath, PlacedFile>): boolean {
  for (const above of ancestorsOf(path)) {
    const there = out.get(above);
    if (there !== undefined && there.entry.type !== 'directory') return true;
  }
  return false;
}
