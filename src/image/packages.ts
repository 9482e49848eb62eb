import { parseApkInstalled } from './apk-installed.js';
import { type Diversion, parseDiversions } from './dpkg-diversions.js';
import { parseMd5sums } from './dpkg-md5sums.js';
import { parseDpkgStatus } from './dpkg-status.js';
import { comparePaths, type FileTree, type TreeEntry } from './file-tree.js';
import type { ContentSource } from './image.js';
import { readPackageText } from './package-text.js';
import { baseName, type ImagePath } from './path.js';
import { readRpmDatabase } from './rpm/read-rpm-database.js';

/** Which package put which file there, by an image's own package database. */
export interface PackageOwnership {
  /** `unknown`: the image has a package database of a kind that can't be read here. */
  readonly kind: 'dpkg' | 'apk' | 'rpm' | 'none' | 'unknown';
  /** Names of all installed packages, sorted. */
  readonly packages: readonly string[];
  ownerOf(path: ImagePath): string | undefined;
  /**
   * Everything in the image that a package put there, as real paths, sorted: directories too, which may be those of
   * other packages as well. Empty for a name that isn't among `packages`.
   */
  filesOf(name: string): readonly ImagePath[];
  /** What is recorded, one for each architecture that a package is installed for. */
  readonly records: readonly PackageRecord[];
  /** Why the kind is `unknown`: a clause. */
  readonly problem?: string;
}

/** One installed package by its database. */
export interface PackageRecord {
  /** What the database calls it: the package's name, with dpkg `NAME:ARCHITECTURE` where its list of files has that name. */
  readonly id: string;
  readonly name: string;
  /**
   * What it put there, as real paths, without directories; undefined when the database doesn't say. A file that dpkg
   * moved out of another package's way counts by both names, as `dpkg -S` answers by the contested one.
   */
  readonly files: readonly ImagePath[] | undefined;
}

const dpkgInfo = '/var/lib/dpkg/info';
const dpkgDiversions = '/var/lib/dpkg/diversions';
const distrolessRecords = '/var/lib/dpkg/status.d';
/** Where apk has its database: the second since /lib is a link (Alpine 3.22 and Wolfi). */
export const apkDatabases = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/** Images don't change, and several steps ask who owns what. */
const known = new WeakMap<FileTree, Promise<PackageOwnership>>();

/**
 * Reads who owns what from the image's package database: dpkg's `info/*.list` (dpkg(1)), the `status.d/*.md5sums` that
 * distroless images have in their place, apk's `installed`, or rpm's database.
 * An image's is read once, however often it is asked for.
 */
export function readPackages(tree: FileTree, contents: ContentSource): Promise<PackageOwnership> {
  const reading = known.get(tree) ?? readDatabase(tree, contents);
  known.set(tree, reading);
  return reading;
}

async function readDatabase(tree: FileTree, contents: ContentSource): Promise<PackageOwnership> {
  const lists = filesIn(dpkgInfo, '.list', tree);
  const records = filesIn(distrolessRecords, '', tree).filter((path) => isRecordName(baseName(path)));
  const sums = filesIn(distrolessRecords, '.md5sums', tree);
  if (lists.length + records.length + sums.length > 0) {
    const diversions = tree.resolve(dpkgDiversions).entry;
    const isDiverting = diversions?.type === 'file';
    await contents.fetch([...lists, ...records, ...sums, ...(isDiverting ? [diversions.path] : [])]);
    const diverted = parseDiversions(isDiverting ? readText(diversions.path, tree, contents) : '');
    const distroless = readDistroless(records, sums, tree, contents);
    return ownershipOf('dpkg', tree, [...readLists(lists, tree, contents), ...distroless], diverted);
  }
  const database = apkDatabases.map((path) => tree.resolve(path).entry).find((entry) => entry?.type === 'file');
  if (database !== undefined) {
    await contents.fetch([database.path]);
    return ownershipOf('apk', tree, filesOfApk(readText(database.path, tree, contents)));
  }
  const rpm = await readRpmDatabase(tree, contents);
  if (rpm !== undefined && 'packages' in rpm) return ownershipOf('rpm', tree, rpm.packages);
  const nothing = { packages: [], records: [], ownerOf: () => undefined, filesOf: () => [] };
  return rpm === undefined ? { kind: 'none', ...nothing } : { kind: 'unknown', ...nothing, problem: rpm.problem };
}

interface PackageFiles {
  readonly id?: string;
  readonly name: string;
  /** May be asked for more than once; undefined: nobody wrote them down. */
  readonly files: Iterable<string> | undefined;
}

function filesIn(directory: string, suffix: string, tree: FileTree): ImagePath[] {
  const place = tree.resolve(directory).entry?.path ?? directory;
  return tree.children(place).filter((path) => path.endsWith(suffix) && tree.get(path)?.type === 'file');
}

/** True for the name of a file that holds a package's control fields: the package's name, with its architecture or not. */
export function isRecordName(name: string): boolean {
  return /^[a-z0-9][a-z0-9+.-]*(?::[a-z0-9-]+)?$/i.test(name) && !name.endsWith('.md5sums');
}

/** `/var/lib/dpkg/info/libc6:amd64.list`: one path a line. */
function readLists(lists: readonly ImagePath[], tree: FileTree, contents: ContentSource): PackageFiles[] {
  return lists.map((list) => {
    const id = baseName(list).slice(0, -'.list'.length);
    return { id, name: id.replace(/:.*$/, ''), files: readText(list, tree, contents).split('\n') };
  });
}

/** `/var/lib/dpkg/status.d/libc6`, the control fields with the conffiles, and `libc6.md5sums` with the other files. */
function readDistroless(
  records: readonly ImagePath[],
  sums: readonly ImagePath[],
  tree: FileTree,
  contents: ContentSource,
): PackageFiles[] {
  const files = new Map<string, string[]>(records.map((record) => [baseName(record), []]));
  for (const record of records) {
    const fields = parseDpkgStatus(readText(record, tree, contents))[0]?.fields;
    for (const line of fields?.get('conffiles')?.split('\n') ?? []) {
      const [, conffile] = /^ (\/\S+) [0-9a-f]{32}\b/.exec(line) ?? [];
      if (conffile !== undefined) files.get(baseName(record))?.push(conffile);
    }
  }
  for (const list of sums) {
    const id = baseName(list).slice(0, -'.md5sums'.length);
    const listed = parseMd5sums(readText(list, tree, contents)).map(({ path }) => `/${path}`);
    files.set(id, [...(files.get(id) ?? []), ...listed]);
  }
  // Distroless leaves out the lists of packages without files; what a package had besides regular files is in none.
  return [...files].map(([id, listed]) => ({
    id,
    name: id.replace(/:.*$/, ''),
    files: listed.length === 0 ? undefined : listed,
  }));
}

function readText(path: ImagePath, tree: FileTree, contents: ContentSource): string {
  const entry = tree.get(path);
  return entry === undefined ? '' : readPackageText(entry, contents);
}

function filesOfApk(text: string): PackageFiles[] {
  return parseApkInstalled(text).map(({ name, directories }) => ({
    name,
    files: directories.flatMap(({ path, files }) => [path, ...files.map((file) => file.path)]),
  }));
}

/**
 * A package's list may name a file by a path that now leads through a symlink (/bin/sh on a usr-merged system), so each
 * is resolved but for its last component. Directories belong to many packages, and to none in particular; so does a
 * symlink (/lib) that has taken the place of a package's directory.
 */
function ownershipOf(
  kind: PackageOwnership['kind'],
  tree: FileTree,
  packages: readonly PackageFiles[],
  diversions: ReadonlyMap<string, Diversion> = new Map(),
): PackageOwnership {
  const owners = new Map<ImagePath, string>();
  const files = new Map<string, Set<ImagePath>>();
  const records: PackageRecord[] = [];
  const formerDirectories = linkedDirectories(tree, packages);
  for (const { name, id = name, files: written } of packages) {
    const listed = written ?? [];
    const all = files.get(name) ?? new Set();
    files.set(name, all);
    const own = new Set<ImagePath>();
    for (const file of listed) {
      const entry = entryOf(file, tree);
      if (entry === undefined) continue;
      all.add(entry.path);
      if (entry.type === 'directory' || formerDirectories.has(entry.path)) continue;
      const moved = movedTo(file, name, diversions, tree);
      if (moved !== undefined) all.add(moved.path);
      own.add(entry.path);
      if (moved !== undefined) own.add(moved.path);
      owners.set((moved ?? entry).path, name);
    }
    records.push({ id, name, files: written === undefined ? undefined : [...own] });
  }
  return {
    kind,
    packages: [...files.keys()].sort(),
    records,
    ownerOf: (path) => owners.get(path),
    filesOf: (name) => [...(files.get(name) ?? [])].sort(comparePaths),
  };
}

/** What a name in a package's list is in the tree, a symlink there being itself. */
export function entryOf(listed: string, tree: FileTree): TreeEntry | undefined {
  return tree.get(listed) ?? (listed.startsWith('/') ? tree.resolve(listed, { followLast: false }).entry : undefined);
}

/** Where another package's diversion moved a package's file to, if it is there. */
export function movedTo(
  listed: string,
  name: string,
  diversions: ReadonlyMap<string, Diversion>,
  tree: FileTree,
): TreeEntry | undefined {
  const diversion = diversions.get(listed);
  return diversion === undefined || diversion.by === name ? undefined : entryOf(diversion.to, tree);
}

/** The symlinks in a tree that some package has files below: to packages they are directories (dpkg's, merged to /usr). */
function linkedDirectories(tree: FileTree, packages: readonly PackageFiles[]): ReadonlySet<ImagePath> {
  const found = new Set<ImagePath>();
  const seen = new Set<string>();
  for (const { files } of packages) {
    for (const path of files ?? []) {
      const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      if (seen.has(parent)) continue;
      seen.add(parent);
      const entry = entryOf(parent, tree);
      if (entry?.type === 'symlink') found.add(entry.path);
    }
  }
  return found;
}
