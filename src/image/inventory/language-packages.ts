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
  const described = manifests.flatMap((manifest: Manifest) =>
    parseManifest({ ...manifest, text: read(manifest.path), listTexts: manifest.lists.map(read) }),
  );
  const files = assignFiles(described, tree);
  return described.map((one) => ({
    type: one.type,
    name: one.name,
    version: one.version,
    purl: purlOf(one),
    licenses: one.licenses,
    files: [...(files.get(one) ?? [])],
  }));
}

/** A file is that package's whose directory is the nearest above it; lists name files wherever they are. */
function assignFiles(
  described: readonly DescribedPackage[],
  tree: FileTree,
): ReadonlyMap<DescribedPackage, ReadonlySet<ImagePath>> {
  const files = new Map<DescribedPackage, Set<ImagePath>>(described.map((one) => [one, new Set()]));
  const owners = new Map<ImagePath, DescribedPackage | undefined>();
  for (const one of described) {
    for (const directory of one.directories) {
      const { entry } = tree.resolve(directory);
      if (entry?.type === 'directory') owners.set(entry.path, one);
    }
    for (const file of one.files) {
      const { entry } = tree.resolve(file, { followLast: false });
      if (entry !== undefined && entry.type !== 'directory') files.get(one)?.add(entry.path);
    }
  }
  for (const { path, type } of tree.entries()) {
    if (type === 'directory') continue;
    const owner = nearestOwner(parentOf(path), owners);
    if (owner !== undefined) files.get(owner)?.add(path);
  }
  return files;
}

/** What is found is remembered for every directory on the way, so that all walks together are as long as the tree is large. */
function nearestOwner(
  directory: ImagePath,
  owners: Map<ImagePath, DescribedPackage | undefined>,
): DescribedPackage | undefined {
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
function purlOf({ type, name, version }: DescribedPackage): string {
  if (type === 'pypi') return renderPackageUrl({ type, name: name.toLowerCase().replace(/[-_.]+/g, '-'), version });
  if (withoutNamespace.includes(type)) return renderPackageUrl({ type, name, version });
  const cut = name.lastIndexOf('/');
  const own = type === 'composer' ? name.toLowerCase() : name;
  return renderPackageUrl({ type, namespace: own.slice(0, Math.max(cut, 0)), name: own.slice(cut + 1), version });
}
