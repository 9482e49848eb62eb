import { ancestorsOf, type ImagePath } from '../../image/path.js';
import { builtinPacks } from '../builtin-packs.js';
import type { Doubt } from '../doubt.js';
import { parseGlobs } from '../glob.js';
import { matchingPaths } from '../matching-paths.js';
import type { Pack } from '../pack.js';
import { type Evidence, evidenceFor, isToldByNames } from '../pack-evidence.js';
import { fillPlaceholders } from '../pack-placeholders.js';
import { matchesAny } from '../path-matcher.js';
import type { Rule, RuleContext, SelectionOptions, Want } from '../rule.js';

/** Declared knowledge that needs no look into files. */
export const packsByNames: Rule = {
  name: 'packs-by-names',
  defence: 'packs',
  looksAt: 'names',
  want: (context, fresh) => wantsOf(activePacks(context.options).filter(isToldByNames), context, fresh),
};

/** Declared knowledge about what kept objects import and kept files say. */
export const packsByContents: Rule = {
  name: 'packs-by-contents',
  defence: 'packs',
  looksAt: 'contents',
  want: (context, fresh) =>
    wantsOf(
      activePacks(context.options).filter((pack) => !isToldByNames(pack)),
      context,
      fresh,
    ),
};

/** slimtrace's packs and the user's, which stand in for those of the same name; without those left out. */
export function activePacks({ packs, without }: Pick<SelectionOptions, 'packs' | 'without'>): readonly Pack[] {
  const own = new Set(packs.map(({ name }) => name));
  return [...builtinPacks.filter(({ name }) => !own.has(name)), ...packs].filter(({ name }) => !without.has(name));
}

function* wantsOf(packs: readonly Pack[], context: RuleContext, fresh: readonly ImagePath[]): Generator<Want | Doubt> {
  for (const pack of packs) {
    for (const evidence of evidenceFor(pack, context, fresh)) {
      for (const pattern of pack.keep ?? []) yield* keepPattern(pack, pattern, evidence, context);
      for (const pattern of pack.leave ?? []) yield* leavePattern(pack, pattern, evidence, context);
    }
  }
}

function* keepPattern(pack: Pack, pattern: string, evidence: Evidence, context: RuleContext): Generator<Want> {
  const { tree } = context;
  const reason: Want['reason'] = {
    kind: 'pack',
    pack: pack.name,
    because: pack.because,
    ...(evidence.parent === undefined ? {} : { parent: evidence.parent }),
  };
  const but = (pack.but ?? []).flatMap((left) => fillPlaceholders(left, evidence, context));
  const isLeft = (path: ImagePath): boolean => but.length > 0 && isAtOrBelow(but, path);
  for (const filled of fillPlaceholders(pattern, evidence, context)) {
    const seen = new Set<ImagePath>();
    for (const path of matchingPaths(tree, filled)) {
      for (const each of withAllBelow(context, path)) {
        if (!seen.has(each) && !isLeft(each)) yield { path: each, reason, onlyIfPresent: true };
        seen.add(each);
      }
    }
    if (seen.size === 0) continue;
    // The pattern as it is written is how the program gets there: the links it goes through are kept.
    for (const { literal } of parseGlobs(filled)) {
      const path = `/${literal.join('/')}`;
      if (tree.resolve(path).symlinks.length > 0) yield { path, reason, onlyIfPresent: true };
    }
  }
}

function* leavePattern(pack: Pack, pattern: string, evidence: Evidence, context: RuleContext): Generator<Doubt> {
  const { parent } = evidence;
  if (parent === undefined) return;
  for (const filled of fillPlaceholders(pattern, evidence, context)) {
    for (const path of matchingPaths(context.tree, filled)) {
      const target = context.tree.resolve(path).entry?.path;
      if (target !== undefined) yield { doubt: 'left-out', parent, target, because: pack.because };
    }
  }
}

function isAtOrBelow(patterns: readonly string[], path: ImagePath): boolean {
  return [path, ...ancestorsOf(path)].some((each) => matchesAny(patterns, each));
}

/** A path, and all below it if it is a directory or leads to one. */
function* withAllBelow({ tree }: RuleContext, path: ImagePath): Generator<ImagePath> {
  yield path;
  const { entry } = tree.resolve(path);
  if (entry?.type === 'directory') for (const below of tree.below(entry.path)) yield below.path;
}
