import type { FileTree } from '../file-tree.js';
import type { ContentSource } from '../image.js';
import type { PackageOwnership } from '../packages.js';
import { decodePathBytes, type ImagePath, parentOf } from '../path.js';
import type { InstalledPackage, PackageType } from './installed-package.js';
import { findManifests, type Manifest } from './manifest.js';
import { renderPackageUrl } from './package-url.js';
import { type DescribedPackage, parseManifest } from './parse-manifest.js';

/**
 * The packages that languages' package managers installed. What a distribution's package brought along is that
 * package's: its version and its advisories are the distribution's.
 */
export async function readLanguagePackages(
  tree: FileTree,
  contents: ContentSource,
  ownership: PackageOwnership,
): Promise<InstalledPackage[]> {
  const manifests = findManifests(tree).filter(({ path }) => ownership.ownerOf(path) === undefined);
  await contents.fetch(manifests.flatMap(({ path, lists }) => [path, ...lists]));
  const read = (path: ImagePath) => decodePathBytes(contents.read(path, 0, tree.get(path)?.sizeBytes ?? 0));
  const located = manifests.flatMap((manifest: Manifest) =>
    parseManifest({ ...manifest, text: read(manifest.path), listTexts: manifest.lists.map(read) }).map((one) =>
      locate(one, tree),
    ),
  );
  addFilesBelow(located, tree);
  return located.map(({ described: { type, name, version, licenses }, purl, files }) => ({
    type,
    name,
    version,
    purl,
    licenses,
    files: [...files],
  }));
}

interface LocatedPackage {
  readonly described: Omit<DescribedPackage, 'files'>;
  readonly purl: string;
  readonly directories: readonly ImagePath[];
  readonly files: Set<ImagePath>;
}

/** Finds in the tree what a package says of itself: only that is remembered, since lists may be as long as they like. */
function locate({ files: listed, ...described }: DescribedPackage, tree: FileTree): LocatedPackage {
  const files = new Set<ImagePath>();
  for (const file of listed) {
    const { entry } = tree.resolve(file, { followLast: false });
    if (entry !== undefined && entry.type !== 'directory') files.add(entry.path);
  }
  const directories = described.directories.flatMap((directory) => {
    const { entry } = tree.resolve(directory);
    return entry?.type === 'directory' ? entry.path : [];
  });
  return { described, purl: purlOf(described), directories, files };
}

/** A file is that package's whose directory is the nearest above it. */
function addFilesBelow(located: readonly LocatedPackage[], tree: FileTree): void {
  const owners = new Map<ImagePath, LocatedPackage | undefined>();
  for (const one of located) for (const directory of one.directories) owners.set(directory, one);
  for (const { path, type } of tree.entries())
    if (type !== 'directory') nearestOwner(parentOf(path), owners)?.files.add(path);
}

/** What is found is remembered for every directory on the way, so that all walks together are as long as the tree is large. */
function nearestOwner(
  directory: ImagePath,
  owners: Map<ImagePath, LocatedPackage | undefined>,
): LocatedPackage | undefined {
  const walked: ImagePath[] = [];
  let current = directory;
  while (!owners.has(current) && current !== '/') {
    walked.push(current);
    current = parentOf(current);
  }
  const owner = owners.get(current);
  for (const path of walked) owners.set(path, owner);
  return owner;
}

const withoutNamespace: readonly PackageType[] = ['pypi', 'gem'];

/** Names as each type's definition has them (package-url/purl-spec, types/*-definition.json). */
function purlOf({ type, name, version }: Pick<DescribedPackage, 'type' | 'name' | 'version'>): string {
  if (type === 'pypi') return renderPackageUrl({ type, name: name.toLowerCase().replace(/[-_.]+/g, '-'), version });
  if (withoutNamespace.includes(type)) return renderPackageUrl({ type, name, version });
  const cut = name.lastIndexOf('/');
  const own = type === 'composer' ? name.toLowerCase() : name;
  return renderPackageUrl({ type, namespace: own.slice(0, Math.max(cut, 0)), name: own.slice(cut + 1), version });
}
