import { comparePaths, type FileTree } from '../image/file-tree.js';
import { type ImagePath, parentOf, rootPath } from '../image/path.js';
import { parentOfReason, type Reason } from './reason.js';

/** What one ground for keeping files costs: what would not be kept without it, all others staying as they are. */
export interface Cost {
  /** `trace`, `libraries`, a defence's name, `pack NAME` … */
  readonly ground: string;
  readonly files: number;
  readonly bytes: number;
}

/** Every reason of every selected path, not only those that are shown. */
export type AllReasons = ReadonlyMap<ImagePath, ReadonlyMap<string, Reason>>;

/** The cost of each ground that has one, the largest first. */
export function costsOf(reasons: AllReasons, tree: FileTree): readonly Cost[] {
  const support = supportOf(reasons);
  const grounds = new Set(support.roots.map(({ ground }) => ground));
  for (const known of support.dependents.values()) for (const { ground } of known) grounds.add(ground);
  return [...grounds]
    .filter((ground) => ground !== undefined)
    .map((ground) => ({ ground, ...sizeOf(unsupported(reasons, support, new Set([ground])), reasons, tree) }))
    .filter(({ files }) => files > 0)
    .sort((left, right) => right.bytes - left.bytes || comparePaths(left.ground, right.ground));
}

/** The paths that no run asked for: static knowledge alone keeps them. */
export function keptOnStaticEvidence(reasons: AllReasons): ReadonlySet<ImagePath> {
  const grounds = new Set<string | undefined>();
  for (const known of reasons.values()) {
    for (const reason of known.values())
      if (reason.kind === 'static' || reason.kind === 'pack' || reason.kind === 'enumerated')
        grounds.add(groundOf(reason));
  }
  return grounds.size === 0 ? new Set() : unsupported(reasons, supportOf(reasons), grounds);
}

interface Supported {
  readonly path: ImagePath;
  readonly ground: string | undefined;
}

/** Who holds whom: paths that stand by themselves, and what each path holds, all by the ground of the reason. */
interface Support {
  readonly roots: readonly Supported[];
  readonly dependents: ReadonlyMap<ImagePath, readonly Supported[]>;
}

function supportOf(reasons: AllReasons): Support {
  const roots: Supported[] = [];
  const dependents = new Map<ImagePath, Supported[]>();
  for (const [path, known] of reasons) {
    for (const reason of known.values()) {
      const supported = { path, ground: groundOf(reason) };
      const parent = parentOfReason(reason);
      const siblings = parent === undefined ? roots : dependents.get(parent);
      if (siblings !== undefined) siblings.push(supported);
      else if (parent !== undefined) dependents.set(parent, [supported]);
    }
  }
  return { roots, dependents };
}

/** On what ground a reason stands; undefined for those that only lead on from another path. */
function groundOf(reason: Reason): string | undefined {
  switch (reason.kind) {
    case 'symlink':
    case 'symlink-target':
    case 'parent-directory':
    case 'walked-through':
      return undefined;
    case 'static':
      return reason.defence;
    case 'pack':
    case 'enumerated':
      return `pack ${reason.pack}`;
    case 'healed':
      return 'healing';
    case 'elf-interpreter':
    case 'elf-needed':
    case 'cpu-variant':
    case 'loader-configuration':
    case 'shebang':
      return 'libraries';
    case 'certificates':
    case 'identity':
    case 'os-release':
      return reason.kind;
    case 'included-by-user':
    case 'included-shell':
      return 'include';
    default:
      return 'trace';
  }
}

/** The paths that no chain of reasons leads to a root cause any more when those of some grounds are taken away. */
function unsupported(
  reasons: AllReasons,
  { roots, dependents }: Support,
  without: ReadonlySet<string | undefined>,
): Set<ImagePath> {
  const supported = new Set(roots.filter(({ ground }) => !without.has(ground)).map(({ path }) => path));
  const queue = [...supported];
  const support = (path: ImagePath) => {
    if (supported.has(path)) return;
    supported.add(path);
    queue.push(path);
  };
  for (const path of queue) {
    for (const dependent of dependents.get(path) ?? []) if (!without.has(dependent.ground)) support(dependent.path);
    if (path !== rootPath) support(parentOf(path));
  }
  return new Set([...reasons.keys()].filter((path) => !supported.has(path)));
}

/** Regular files and their bytes; one with several names counts once, and only when all its kept names are among them. */
function sizeOf(paths: ReadonlySet<ImagePath>, reasons: AllReasons, tree: FileTree): { files: number; bytes: number } {
  const remaining = new Set<string>();
  for (const path of reasons.keys()) {
    const link = tree.get(path)?.hardLinkId;
    if (link !== undefined && !paths.has(path)) remaining.add(link);
  }
  let files = 0;
  let bytes = 0;
  for (const path of paths) {
    const entry = tree.get(path);
    if (entry?.type !== 'file') continue;
    files += 1;
    if (entry.hardLinkId !== undefined) {
      if (remaining.has(entry.hardLinkId)) continue;
      remaining.add(entry.hardLinkId);
    }
    bytes += entry.sizeBytes;
  }
  return { files, bytes };
}
