import { parseApkInstalled } from '../../image/apk-installed.js';
import { parseDpkgStatus } from '../../image/dpkg-status.js';
import type { FileTree } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import { type Distribution, readDistribution } from '../../image/inventory/distribution.js';
import { listRpmPackages } from '../../image/inventory/rpm-packages.js';
import { readPackageText } from '../../image/package-text.js';
import { apkDatabases, type PackageOwnership, readPackages } from '../../image/packages.js';
import { baseName, childOf, type ImagePath } from '../../image/path.js';
import { readRpmDatabase } from '../../image/rpm/read-rpm-database.js';

export const dpkgStatus = '/var/lib/dpkg/status';
export const dpkgRecords = '/var/lib/dpkg/status.d' as ImagePath;

/** The packages of an image's distribution, and which releases of them they are. */
export interface SystemPackages {
  readonly distribution: Distribution | undefined;
  readonly ownership: PackageOwnership;
  /** By package name, epoch and release included; without those whose files are not installed. */
  readonly versions: ReadonlyMap<string, string>;
}

type Readable = Pick<Image, 'tree' | 'contents'>;

/** Images don't change, and are asked again in each round of healing. */
const known = new WeakMap<FileTree, Promise<SystemPackages>>();

/** Reads an image's package records, once: dpkg's, apk's or rpm's. Never throws for what they hold. */
export async function readSystemPackages(image: Readable): Promise<SystemPackages> {
  const reading = known.get(image.tree) ?? readRecords(image);
  known.set(image.tree, reading);
  return await reading;
}

async function readRecords(image: Readable): Promise<SystemPackages> {
  const distribution = await readDistribution(image.tree, image.contents);
  const ownership = await readPackages(image.tree, image.contents);
  return { distribution, ownership, versions: await readVersions(image, ownership.kind) };
}

async function readVersions(image: Readable, kind: PackageOwnership['kind']): Promise<ReadonlyMap<string, string>> {
  if (kind === 'rpm') {
    const database = await readRpmDatabase(image.tree, image.contents);
    const headers = database !== undefined && 'packages' in database ? database.packages : [];
    return new Map(listRpmPackages(headers, undefined, () => []).map(({ name, version }) => [name, version]));
  }
  if (kind === 'dpkg') {
    const children = image.tree.children(dpkgRecords).filter((path) => !path.endsWith('.md5sums'));
    const texts = await Promise.all([dpkgStatus, ...children].map((path) => readTextFile(image, path)));
    return new Map(texts.flatMap((text) => (text === undefined ? [] : dpkgVersions(text))));
  }
  if (kind !== 'apk') return new Map();
  for (const path of apkDatabases) {
    const text = await readTextFile(image, path);
    if (text !== undefined) return apkVersions(text);
  }
  return new Map();
}

/** Name and version of each stanza of dpkg's status, or of a distroless record, that stands for installed files. */
export function dpkgVersions(text: string): [string, string][] {
  return parseDpkgStatus(text).flatMap(({ fields }): [string, string][] => {
    const [name, version, status = ''] = [fields.get('package'), fields.get('version'), fields.get('status')];
    if (name === undefined || version === undefined) return [];
    return / (?:not-installed|config-files)\s*$/.test(status) ? [] : [[name.trim(), version.trim()]];
  });
}

/** Name and version of each package in apk's `installed`. */
export function apkVersions(text: string): ReadonlyMap<string, string> {
  return new Map(
    parseApkInstalled(text).map(({ name, header }) => [
      name,
      header.find((line) => line.startsWith('V:'))?.slice(2) ?? '',
    ]),
  );
}

/** A regular file's text, symlinks followed; undefined when it isn't there. File names in it are bytes, as in trees. */
export async function readTextFile({ tree, contents }: Readable, path: string): Promise<string | undefined> {
  const { entry } = tree.resolve(path);
  if (entry?.type !== 'file') return undefined;
  await contents.fetch([entry.path]);
  return readPackageText(entry, contents);
}

/** The package that a file of `status.d` is about, or undefined for any other file: `…/libc6`, `…/libc6.md5sums`. */
export function recordedPackage(path: ImagePath): { readonly name: string; readonly isList: boolean } | undefined {
  const name = baseName(path);
  if (path !== childOf(dpkgRecords, name)) return undefined;
  const isList = name.endsWith('.md5sums');
  const id = isList ? name.slice(0, -'.md5sums'.length) : name;
  return { name: id.replace(/:.*$/, ''), isList };
}
