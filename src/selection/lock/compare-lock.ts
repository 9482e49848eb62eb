import { comparePaths, type FileTree } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { Trace } from '../../trace/trace.js';
import type { GeneralisedTrace } from '../generalise/generalise-trace.js';
import { Successors } from '../generalise/successors.js';
import { matchesAny } from '../path-matcher.js';
import type { Selection } from '../reason.js';
import { waysOf } from '../traced-path.js';
import type { DriftChange } from './drift.js';
import type { Lock } from './lock.js';
import { describeConfig } from './locked-config.js';
import { privilegeOf } from './privileges.js';
import { significantReason } from './significant.js';

/** A build of the locked image, and what the lock's rules keep of it. */
export interface LockedBuild {
  readonly config: ImageConfig;
  readonly tree: FileTree;
  readonly selection: Selection;
  /** The lock's traces on this build. */
  readonly traced: GeneralisedTrace;
  readonly healed: GeneralisedTrace;
}

/** What is not as the lock says, its options left out. */
export function compareLock(lock: Lock, build: LockedBuild): readonly DriftChange[] {
  const config = compareSettings('config', lock.config, describeConfig(build.config));
  const covered = coveredPaths(lock, build);
  const isAllowed = ({ what, now }: DriftChange) => [what, ...now].every((path) => matchesAny(lock.allow, path));
  const paths = [...tracedChanges(build), ...derivedChanges(lock, build, covered), ...additions(build, covered)]
    .filter((change) => !isAllowed(change))
    .sort((left, right) => comparePaths(left.what, right.what));
  return [...config, ...comparePrivileges(lock, build), ...paths];
}

/** Settings by name that are not what they were, in the order of their names. */
export function compareSettings(
  of: 'config' | 'option',
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly DriftChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((what): readonly DriftChange[] => {
    const [was, is] = [before[what], now[what]];
    if (was === is) return [];
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ kind, of, what, was: was ?? null, now: is === undefined ? [] : [is], why: '', isExpected: false }];
  });
}

function removed(what: string, why: string): DriftChange {
  return { kind: 'removed', of: 'path', what, was: null, now: [], why, isExpected: false };
}

function renamed(what: string, now: readonly string[]): DriftChange {
  return { kind: 'renamed', of: 'path', what, was: null, now, why: '', isExpected: true };
}

/** Renamed and removed paths of traces that were made on another build. */
export function tracedChanges(build: Pick<LockedBuild, 'traced' | 'healed'>): readonly DriftChange[] {
  const gone = new Map([...build.traced.gone, ...build.healed.gone].map((traced) => [traced.path, traced]));
  const successors = new Map([...build.traced.renamed, ...build.healed.renamed]);
  return [
    ...[...successors].map(([path, now]) => renamed(path, now)),
    ...[...gone.values()].map(({ path, accesses }) => removed(path, `traced: ${accesses.join(' ')}`)),
  ];
}

/** What the lock's rules of this build name: traced and healed paths with the links on their ways, and those it derived. */
function coveredPaths({ derived }: Lock, { tree, traced, healed }: LockedBuild): Set<string> {
  const covered = new Set<string>(derived.keys());
  for (const { path, existed, ...touched } of pathsOf([traced.trace, healed.trace])) {
    if (existed === false) continue;
    for (const { entry, symlinks, leadsOn } of waysOf(tree, { path, ...touched })) {
      if (entry !== undefined) covered.add(entry.path);
      for (const link of symlinks) covered.add(link);
      if (!leadsOn || entry === undefined) continue;
      const target = tree.resolve(entry.path).entry;
      if (target !== undefined) covered.add(target.path);
    }
  }
  return covered;
}

function pathsOf(traces: readonly Trace[]) {
  return traces.flatMap(({ paths }) => paths);
}

/** Adds to `covered` what took a derived path's place. */
function derivedChanges(lock: Lock, { tree, selection }: LockedBuild, covered: Set<string>): readonly DriftChange[] {
  const successors = new Successors(tree);
  return [...lock.derived].flatMap(([path, why]): readonly DriftChange[] => {
    if (selection.has(path as ImagePath)) return [];
    if (tree.has(path)) return [removed(path, `${why}: now nothing asks for it`)];
    const now = successors.of(path).filter((one) => selection.has(one as ImagePath));
    if (now.length === 0) return [removed(path, why)];
    for (const one of now) covered.add(one);
    return [renamed(path, now)];
  });
}

function additions({ selection }: LockedBuild, covered: ReadonlySet<string>): readonly DriftChange[] {
  return [...selection].flatMap(([path, reasons]): readonly DriftChange[] => {
    const reason = significantReason(reasons);
    if (reason === undefined || covered.has(path)) return [];
    return [{ kind: 'added', of: 'path', what: path, was: null, now: [path], why: '', reason, isExpected: false }];
  });
}

function comparePrivileges(lock: Lock, { tree, selection }: LockedBuild): readonly DriftChange[] {
  const now = [...selection.keys()].flatMap((path) => {
    const entry = tree.get(path);
    const privilege = entry === undefined ? undefined : privilegeOf(entry);
    return privilege === undefined ? [] : [[path, privilege] as const];
  });
  const before = Object.fromEntries(lock.privileges);
  return compareSettings('config', before, Object.fromEntries(now)).map((change) => ({ ...change, of: 'privilege' }));
}
