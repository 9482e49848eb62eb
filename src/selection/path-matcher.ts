import { type Glob, matchComponents, parseGlobs } from './glob.js';

/** A test for paths against many patterns (those of {@link parseGlobs}): a path below a match doesn't match. */
export type PathMatcher = (path: string) => boolean;

const compiled = new Map<string, PathMatcher>();
/** Patterns come from packs, which are few; users' ones are bounded here. */
const maxCompiled = 10_000;

/** Whether a path matches one of the patterns; each pattern is parsed once. */
export function matchesAny(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) => matcherOf(pattern)(path));
}

function matcherOf(pattern: string): PathMatcher {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const matchers = parseGlobs(pattern).map(matcherOfGlob);
  const matcher: PathMatcher = (path) => matchers.some((matches) => matches(path));
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(pattern, matcher);
  return matcher;
}

function matcherOfGlob({ literal, rest }: Glob): PathMatcher {
  const start = literal.length === 0 ? '/' : `/${literal.join('/')}`;
  if (rest.length === 0) return (path) => path === start;
  const skip = literal.length === 0 ? 1 : start.length + 1;
  // Nearly every path fails at the beginning of its last component: that is the quickest to see.
  const lastStart = literalStart(rest.at(-1));
  return (path) =>
    path.startsWith(lastStart, path.lastIndexOf('/') + 1) &&
    path.startsWith(start) &&
    (skip === 1 || path[start.length] === '/') &&
    matchComponents(rest, path.slice(skip).split('/'));
}

function literalStart(pattern: Glob['rest'][number] | undefined): string {
  let start = '';
  for (const token of pattern === undefined || pattern === '**' ? [] : pattern) {
    if (token.kind !== 'literal') break;
    start += token.text;
  }
  return start;
}
