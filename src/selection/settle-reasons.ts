import { comparePaths } from '../image/file-tree.js';
import { type ImagePath, parentOf, rootPath } from '../image/path.js';
import { parentOfReason, type Reason, type Selection } from './reason.js';

/** So many reasons are enough to answer why a path is kept; a busy directory has tens of thousands. */
const maxReasons = 5;

interface RankedReason {
  readonly reason: Reason;
  readonly key: string;
  /** Steps to a root cause when going by this reason. */
  readonly distance: number;
}

/**
 * The final selection: sorted by path, and for each path the few reasons that are nearest to a root cause, nearest
 * first. The same reasons in another order give the same selection.
 */
export function settleReasons(reasons: ReadonlyMap<ImagePath, ReadonlyMap<string, Reason>>): Selection {
  const distances = measureDistances(reasons);
  const distanceOf = (path: ImagePath): number => distances.get(path) ?? Number.POSITIVE_INFINITY;
  const children = nearestChildren(reasons, distanceOf);
  const selection = new Map<ImagePath, readonly Reason[]>();
  for (const path of [...reasons.keys()].sort(comparePaths)) {
    const ranked: RankedReason[] = [];
    const child = children.get(path);
    for (const [key, reason] of reasons.get(path) ?? []) {
      // That a name went through a directory says nothing once something kept stands in it.
      if (reason.kind === 'walked-through' && child !== undefined) continue;
      const parent = parentOfReason(reason);
      ranked.push({ reason, key, distance: parent === undefined ? 0 : distanceOf(parent) + 1 });
    }
    if (child !== undefined) {
      ranked.push({ reason: { kind: 'parent-directory', parent: child }, key: child, distance: distanceOf(child) + 1 });
    }
    ranked.sort(compareRanked);
    selection.set(
      path,
      ranked.slice(0, maxReasons).map(({ reason }) => reason),
    );
  }
  return selection;
}

function compareRanked(left: RankedReason, right: RankedReason): number {
  return left.distance === right.distance ? comparePaths(left.key, right.key) : left.distance < right.distance ? -1 : 1;
}

/** Breadth first from the root causes: how many steps lead from each path to the nearest one. */
function measureDistances(reasons: ReadonlyMap<ImagePath, ReadonlyMap<string, Reason>>): Map<ImagePath, number> {
  const dependents = new Map<ImagePath, ImagePath[]>();
  const distances = new Map<ImagePath, number>();
  for (const [path, known] of reasons) {
    for (const reason of known.values()) {
      const parent = parentOfReason(reason);
      if (parent === undefined) distances.set(path, 0);
      else pushTo(dependents, parent, path);
    }
    if (path !== rootPath) pushTo(dependents, path, parentOf(path));
  }
  const queue = [...distances.keys()];
  for (const path of queue) {
    const next = (distances.get(path) ?? 0) + 1;
    for (const dependent of dependents.get(path) ?? []) {
      if (distances.has(dependent)) continue;
      distances.set(dependent, next);
      queue.push(dependent);
    }
  }
  return distances;
}

/** For each directory the child that is nearest to a root cause, the first by name of several. */
function nearestChildren(
  reasons: ReadonlyMap<ImagePath, unknown>,
  distanceOf: (path: ImagePath) => number,
): Map<ImagePath, ImagePath> {
  const nearest = new Map<ImagePath, ImagePath>();
  for (const path of reasons.keys()) {
    if (path === rootPath) continue;
    const directory = parentOf(path);
    const known = nearest.get(directory);
    if (known === undefined || isNearer(path, known, distanceOf)) nearest.set(directory, path);
  }
  return nearest;
}

function isNearer(path: ImagePath, than: ImagePath, distanceOf: (path: ImagePath) => number): boolean {
  const [left, right] = [distanceOf(path), distanceOf(than)];
  return left === right ? comparePaths(path, than) < 0 : left < right;
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
