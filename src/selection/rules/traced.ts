import type { Trace, TracedPath } from '../../trace/trace.js';
import { isOnlyListed } from '../missed-paths.js';
import { importerLooks } from '../python/importer-looks.js';
import type { Reason } from '../reason.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { waysOf } from '../traced-path.js';

/** Everything that a traced program named: the entry if it exists, else the directory where it looked for it. */
export const traced: Rule = {
  name: 'traced',
  looksAt: 'names',
  *want(context) {
    if (!context.isFirstRound) return;
    yield* wantsOf(context, context.trace, ({ accesses, programs }, named, isThere) => ({
      kind: isThere ? 'traced' : 'traced-missing',
      accesses,
      programs,
      named,
    }));
  },
};

/** What earlier slim images missed when they ran under the trace. */
export const healed: Rule = {
  name: 'healed',
  looksAt: 'names',
  *want(context) {
    if (!context.isFirstRound) return;
    for (const [index, { paths, ...trace }] of context.healed.entries())
      yield* wantsOf(
        context,
        { ...trace, paths: paths.filter((path) => !isOnlyListed(path)) },
        ({ accesses, programs }, named) => ({
          kind: 'healed',
          round: index + 1,
          accesses,
          programs,
          named,
        }),
      );
  },
};

function* wantsOf(
  { tree }: RuleContext,
  trace: Trace,
  reasonOf: (path: TracedPath, named: string, isThere: boolean) => Reason,
): Generator<Want> {
  const looks = importerLooks(tree, trace);
  for (const path of trace.paths) {
    if (looks.has(path.path)) continue;
    for (const { entry, named, followLast, leadsOn } of waysOf(tree, path)) {
      yield { path: named, followLast, reason: reasonOf(path, named, entry !== undefined) };
      if (leadsOn && entry !== undefined)
        yield { path: entry.path, reason: { kind: 'symlink-target', parent: entry.path } };
    }
  }
}
