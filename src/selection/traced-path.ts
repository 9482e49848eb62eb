import type { FileTree, Resolution } from '../image/file-tree.js';
import type { AccessKind, TracedPath } from '../trace/trace.js';

/**
 * System calls that act on a symlink itself (path_resolution(7)). Those of the agent's kinds that cover both variants
 * of a call (stat and lstat, chown and lchown) aren't here: a target too many is safe.
 */
const onTheLinkItself: ReadonlySet<AccessKind> = new Set<AccessKind>([
  'readlink',
  'rename',
  'link',
  'unlink',
  'rmdir',
  'mkdir',
  'mknod',
  'symlink',
  'bind',
]);

/**
 * Of those, the ones after which the program can go on to where the link leads without naming it again: it has the
 * text, or the link under another name that this image doesn't have. After the others nobody gets through the link.
 */
const leadsOnAfter: ReadonlySet<AccessKind> = new Set<AccessKind>(['readlink', 'rename', 'link']);

/** Where a traced path led, by each name it is known by. */
export interface TracedWay extends Resolution {
  /** The name as the program, or the kernel, had it. */
  readonly named: string;
  /** False: the program did something to a symlink itself. */
  readonly followLast: boolean;
  /** True: it could go on from the symlink that `entry` is without naming it again. */
  readonly leadsOn: boolean;
}

/** Walks the names of a traced path in a tree. */
export function* waysOf(tree: FileTree, { path, reachedThrough = [], accesses }: TracedPath): Generator<TracedWay> {
  const followLast = accesses.length === 0 || accesses.some((access) => !onTheLinkItself.has(access));
  for (const named of [path, ...reachedThrough]) {
    const way = tree.resolve(named, { followLast });
    const leadsOn = way.entry?.type === 'symlink' && accesses.some((access) => leadsOnAfter.has(access));
    yield { ...way, named, followLast, leadsOn };
  }
}
