import { comparePaths, type FileTree } from '../file-tree.js';
import type { ContentSource } from '../image.js';
import { apkDatabases, type PackageOwnership } from '../packages.js';
import type { ImagePath } from '../path.js';
import { readRpmDatabase } from '../rpm/read-rpm-database.js';
import { parseAlpinePackages } from './alpine-packages.js';
import { parseDebianPackages } from './debian-packages.js';
import { type Distribution, readDistribution } from './distribution.js';
import type { FilesOfPackage, InstalledPackage } from './installed-package.js';
import { readLanguagePackages } from './language-packages.js';
import { listRpmPackages } from './rpm-packages.js';

/** What is installed in an image. */
export interface Inventory {
  readonly distribution: Distribution | undefined;
  /** Sorted by package URL, each of them once: one that is installed in several places has the files of all. */
  readonly packages: readonly InstalledPackage[];
}

const dpkgStatus = '/var/lib/dpkg/status';
const distrolessRecords = '/var/lib/dpkg/status.d';
/** Ten times what a large desktop has. */
const maxRecordBytes = 100_000_000;

/**
 * Reads what is installed in an image: by dpkg, apk or rpm, and by the package managers of languages. Never throws for
 * what the records hold.
 */
export async function readInventory(
  tree: FileTree,
  contents: ContentSource,
  ownership: PackageOwnership,
): Promise<Inventory> {
  const distribution = await readDistribution(tree, contents);
  const system = await readSystemPackages(tree, contents, ownership, distribution);
  const language = await readLanguagePackages(tree, contents, ownership);
  return { distribution, packages: mergeByPurl([...system, ...language]) };
}

/** dpkg's records go by `NAME:ARCHITECTURE` where a package may be installed for several. */
function filesByRecord({ records }: PackageOwnership): FilesOfPackage {
  const files = new Map<string, readonly ImagePath[] | undefined>();
  for (const record of records) {
    const known = files.get(record.id) ?? [];
    files.set(record.id, record.files === undefined ? undefined : [...known, ...record.files]);
  }
  return (name, architecture) => {
    const id = [`${name}:${architecture}`, name].find((one) => files.has(one));
    return id === undefined ? [] : files.get(id);
  };
}

function mergeByPurl(packages: readonly InstalledPackage[]): readonly InstalledPackage[] {
  const byPurl = new Map<string, [InstalledPackage, Set<ImagePath>]>();
  for (const one of packages) {
    const known = byPurl.get(one.purl);
    if (known === undefined) byPurl.set(one.purl, [one, new Set(one.files)]);
    else for (const path of one.files ?? []) known[1].add(path);
  }
  return [...byPurl.values()]
    .map(([one, files]) => ({ ...one, files: one.files === undefined ? undefined : [...files].sort(comparePaths) }))
    .sort((left, right) => comparePaths(left.purl, right.purl));
}

async function readSystemPackages(
  tree: FileTree,
  contents: ContentSource,
  ownership: PackageOwnership,
  distribution: Distribution | undefined,
): Promise<readonly InstalledPackage[]> {
  const filesOf = filesByRecord(ownership);
  const texts = async (paths: readonly string[]): Promise<string[]> => {
    const files = paths.flatMap((path) => {
      const { entry } = tree.resolve(path);
      return entry?.type === 'file' && entry.sizeBytes <= maxRecordBytes ? entry : [];
    });
    await contents.fetch(files.map(({ path }) => path));
    return files.map(({ path, sizeBytes }) => Buffer.from(contents.read(path, 0, sizeBytes)).toString('utf8'));
  };
  switch (ownership.kind) {
    case 'dpkg': {
      const records = tree.children(distrolessRecords).filter((path) => !path.endsWith('.md5sums'));
      return parseDebianPackages(await texts([dpkgStatus, ...records]), distribution, filesOf);
    }
    case 'apk': {
      const [database = ''] = await texts(apkDatabases);
      return parseAlpinePackages(database, distribution, filesOf);
    }
    case 'rpm': {
      const database = await readRpmDatabase(tree, contents);
      const headers = database !== undefined && 'packages' in database ? database.packages : [];
      return listRpmPackages(headers, distribution, filesOf);
    }
    default:
      return [];
  }
}
