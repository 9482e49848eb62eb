import { comparePaths, type FileTree } from './file-tree.js';
import type { ContentSource } from './image.js';
import { baseName, decodePathBytes, type ImagePath } from './path.js';
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
  /** Why the kind is `unknown`: a clause. */
  readonly problem?: string;
}

const dpkgInfo = '/var/lib/dpkg/info';
const distrolessRecords = '/var/lib/dpkg/status.d';
const apkDatabases = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/**
 * Reads who owns what from the image's package database: dpkg's `info/*.list` (dpkg(1)), the `status.d/*.md5sums` that
 * distroless images have in their place, apk's `installed`, or rpm's database.
 */
export async function readPackages(tree: FileTree, contents: ContentSource): Promise<PackageOwnership> {
  const lists = filesIn(dpkgInfo, '.list', tree);
  const sums = filesIn(distrolessRecords, '.md5sums', tree);
  if (lists.length + sums.length > 0) {
    await contents.fetch([...lists, ...sums]);
    return ownershipOf('dpkg', tree, [...readLists(lists, tree, contents), ...readSums(sums, tree, contents)]);
  }
  const database = apkDatabases.map((path) => tree.resolve(path).entry).find((entry) => entry?.type === 'file');
  if (database !== undefined) {
    await contents.fetch([database.path]);
    return ownershipOf('apk', tree, parseApkInstalled(readText(database.path, tree, contents)));
  }
  const rpm = await readRpmDatabase(tree, contents);
  if (rpm !== undefined && 'packages' in rpm) return ownershipOf('rpm', tree, rpm.packages);
  const nothing = { packages: [], ownerOf: () => undefined, filesOf: () => [] };
  return rpm === undefined ? { kind: 'none', ...nothing } : { kind: 'unknown', ...nothing, problem: rpm.problem };
}

interface PackageFiles {
  readonly name: string;
  readonly files: Iterable<string>;
}

function filesIn(directory: string, suffix: string, tree: FileTree): ImagePath[] {
  return tree.children(directory).filter((path) => path.endsWith(suffix) && tree.get(path)?.type === 'file');
}

/** `/var/lib/dpkg/info/libc6:amd64.list`: one path a line. */
function readLists(lists: readonly ImagePath[], tree: FileTree, contents: ContentSource): PackageFiles[] {
  return lists.map((list) => ({
    name: baseName(list).slice(0, -'.list'.length).replace(/:.*$/, ''),
    files: readText(list, tree, contents).split('\n'),
  }));
}

/** `/var/lib/dpkg/status.d/libc6.md5sums`: a digest, two spaces, and a path without its first slash. */
function readSums(sums: readonly ImagePath[], tree: FileTree, contents: ContentSource): PackageFiles[] {
  return sums.map((list) => ({
    name: baseName(list).slice(0, -'.md5sums'.length),
    files: readText(list, tree, contents)
      .split('\n')
      .flatMap((line) => /^[0-9a-f]{32} [ *](.+)$/.exec(line)?.[1] ?? [])
      .map((path) => `/${path}`),
  }));
}

/** File names in a database are bytes, as in the tree. */
function readText(path: ImagePath, tree: FileTree, contents: ContentSource): string {
  return decodePathBytes(contents.read(path, 0, tree.get(path)?.sizeBytes ?? 0));
}

/** apk's database: blocks of `P:` package, `F:` directory, `R:` file in it (apk-package(5), "installed"). */
function parseApkInstalled(text: string): PackageFiles[] {
  const packages: { name: string; files: string[] }[] = [];
  let directory = '';
  for (const line of text.split('\n')) {
    const value = line.slice(2);
    if (line.startsWith('P:')) packages.push({ name: value, files: [] });
    else if (line.startsWith('F:')) {
      directory = value;
      packages.at(-1)?.files.push(`/${directory}`);
    } else if (line.startsWith('R:')) packages.at(-1)?.files.push(`/${directory}/${value}`);
  }
  return packages;
}

/**
 * A package's list may name a file by a path that now leads through a symlink (/bin/sh on a usr-merged system), so each
 * is resolved but for its last component. Directories belong to many packages, and to none in particular.
 */
function ownershipOf(
  kind: PackageOwnership['kind'],
  tree: FileTree,
  packages: readonly PackageFiles[],
): PackageOwnership {
  const owners = new Map<ImagePath, string>();
  const files = new Map<string, Set<ImagePath>>();
  for (const { name, files: listed } of packages) {
    const own = files.get(name) ?? new Set();
    files.set(name, own);
    for (const file of listed) {
      const entry =
        tree.get(file) ?? (file.startsWith('/') ? tree.resolve(file, { followLast: false }).entry : undefined);
      if (entry === undefined) continue;
      own.add(entry.path);
      if (entry.type !== 'directory') owners.set(entry.path, name);
    }
  }
  return {
    kind,
    packages: [...files.keys()].sort(),
    ownerOf: (path) => owners.get(path),
    filesOf: (name) => [...(files.get(name) ?? [])].sort(comparePaths),
  };
}
