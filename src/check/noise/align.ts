import type { Effort } from './effort.js';

/** Something in a sequence: of equal `key` is alike, of equal `exact` is the same. */
export interface Alignable {
  readonly key: string;
  readonly exact: string;
  /** False for what is alike without meaning much: spaces, or numbers and nothing else. */
  readonly isTelling: boolean;
}

/** An alignment has as many telling pairs as it can, then as many of them the same, then as many pairs at all. */
const points = { telling: { alike: 10_000, same: 10_100 }, other: { alike: 1, same: 2 } };

/**
 * Finds what sequences have in common, in order (a longest common subsequence, folded over more than two): for each
 * sequence the positions of the common items, all lists equally long. Beyond the effort it goes by the items whose key is
 * unique, as "patience" does it, and between them only by the common beginning and end.
 */
export function alignAll(sequences: readonly (readonly Alignable[])[], effort: Effort): readonly number[][] {
  const [first = [], ...rest] = sequences;
  let anchors = [first.map((_, index) => index)];
  for (const next of rest) {
    const columns = anchors[0]?.flatMap((index) => first[index] ?? []) ?? [];
    const pairs = alignTwo(columns, next, effort);
    anchors = [
      ...anchors.map((indices) => pairs.map(([column]) => indices[column] ?? 0)),
      pairs.map(([, index]) => index),
    ];
  }
  return anchors;
}

type Pair = readonly [left: number, right: number];

function alignTwo(left: readonly Alignable[], right: readonly Alignable[], effort: Effort): Pair[] {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start]?.exact === right[start]?.exact) start++;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end)?.exact === right.at(-1 - end)?.exact) end++;
  const middle = alignMiddle(left.slice(start, left.length - end), right.slice(start, right.length - end), effort);
  return [
    ...Array.from({ length: start }, (_, index): Pair => [index, index]),
    ...middle.map(([one, other]): Pair => [one + start, other + start]),
    ...Array.from({ length: end }, (_, index): Pair => [left.length - end + index, right.length - end + index]),
  ];
}

function alignMiddle(left: readonly Alignable[], right: readonly Alignable[], effort: Effort): Pair[] {
  if (left.length === 0 || right.length === 0) return [];
  if (!effort.spend(left.length * right.length)) return alignByLandmarks(left, right, effort);
  const score = scorer(left, right);
  const width = right.length + 1;
  // The best score of what follows each pair of positions.
  const best = new Int32Array((left.length + 1) * width);
  const at = (one: number, other: number) => best[one * width + other] ?? 0;
  for (let one = left.length - 1; one >= 0; one--)
    for (let other = right.length - 1; other >= 0; other--) {
      const worth = score(one, other);
      const paired = worth === 0 ? 0 : worth + at(one + 1, other + 1);
      best[one * width + other] = Math.max(paired, at(one + 1, other), at(one, other + 1));
    }
  const pairs: Pair[] = [];
  for (let one = 0, other = 0; one < left.length && other < right.length; ) {
    const worth = score(one, other);
    if (worth > 0 && at(one, other) === worth + at(one + 1, other + 1)) pairs.push([one++, other++]);
    else if (at(one, other) === at(one + 1, other)) one++;
    else other++;
  }
  return pairs;
}

/** Numbers instead of strings: they are compared millions of times. */
function scorer(left: readonly Alignable[], right: readonly Alignable[]): (one: number, other: number) => number {
  const numbers = new Map<string, number>();
  const numberOf = (text: string) => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const [leftKeys, rightKeys] = [left, right].map((items) => Int32Array.from(items, ({ key }) => numberOf(key)));
  const [leftExact, rightExact] = [left, right].map((items) => Int32Array.from(items, ({ exact }) => numberOf(exact)));
  return (one, other) => {
    if (leftKeys?.[one] !== rightKeys?.[other]) return 0;
    const { alike, same } = left[one]?.isTelling ? points.telling : points.other;
    return leftExact?.[one] === rightExact?.[other] ? same : alike;
  };
}

function alignByLandmarks(left: readonly Alignable[], right: readonly Alignable[], effort: Effort): Pair[] {
  if (!effort.spend(left.length + right.length)) return [];
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start]?.key === right[start]?.key) start++;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end)?.key === right.at(-1 - end)?.key) end++;
  const [leftEnd, rightEnd] = [left.length - end, right.length - end];
  const pairs = Array.from({ length: start }, (_, index): Pair => [index, index]);
  let [one, other] = [start, start];
  const [leftRest, rightRest] = [left.slice(start, leftEnd), right.slice(start, rightEnd)];
  // Nothing but what is in the same place: a key may be unique by luck.
  const landmarks = isAlikeInPlace(leftRest, rightRest) ? [] : landmarksOf(leftRest, rightRest);
  const stops = landmarks.map(([at, otherAt]): Pair => [at + start, otherAt + start]);
  for (const [at, otherAt] of landmarks.length === 0 ? [] : [...stops, [leftEnd, rightEnd] as const]) {
    for (const [near, far] of alignMiddle(left.slice(one, at), right.slice(other, otherAt), effort))
      pairs.push([one + near, other + far]);
    if (at < leftEnd) pairs.push([at, otherAt]);
    [one, other] = [at + 1, otherAt + 1];
  }
  for (let index = 0; index < end; index++) pairs.push([leftEnd + index, rightEnd + index]);
  return pairs;
}

function isAlikeInPlace(left: readonly Alignable[], right: readonly Alignable[]): boolean {
  if (left.length !== right.length) return false;
  return left.filter(({ key }, index) => key === right[index]?.key).length >= left.length / 2;
}

/** Pairs of items whose key no other item of their sequence has: as many as come in the same order on both sides. */
function landmarksOf(left: readonly Alignable[], right: readonly Alignable[]): readonly Pair[] {
  const places = uniquePlaces(right);
  const pairs = [...uniquePlaces(left)].flatMap(([key, one]): Pair[] => {
    const other = places.get(key);
    return other === undefined || !left[one]?.isTelling ? [] : [[one, other]];
  });
  // The longest run of rising places: of each length, the pair that ends it earliest, and which pair comes before each.
  const ends: number[] = [];
  const before: number[] = [];
  for (const [index, [, other]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < other) low = middle + 1;
      else high = middle;
    }
    before[index] = ends[low - 1] ?? -1;
    ends[low] = index;
  }
  const chain: Pair[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) chain.push(pairs[index] as Pair);
  return chain.reverse();
}

/** Where the items stand whose key is unique, in order. */
function uniquePlaces(items: readonly Alignable[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const seen = new Set<string>();
  for (const [index, { key }] of items.entries()) {
    if (seen.has(key)) places.delete(key);
    else places.set(key, index);
    seen.add(key);
  }
  return places;
}
