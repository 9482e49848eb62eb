import { SlimtraceError } from '../errors.js';

/** So many spellings may `{a,b}{c,d}…` stand for; a hostile pattern means billions. */
const maxAlternatives = 1000;
const maxPatternLength = 8192;

/** One pattern without braces, as the components of a path. */
export interface Glob {
  /** Leading components without wildcards; all of them when the pattern is a plain path. */
  readonly literal: readonly string[];
  /** What follows: patterns for one component each, or `**` for any number of components. */
  readonly rest: readonly ComponentPattern[];
}

export type ComponentPattern = '**' | readonly Token[];

type Token =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any-one' }
  | { readonly kind: 'any-text' }
  | { readonly kind: 'class'; readonly isNegated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/**
 * Parses a pattern into the globs it stands for: `*` (within a component, hidden files too), `**` (any number of
 * components), `?`, `[a-z]`, `[!a]`, `{a,b}` and `\` before a character that is meant as such. As in .gitignore, a
 * pattern without a slash matches a name in any directory. Throws `usage` for one that stands for too much.
 */
export function parseGlobs(pattern: string): readonly Glob[] {
  if (pattern.length > maxPatternLength) throw tooMuch(pattern.slice(0, 60));
  const trimmed = pattern.length > 1 ? pattern.replace(/\/+$/, '') : pattern;
  const rooted = trimmed.includes('/') || trimmed === '' ? trimmed : `**/${trimmed}`;
  return expandBraces(rooted).map(parseAlternative);
}

function parseAlternative(pattern: string): Glob {
  const literal: string[] = [];
  const rest: ComponentPattern[] = [];
  for (const component of pattern.split('/')) {
    if (component === '' || component === '.') continue;
    const parsed = component === '**' ? component : parseComponent(component);
    const text = parsed === '**' ? undefined : literalText(parsed);
    if (text !== undefined && rest.length === 0) literal.push(text);
    else if (parsed !== '**' || rest.at(-1) !== '**') rest.push(parsed);
  }
  return { literal, rest };
}

function literalText(tokens: readonly Token[]): string | undefined {
  return tokens.every((token) => token.kind === 'literal') ? tokens.map((token) => token.text).join('') : undefined;
}

function parseComponent(component: string): readonly Token[] {
  const tokens: Token[] = [];
  const characters = [...component];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    const bracket = character === '[' ? parseClass(characters, at) : undefined;
    if (bracket !== undefined) {
      tokens.push(bracket.token);
      at = bracket.end;
    } else if (character === '?') tokens.push({ kind: 'any-one' });
    else if (character === '*') {
      if (tokens.at(-1)?.kind !== 'any-text') tokens.push({ kind: 'any-text' });
    } else {
      const isEscape = character === '\\' && at + 1 < characters.length;
      if (isEscape) at += 1;
      tokens.push({ kind: 'literal', text: characters[at] ?? '' });
    }
  }
  return tokens;
}

/** A `[…]` that begins at `start`; undefined when it is never closed and so stands for itself (as in sh). */
function parseClass(characters: readonly string[], start: number): { token: Token; end: number } | undefined {
  let at = start + 1;
  const isNegated = characters[at] === '!' || characters[at] === '^';
  if (isNegated) at += 1;
  const ranges: (readonly [string, string])[] = [];
  for (let isFirst = true; at < characters.length; isFirst = false) {
    if (characters[at] === ']' && !isFirst) return { token: { kind: 'class', isNegated, ranges }, end: at };
    if (characters[at] === '\\' && at + 1 < characters.length) at += 1;
    const low = characters[at] ?? '';
    const hasRange = characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']';
    ranges.push([low, hasRange ? (characters[at + 2] ?? low) : low]);
    at += hasRange ? 3 : 1;
  }
  return undefined;
}

/** Every spelling of the braces; a brace without a comma or a partner stands for itself (as in bash). */
function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const pending = [pattern];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const brace = findBrace(next);
    if (brace === undefined) done.push(next);
    else {
      const [before, after] = [next.slice(0, brace.start), next.slice(brace.end + 1)];
      for (const part of brace.parts) pending.push(before + part + after);
    }
    if (done.length + pending.length > maxAlternatives) throw tooMuch(pattern.slice(0, 60));
  }
  return [...new Set(done)];
}

/** The first outermost `{…,…}` of a pattern. */
function findBrace(pattern: string): { start: number; end: number; parts: readonly string[] } | undefined {
  const open: { start: number; commas: number[] }[] = [];
  let found: { start: number; end: number; commas: number[] } | undefined;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') open.push({ start: at, commas: [] });
    else if (character === ',') open.at(-1)?.commas.push(at);
    else if (character === '}') {
      const brace = open.pop();
      if (brace === undefined || brace.commas.length === 0) continue;
      if (found === undefined || brace.start < found.start) found = { ...brace, end: at };
    }
  }
  if (found === undefined) return undefined;
  const cuts = [found.start, ...found.commas, found.end];
  const parts = cuts.slice(1).map((cut, index) => pattern.slice((cuts[index] ?? 0) + 1, cut));
  return { start: found.start, end: found.end, parts };
}

function tooMuch(pattern: string): SlimtraceError {
  return new SlimtraceError('usage', { problem: `the pattern stands for too many paths: ${pattern}` });
}

/** True when `components` match. Time is at most the product of both lengths, whatever the pattern. */
export function matchComponents(patterns: readonly ComponentPattern[], components: readonly string[]): boolean {
  return matchWithStars(
    patterns.length,
    components.length,
    (index) => patterns[index] === '**',
    (index, at) => {
      const pattern = patterns[index];
      const component = components[at];
      return pattern !== undefined && pattern !== '**' && component !== undefined && matchComponent(pattern, component);
    },
  );
}

function matchComponent(tokens: readonly Token[], component: string): boolean {
  const characters = [...component];
  return matchWithStars(
    tokens.length,
    characters.length,
    (index) => tokens[index]?.kind === 'any-text',
    (index, at) => matchCharacter(tokens[index], characters[at] ?? ''),
  );
}

function matchCharacter(token: Token | undefined, character: string): boolean {
  if (token === undefined) return false;
  if (token.kind === 'literal') return token.text === character;
  if (token.kind !== 'class') return true;
  const point = character.codePointAt(0) ?? 0;
  const isIn = token.ranges.some(
    ([low, high]) => point >= (low.codePointAt(0) ?? 0) && point <= (high.codePointAt(0) ?? 0),
  );
  return isIn !== token.isNegated;
}

/**
 * The greedy match of a sequence against a pattern with stars. On a mismatch only the latest star takes one more
 * element: an earlier star taking more could never help, so there is nothing exponential to explore.
 */
function matchWithStars(
  patternLength: number,
  length: number,
  isStar: (index: number) => boolean,
  matches: (index: number, at: number) => boolean,
): boolean {
  let index = 0;
  let at = 0;
  let starIndex = -1;
  let starAt = 0;
  while (at < length) {
    if (index < patternLength && isStar(index)) {
      starIndex = index;
      starAt = at;
      index += 1;
    } else if (index < patternLength && matches(index, at)) {
      index += 1;
      at += 1;
    } else if (starIndex >= 0) {
      starAt += 1;
      at = starAt;
      index = starIndex + 1;
    } else return false;
  }
  while (index < patternLength && isStar(index)) index += 1;
  return index === patternLength;
}
