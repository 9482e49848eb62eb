import type { FileTree } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import { waysOf } from '../../selection/traced-path.js';
import type { AccessKind, Trace, TracedPath } from '../../trace/trace.js';
import type { AccessBits } from './permission.js';

/** What the application has to be able to do with an entry. */
export interface Need {
  readonly bits: AccessBits;
  /** It changes its mode or times, or takes it away from a sticky directory: only the owner may. */
  readonly owns: boolean;
}

const onExisting: Partial<Record<AccessKind, Need>> = {
  read: { bits: 4, owns: false },
  list: { bits: 4, owns: false },
  opendir: { bits: 4, owns: false },
  watch: { bits: 4, owns: false },
  exec: { bits: 1, owns: false },
  chdir: { bits: 1, owns: false },
  write: { bits: 2, owns: false },
  create: { bits: 2, owns: false },
  truncate: { bits: 2, owns: false },
  mode: { bits: 0, owns: true },
  time: { bits: 0, owns: true },
};

/** Accesses that make a name, where it isn't there yet. */
const making: ReadonlySet<AccessKind> = new Set(['create', 'mkdir', 'mknod', 'symlink', 'link', 'bind']);
/** Accesses that take one away, where it is. */
const taking: ReadonlySet<AccessKind> = new Set(['unlink', 'rmdir', 'rename']);

/**
 * What a traced application needs of the entries of a tree, to do as another user what it did. Neither what it merely
 * looked for, nor compiled Python beside its source: Python does without.
 *
 * @param entered directories that an engine starts it in
 */
export function needsOf(trace: Trace, tree: FileTree, entered: readonly string[]): Map<ImagePath, Need> {
  const needs = new Map<ImagePath, Need>();
  const add = (path: ImagePath, { bits, owns }: Need): void => {
    const known = needs.get(path);
    needs.set(path, { bits: (known?.bits ?? 0) | bits, owns: owns || known?.owns === true });
  };
  for (const traced of trace.paths) {
    for (const { path, need } of needsOfPath(traced, tree)) add(path, need);
  }
  for (const { entry } of entered.map((path) => tree.resolve(path))) {
    if (entry !== undefined) add(entry.path, { bits: 1, owns: false });
  }
  // Nobody gets anywhere without the way there.
  const walked = new Set<ImagePath>();
  for (const path of [...needs.keys()]) {
    for (const directory of ancestorsOf(path)) {
      if (walked.has(directory)) break;
      walked.add(directory);
      add(directory, { bits: 1, owns: false });
    }
  }
  return needs;
}

function* needsOfPath(traced: TracedPath, tree: FileTree): Generator<{ path: ImagePath; need: Need }> {
  const { accesses } = traced;
  for (const { entry, named, directory } of waysOf(tree, traced)) {
    if (entry !== undefined && entry.type !== 'symlink') {
      for (const access of accesses) {
        const need = onExisting[access];
        // Of a directory, only an unnamed file in it is created (open(2), O_TMPFILE).
        const isOpened = access !== 'create' || entry.type !== 'directory' || accesses.includes('write');
        if (need !== undefined && isOpened) yield { path: entry.path, need };
      }
    }
    yield* needsOfParent({ named, accesses, isThere: entry !== undefined, directory }, tree);
  }
}

function* needsOfParent(
  way: {
    readonly named: string;
    readonly accesses: readonly AccessKind[];
    readonly isThere: boolean;
    readonly directory: ImagePath;
  },
  tree: FileTree,
): Generator<{ path: ImagePath; need: Need }> {
  const { named, accesses, isThere, directory } = way;
  const makes = accesses.some((access) => making.has(access)) && !isThere;
  const takes = accesses.some((access) => taking.has(access));
  if ((!makes && !takes) || isCompiledPython(named)) return;
  const parent = tree.resolve(directoryOf(named)).entry;
  if (parent?.type !== 'directory') return;
  const itself = tree.resolve(named, { followLast: false }).entry;
  const change = { bits: 3, owns: false };
  if (makes && itself?.type === 'symlink') yield { path: directory, need: change };
  else if (makes) yield { path: parent.path, need: change };
  if (!takes || (itself === undefined && !accesses.includes('rename'))) return;
  yield { path: parent.path, need: change };
  if (itself !== undefined && itself.type !== 'symlink' && (parent.mode & 0o1000) !== 0)
    yield { path: itself.path, need: { bits: 0, owns: true } };
}

/** The name without its last component, unresolved. */
function directoryOf(named: string): string {
  let end = named.length;
  while (end > 1 && named[end - 1] === '/') end -= 1;
  return named.slice(0, named.lastIndexOf('/', end - 1) + 1);
}

function isCompiledPython(named: string): boolean {
  return /(?:^|\/)__pycache__(?:\/|$)|\.pyc(?:\.\d+)?$/.test(named);
}
