import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import type { PackageOwnership } from '../../image/packages.js';
import { baseName, type ImagePath } from '../../image/path.js';

const records = [
  '/var/lib/dpkg/',
  '/lib/apk/',
  '/usr/lib/apk/',
  '/var/lib/rpm/',
  '/usr/lib/sysimage/',
  '/etc/ssl/',
  '/etc/pki/',
  '/etc/ca-certificates/',
  '/usr/share/ca-certificates/',
  '/usr/local/share/ca-certificates/',
];

/** True for package records and certificates: they change with the system, whoever wrote them. */
export function isRecord(path: ImagePath): boolean {
  return records.some((directory) => path.startsWith(directory));
}

/** What starts or drops privileges before any application, and is no package's in images that fetch it. */
const carriers = new Set(['tini', 'tini-static', 'dumb-init', 'gosu', 'su-exec', 'catatonit']);

const programs = /^(?:\/usr)?\/s?bin\//;
/** Each package has a directory of its own there, more or less. */
const shelves = /^(?:(?:\/usr)?\/lib(?:32|64|x32)?|\/usr\/(?:libexec|share|include)|\/var\/(?:lib|cache))\/[^/]+/;
const served = /\/(?:html|htdocs|www|webapps|public_html)\//;
/** Nothing of an application's is kept there, but for directories that must be. */
const fleeting = /^\/(?:dev|proc|sys|run|tmp|mnt|media|boot|var\/(?:log|run|lock|tmp|spool|mail))(?:\/|$)/;

/** Tells what the system came with from what an image's author put there. */
export class SystemPlaces {
  readonly #tree: FileTree;
  readonly #ownership: PackageOwnership;
  readonly #isOfPackages = new Map<string, boolean>();
  readonly #released = new Map<string, number>();

  constructor(tree: FileTree, ownership: PackageOwnership) {
    this.#tree = tree;
    this.#ownership = ownership;
  }

  /** Whether what no package owns came with the system all the same: links, caches, what is derived. */
  has({ type }: TreeEntry, path: ImagePath): boolean {
    if (this.isCarrier(path) || fleeting.test(path)) return true;
    // What a build writes there, accounts and settings, is small; at each `useradd` it would take all of the system along.
    if (path.startsWith('/etc/')) return type !== 'file';
    const knowsOwners = this.#ownership.kind !== 'none' && this.#ownership.kind !== 'unknown';
    if (programs.test(path)) return type !== 'file' || !knowsOwners;
    const [shelf] = shelves.exec(path) ?? [];
    if (shelf === undefined) return path === '/' || (type !== 'file' && path.split('/').length === 2);
    if (served.test(path)) return false;
    return !knowsOwners || this.#tree.get(shelf)?.type !== 'directory' || this.#holdsOwned(shelf);
  }

  isCarrier(path: ImagePath): boolean {
    return carriers.has(baseName(path));
  }

  /**
   * Whether a package's configuration or page was written anew by who made the image: it is younger than all that the
   * package has elsewhere. dpkg, apk and rpm keep the times that files had when the package was built.
   */
  isChangedSince(path: ImagePath, owner: string): boolean {
    if (!isOften(path)) return false;
    const entry = this.#tree.get(path);
    return entry?.type === 'file' && entry.mtime.seconds > this.#releaseOf(owner);
  }

  #releaseOf(name: string): number {
    const known = this.#released.get(name);
    if (known !== undefined) return known;
    let released = Number.NEGATIVE_INFINITY;
    for (const path of this.#ownership.filesOf(name)) {
      const entry = isOften(path) ? undefined : this.#tree.get(path);
      if (entry !== undefined && entry.type !== 'directory') released = Math.max(released, entry.mtime.seconds);
    }
    const result = Number.isFinite(released) ? released : Number.POSITIVE_INFINITY;
    this.#released.set(name, result);
    return result;
  }

  #holdsOwned(directory: string): boolean {
    const known = this.#isOfPackages.get(directory);
    if (known !== undefined) return known;
    let holds = false;
    for (const { path } of this.#tree.below(directory)) {
      holds = this.#ownership.ownerOf(path) !== undefined;
      if (holds) break;
    }
    this.#isOfPackages.set(directory, holds);
    return holds;
  }
}

/** Where an image's author often writes over what a package brought. */
function isOften(path: ImagePath): boolean {
  return path.startsWith('/etc/') || path.startsWith('/var/') || served.test(path);
}
