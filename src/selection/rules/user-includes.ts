import type { ImagePath } from '../../image/path.js';
import { parseGlobs } from '../glob.js';
import { matchingPaths } from '../matching-paths.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** What the user includes: each path a pattern matches, and all below a directory. */
export const userIncludes: Rule = {
  name: 'user-includes',
  looksAt: 'names',
  *want(context) {
    if (!context.isFirstRound) return;
    for (const pattern of context.options.include) {
      const seen = new Set<ImagePath>();
      for (const path of matchingPaths(context.tree, pattern)) yield* wantAll(context, pattern, path, seen);
      // `--include /bin` in a usr-merged image means what is in there, as `ls /bin/` would have it.
      const named = pattern.startsWith('/') ? context.tree.resolve(pattern).entry : undefined;
      if (named !== undefined) yield* wantAll(context, pattern, named.path, seen);
      yield* wantLinks(context, pattern);
      if (seen.size === 0) yield { kind: 'pattern-matches-nothing', option: 'include', pattern };
    }
  },
};

/** The links that the pattern as the user wrote it goes through: `/bin/bash` is to work in the slim image. */
function* wantLinks({ tree }: RuleContext, pattern: string): Generator<Want> {
  for (const { literal } of parseGlobs(pattern)) {
    const path = `/${literal.join('/')}`;
    if (tree.resolve(path).symlinks.length === 0) continue;
    yield { path, reason: { kind: 'included-by-user', pattern }, onlyIfPresent: true };
  }
}

function* wantAll(context: RuleContext, pattern: string, path: ImagePath, seen: Set<ImagePath>): Generator<Want> {
  if (seen.has(path)) return;
  const paths = [path];
  if (context.tree.get(path)?.type === 'directory')
    for (const entry of context.tree.below(path)) paths.push(entry.path);
  for (const kept of paths) {
    if (!seen.has(kept)) yield* wantEntry(context, pattern, kept);
    seen.add(kept);
  }
}

/** The entry itself, and what it leads to if it is a symlink: a dangling one is kept as it is. */
function* wantEntry({ tree }: RuleContext, pattern: string, path: ImagePath): Generator<Want> {
  yield { path, reason: { kind: 'included-by-user', pattern }, followLast: false };
  if (tree.get(path)?.type !== 'symlink' || tree.resolve(path).entry === undefined) return;
  yield { path, reason: { kind: 'symlink-target', parent: path } };
}
