import { comparePaths, type FileTree } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { Trace } from '../../trace/trace.js';
import type { GeneralisedTrace } from '../generalise/generalise-trace.js';
import { generalName, isNextName } from '../generalise/next-name.js';
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
  const covered = namedPaths(lock, build);
  const derived = derivedChanges(lock, build, covered);
  const led = ledOn(build, covered);
  const isAllowed = ({ what, now }: DriftChange) => [what, ...now].every((path) => matchesAny(lock.allow, path));
  const paths = [...tracedChanges(build), ...derived, ...led, ...additions(build, covered)]
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

/** What the lock's rules name, by its names in this build. */
function namedPaths({ derived }: Lock, { traced, healed }: LockedBuild): Set<string> {
  const named = new Set<string>(derived.keys());
  for (const { path, existed, reachedThrough = [] } of pathsOf([traced.trace, healed.trace])) {
    if (existed === false) continue;
    for (const name of [path, ...reachedThrough]) named.add(name);
  }
  return named;
}

/**
 * Adds to `covered` where its links lead in this build, if that is the next version of a path in it: a library's link leads to
 * the next release, though the one before is still there. Any other place that a link leads to now has no rule.
 */
function ledOn({ tree, traced, healed, selection }: LockedBuild, covered: Set<string>): readonly DriftChange[] {
  const before = new Map([...covered].map((path) => [generalName(path), path]));
  return pathsOf([traced.trace, healed.trace]).flatMap((touched) => {
    if (touched.existed === false) return [];
    const ways = [...waysOf(tree, touched)].flatMap(({ entry, symlinks }) => {
      const target = entry?.type === 'symlink' ? tree.resolve(entry.path).entry : undefined;
      return [...symlinks, ...[entry, target].flatMap((one) => one?.path ?? [])];
    });
    return ways.flatMap((path): readonly DriftChange[] => {
      if (covered.has(path) || !selection.has(path)) return [];
      const was = before.get(generalName(path));
      if (was === undefined || !isNextName(was, path)) return [];
      covered.add(path);
      return [renamed(was, [path])];
    });
  });
}

function pathsOf(traces: readonly Trace[]) {
  return traces.flatMap(({ paths }) => paths);
}

/** Adds to `covered` what took a derived path's place. */
function derivedChanges(lock: Lock, { tree, selection }: LockedBuild, covered: Set<string>): readonly DriftChange[] {
  const successors = new Successors(tree);
  const added = new Map<string, string[]>();
  for (const path of selection.keys()) {
    if (covered.has(path)) continue;
    const name = generalName(path);
    added.set(name, [...(added.get(name) ?? []), path]);
  }
  const nextOf = (path: string): readonly string[] =>
    tree.has(path)
      ? (added.get(generalName(path)) ?? []).filter((one) => isNextName(path, one))
      : successors.of(path).filter((one) => selection.has(one as ImagePath));
  return [...lock.derived].flatMap(([path, why]): readonly DriftChange[] => {
    if (selection.has(path as ImagePath)) return [];
    const now = nextOf(path);
    for (const one of now) covered.add(one);
    if (now.length > 0) return [renamed(path, now)];
    return [removed(path, tree.has(path) ? `${why}: now nothing asks for it` : why)];
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
