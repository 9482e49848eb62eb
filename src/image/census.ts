import type { TreeEntry } from './file-tree.js';
import type { PackageOwnership } from './packages.js';
import type { ImagePath } from './path.js';
import { findPrograms, type Programs } from './programs.js';
import { findShells } from './shells.js';

/** What an image holds, in the figures people compare. */
export interface Census {
  /** Everything that isn't a directory. */
  readonly files: number;
  /** Bytes of the regular files; hard links count once. */
  readonly contentBytes: number;
  readonly setuidFiles: readonly ImagePath[];
  /** Files that are one by their name or by that of a link to them. */
  readonly shells: readonly ImagePath[];
  /** Packages with at least one file here; undefined when the package database can't be read. */
  readonly packages: readonly string[] | undefined;
  readonly programs: Programs;
}

/** Counts the entries of a tree, or of what is kept of it. */
export function takeCensus(given: Iterable<TreeEntry>, ownership: PackageOwnership): Census {
  const entries = [...given];
  const packages = new Set<string>();
  const seenLinks = new Set<string>();
  let files = 0;
  let contentBytes = 0;
  for (const entry of entries) {
    if (entry.type === 'directory') continue;
    files++;
    const owner = ownership.ownerOf(entry.path);
    if (owner !== undefined) packages.add(owner);
    if (entry.type !== 'file') continue;
    if (entry.hardLinkId === undefined || !seenLinks.has(entry.hardLinkId)) contentBytes += entry.sizeBytes;
    if (entry.hardLinkId !== undefined) seenLinks.add(entry.hardLinkId);
  }
  return {
    files,
    contentBytes,
    setuidFiles: findSetuidFiles(entries),
    shells: findShells(entries).map(({ path }) => path),
    packages: ownership.kind === 'unknown' ? undefined : [...packages].sort(),
    programs: findPrograms(entries),
  };
}

/** Files that run with the rights of their owner or group (inode(7)), sorted. */
export function findSetuidFiles(entries: readonly TreeEntry[]): readonly ImagePath[] {
  return entries
    .filter(({ type, mode }) => type === 'file' && (mode & 0o6000) !== 0)
    .map(({ path }) => path)
    .sort();
}
