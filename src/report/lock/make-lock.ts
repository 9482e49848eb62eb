import { comparePaths } from '../../image/file-tree.js';
import { LastingNames } from '../../selection/lock/lasting-names.js';
import type { Lock, LockedFlags } from '../../selection/lock/lock.js';
import { describeConfig } from '../../selection/lock/locked-config.js';
import { privilegeOf } from '../../selection/lock/privileges.js';
import { significantReason } from '../../selection/lock/significant.js';
import { waysOf } from '../../selection/traced-path.js';
import type { SlimResult } from '../../slim-result.js';
import type { Touched, TracedPath } from '../../trace/trace.js';
import { renderReason } from '../reason-text.js';

/** What a lock says beside what the run of slimming came to. */
export interface LockRequest {
  readonly image: string;
  readonly version: string;
  readonly options: LockedFlags;
  readonly scenarios: readonly LockedFlags[];
  readonly command: readonly string[];
  readonly allow: readonly string[];
}

/** The rules by which a proved result was made, to be reviewed. The same result gives the same lock. */
export function makeLock(result: SlimResult, { image, version, ...request }: LockRequest): Lock {
  const { tree, trace, slim, original } = result;
  const isThere = (path: TracedPath): boolean => [...waysOf(tree, path)].some(({ entry }) => entry !== undefined);
  const missed = result.healing.rounds.flatMap(({ paths }) => paths);
  const names = new LastingNames(tree, [...trace.paths, ...missed]);
  const lasting = (paths: readonly TracedPath[]) => unite(paths.map((path) => names.of(path)));
  const traced = lasting(trace.paths.filter(isThere));
  const healed = lasting(missed.filter(isThere));
  const said = new Set([...traced, ...healed].map(({ path }) => path));
  const selection = [...result.selection.selection];
  return {
    image,
    made: {
      slimtrace: version,
      id: original.id,
      platform: trace.image.platform,
      files: slim.census.files,
      sizeBytes: slim.sizeBytes,
    },
    config: describeConfig(result.config),
    ...request,
    commands: commandsOf(result),
    traced,
    lookedFor: lasting([...trace.paths, ...missed].filter((path) => !isThere(path))).filter(
      ({ path }) => !said.has(path),
    ),
    healed: healed.filter(({ path }) => !traced.some((one) => one.path === path)),
    derived: new Map(
      selection.flatMap(([path, reasons]) => {
        const reason = significantReason(reasons);
        return reason === undefined || said.has(path) ? [] : [[path, renderReason(reason)] as const];
      }),
    ),
    privileges: new Map(
      selection.flatMap(([path]) => {
        const entry = tree.get(path);
        const privilege = entry === undefined ? undefined : privilegeOf(entry);
        return privilege === undefined ? [] : [[path, privilege] as const];
      }),
    ),
  };
}

/** The container's own command first, then those of the checks, each once. */
function commandsOf({ trace }: SlimResult): readonly (readonly string[])[] {
  const sorted = [...trace.runs].sort((left, right) => Number(left.mode === 'exec') - Number(right.mode === 'exec'));
  return [...new Map(sorted.map(({ command }) => [JSON.stringify(command), command])).values()];
}

function unite(paths: readonly Touched[]): readonly Touched[] {
  const united = new Map<string, Touched>();
  for (const { path, accesses, programs, reachedThrough = [] } of paths) {
    const known = united.get(path);
    const through = both(known?.reachedThrough, reachedThrough);
    united.set(path, {
      path,
      accesses: both(known?.accesses, accesses),
      programs: both(known?.programs, programs),
      ...(through.length === 0 ? {} : { reachedThrough: through }),
    });
  }
  return [...united.values()].sort((left, right) => comparePaths(left.path, right.path));
}

function both<Item extends string>(known: readonly Item[] = [], more: readonly Item[]): readonly Item[] {
  return [...new Set([...known, ...more])].sort();
}
