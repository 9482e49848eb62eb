import type { AccessKind, TracedPath } from '../../trace/trace.js';
import type { Rule, RuleContext, Want } from '../rule.js';

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
const leadsOn: ReadonlySet<AccessKind> = new Set<AccessKind>(['readlink', 'rename', 'link']);

/** Everything that a traced program named: the entry if it exists, else the directory where it looked for it. */
export const traced: Rule = {
  name: 'traced',
  looksAt: 'names',
  *want(context) {
    if (!context.isFirstRound) return;
    for (const path of context.trace.paths) {
      yield* wantsOf(context, path, path.path);
      if (path.reachedThrough !== undefined) yield* wantsOf(context, path, path.reachedThrough);
    }
  },
};

function* wantsOf(context: RuleContext, { accesses, programs }: TracedPath, named: string): Generator<Want> {
  const followLast = accesses.length === 0 || accesses.some((access) => !onTheLinkItself.has(access));
  const { entry } = context.tree.resolve(named, { followLast });
  const kind = entry === undefined ? 'traced-missing' : 'traced';
  yield { path: named, followLast, reason: { kind, accesses, programs, named } };
  if (entry?.type === 'symlink' && accesses.some((access) => leadsOn.has(access))) {
    yield { path: entry.path, reason: { kind: 'symlink-target', parent: entry.path } };
  }
}
