import { alignAll } from './align.js';
import type { Effort } from './effort.js';
import { type Gap, learnGap } from './gap.js';
import { longestLine, type Token, tokenise } from './tokens.js';

/** What all runs of the original have in common in one line. */
export interface LinePattern {
  /** What varies, in words: `the date`. */
  readonly masks: readonly string[];
  matches(line: string): boolean;
}

/**
 * Learns what varies in a line: where the originals' tokens differ, tokens of the same kinds may stand, and the rest must
 * stay. Every one of `lines` matches; the order they are given in doesn't count.
 */
export function learnLine(lines: readonly string[], effort: Effort): LinePattern {
  const distinct = [...new Set(lines)].sort();
  const [only = ''] = distinct;
  if (distinct.length <= 1) return { masks: [], matches: (line) => line === only };
  const list = learnList(distinct);
  if (list !== undefined) return list;
  if (distinct.some(({ length }) => length > longestLine)) return learnEnds(distinct);
  const tokens = distinct.map(tokenise);
  const elements = learnElements(tokens, effort);
  const ends = learnEnds(distinct);
  const [first] = elements;
  const start = first === undefined || 'mask' in first ? '' : first.text;
  return {
    masks: [...new Set(elements.flatMap((element) => ('mask' in element ? [element.mask] : [])))],
    matches: (line) => {
      if (line.length > longestLine || !line.startsWith(start)) return false;
      const given = tokenise(line);
      return effort.spend(given.length * elements.length) ? matchElements(elements, given) : ends.matches(line);
    },
  };
}

/** A list whose items come in any order, as some headers have it. */
function learnList(lines: readonly string[]): LinePattern | undefined {
  const itemsOf = (line: string) =>
    line
      .split(/[,;]/)
      .map((item) => item.trim())
      .sort()
      .join('\n');
  const [items] = lines.map(itemsOf);
  if (lines.some((line) => itemsOf(line) !== items)) return undefined;
  return { masks: ['the order'], matches: (line) => itemsOf(line) === items };
}

/** Too long to look into: only how it begins and ends must stay. */
function learnEnds(lines: readonly string[]): LinePattern {
  const shortest = Math.min(...lines.map(({ length }) => length));
  const isCommon = (at: number) => lines.every((line) => line.at(at) === lines[0]?.at(at));
  let start = 0;
  while (start < shortest && isCommon(start)) start++;
  let end = 0;
  while (end < shortest - start && isCommon(-1 - end)) end++;
  const [first = ''] = lines;
  const [prefix, suffix] = [first.slice(0, start), first.slice(first.length - end)];
  return {
    masks: ['some text'],
    matches: (line) => line.length >= start + end && line.startsWith(prefix) && line.endsWith(suffix),
  };
}

type Element = Token | Gap;

function learnElements(originals: readonly (readonly Token[])[], effort: Effort): Element[] {
  const alignable = originals.map((tokens) =>
    tokens.map(({ kind, text }) => ({ key: text, exact: text, isTelling: kind !== 'space' && kind !== 'mark' })),
  );
  const anchors = alignAll(alignable, effort);
  const [firstAnchors = []] = anchors;
  const sliceBefore = (position: number) =>
    originals.map((tokens, index) => {
      const own = anchors[index] ?? [];
      return tokens.slice((own[position - 1] ?? -1) + 1, own[position] ?? tokens.length);
    });
  const parts: Part[] = [];
  for (let position = 0; position <= firstAnchors.length; position++) {
    const slices = sliceBefore(position);
    if (slices.some(({ length }) => length > 0)) addSlices(parts, slices);
    const anchor = originals[0]?.[firstAnchors[position] ?? -1];
    if (anchor !== undefined) parts.push(anchor);
  }
  return parts.map((part) => (Array.isArray(part) ? learnGap(part) : (part as Token)));
}

/** A token that is common to all, or what each original has instead. */
type Part = Token | readonly (readonly Token[])[];

/** Adds what varies; with what varied before, when the little between them is common by luck. */
function addSlices(parts: Part[], slices: readonly (readonly Token[])[]): void {
  const before = parts.findLastIndex((part) => Array.isArray(part));
  const earlier = parts[before] as readonly (readonly Token[])[] | undefined;
  const between = parts.slice(before + 1) as Token[];
  if (earlier === undefined || !isGlue(between, [...earlier, ...slices])) {
    parts.push(slices);
    return;
  }
  const merged = slices.map((slice, index) => [...(earlier[index] ?? []), ...between, ...slice]);
  parts.splice(before, parts.length, merged);
}

/** Within an encoded text (`a8s+/f3=`) and between words that all vary, common marks and short pieces mean nothing. */
function isGlue(between: readonly Token[], around: readonly (readonly Token[])[]): boolean {
  const isWithinId = between.every(({ kind, text }) =>
    kind === 'mark' ? '-_+/=.:~%'.includes(text) : kind !== 'space' && text.length <= 2,
  );
  if (isWithinId) return true;
  const isWordy = around.every((slice) => slice.some(({ kind }) => kind === 'word'));
  return isWordy && between.every(({ kind, text }) => kind === 'space' || (kind === 'mark' && ",.'".includes(text)));
}

/** Follows every way at once in which the tokens may fit; a gap takes at least one token unless it is optional. */
function matchElements(elements: readonly Element[], tokens: readonly Token[]): boolean {
  // A state is the element that comes next, and whether it is a gap that has a token already.
  let states = new Set<number>();
  const enter = (into: Set<number>, position: number, hasToken = false) => {
    for (let at = position, inside = hasToken; ; at++, inside = false) {
      into.add(at * 2 + (inside ? 1 : 0));
      const element = elements[at];
      if (element === undefined || !('mask' in element) || !(inside || element.isOptional)) return;
    }
  };
  enter(states, 0);
  for (const token of tokens) {
    const next = new Set<number>();
    for (const state of states) {
      const position = state >> 1;
      const element = elements[position];
      if (element === undefined) continue;
      if ('mask' in element) {
        if (element.accepts(token)) enter(next, position, true);
      } else if (element.text === token.text) enter(next, position + 1);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(elements.length * 2);
}
