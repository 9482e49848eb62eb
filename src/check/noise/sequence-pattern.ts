import type { Difference } from '../difference.js';
import { type Alignable, alignAll } from './align.js';
import { type Block, differencesOfBlock, findBlock } from './block.js';
import type { Effort } from './effort.js';
import type { Pattern, SequenceName } from './pattern.js';
import { isTellingKey } from './tokens.js';

/** How the items of a sequence are compared: lines of a text, elements of a JSON array. */
export interface ItemKind<Item> extends SequenceName<Item> {
  /** The item without what tends to vary; items of the same key are taken for the same thing. */
  keyOf(item: Item): string;
  /** The same for the same item only. */
  exactOf(item: Item): string;
  learn(field: string, items: readonly Item[]): Pattern<Item>;
  /** Whether an item that no run of the original has is suspicious where the number of items varies. */
  looksWrong(item: Item): boolean;
}

export interface SequencePattern<Item> extends Pattern<readonly Item[]> {
  /** Whether the item could stand somewhere among the original's. */
  hasPlaceFor(item: Item): boolean;
}

/**
 * Learns what sequences have in common: the same items in any order; or items that follow each other, each with what
 * varies within it, and between them places where the number of items varies. The order of `sequences` doesn't count.
 */
export function learnSequence<Item>(
  sequences: readonly (readonly Item[])[],
  kind: ItemKind<Item>,
  effort: Effort,
): SequencePattern<Item> {
  const describe = (item: Item): Described<Item> => {
    const key = kind.keyOf(item);
    return { item, key, exact: kind.exactOf(item), isTelling: isTellingKey(key) };
  };
  const described = sequences.map((items) => items.map(describe));
  const byContent = new Map(described.map((items) => [items.map(({ exact }) => JSON.stringify(exact)).join(), items]));
  const distinct = [...byContent].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, items]) => items);
  if (distinct.length > 1) {
    if (isReordering(distinct, 'exact')) return learnMultiset(distinct, 'exact', kind);
    if (isReordering(distinct, 'key')) return learnMultiset(distinct, 'key', kind);
  }
  return learnOrdered(distinct, kind, effort);
}

interface Described<Item> extends Alignable {
  readonly item: Item;
}

function isReordering(sequences: readonly (readonly Alignable[])[], by: 'exact' | 'key'): boolean {
  const listOf = (items: readonly Alignable[]) => items.map((item) => JSON.stringify(item[by]));
  const orders = new Set(sequences.map((items) => listOf(items).join()));
  return orders.size > 1 && new Set(sequences.map((items) => listOf(items).sort().join())).size === 1;
}

function learnMultiset<Item>(
  sequences: readonly (readonly Described<Item>[])[],
  by: 'exact' | 'key',
  kind: ItemKind<Item>,
): SequencePattern<Item> {
  const read = by === 'exact' ? kind.exactOf : kind.keyOf;
  const expected = new Map<string, Described<Item>[]>();
  for (const item of sequences[0] ?? []) {
    const alike = expected.get(item[by]);
    if (alike === undefined) expected.set(item[by], [item]);
    else alike.push(item);
  }
  const field = `${kind.name}, in any order`;
  const differences = (items: readonly Item[]): Difference[] => {
    const missing = new Map([...expected].map(([text, found]) => [text, [...found]]));
    const extra = items.filter((item) => missing.get(read(item))?.pop() === undefined);
    return [
      ...[...missing.values()].flat().map(({ item }) => ({ field, original: kind.show(item), slim: undefined })),
      ...extra.map((item) => ({ field, original: undefined, slim: kind.show(item) })),
    ];
  };
  const masks = [`${kind.name}: the order`, ...(by === 'key' ? [`${kind.name}: dates, numbers and ids`] : [])];
  const known = new Set(sequences[0]?.map(({ key }) => key));
  return { masks, differences, hasPlaceFor: (item) => known.has(kind.keyOf(item)) };
}

function learnOrdered<Item>(
  sequences: readonly (readonly Described<Item>[])[],
  kind: ItemKind<Item>,
  effort: Effort,
): SequencePattern<Item> {
  const { blocks, masks } = learnBlocks(sequences, kind, effort);
  const known = new Set(sequences.flatMap((items) => items.map(({ key }) => key)));
  const isStrange = (item: Item) => kind.looksWrong(item) && !known.has(kind.keyOf(item));
  const patterns = patternsOfKinds(blocks.flat(), kind);
  return {
    masks,
    differences: (items) => differencesOfBlocks(blocks, items, kind, isStrange),
    hasPlaceFor: (item) =>
      known.has(kind.keyOf(item)) || patterns.some(({ pattern }) => pattern.differences(item).length === 0),
  };
}

/** So many lines of the same kind show what varies in it. */
const mostAlike = 8;

/** What could take an item of another key than any that was seen: patterns with masks, a few of each kind of line. */
function patternsOfKinds<Item>(elements: Block<Item>, kind: ItemKind<Item>): Block<Item> {
  const counts = new Map<string, number>();
  return elements.filter(({ pattern, original }) => {
    if (pattern.masks.length === 0) return false;
    const key = kind.keyOf(original);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return (counts.get(key) ?? 0) <= mostAlike;
  });
}

/** What stands between two blocks varies in number. */
function learnBlocks<Item>(
  sequences: readonly (readonly Described<Item>[])[],
  kind: ItemKind<Item>,
  effort: Effort,
): { readonly blocks: readonly Block<Item>[]; readonly masks: readonly string[] } {
  const anchors = alignAll(sequences, effort);
  const [first = []] = sequences;
  const [firstAnchors = []] = anchors;
  const masks: string[] = [];
  const blocks: Block<Item>[] = [[]];
  const add = (index: number, items: readonly Item[]) => {
    const pattern = kind.learn(kind.fieldOf(index), items);
    for (const mask of pattern.masks) masks.push(mask);
    blocks.at(-1)?.push({ field: kind.fieldOf(index), original: first[index]?.item as Item, pattern });
  };
  for (let position = 0; position <= firstAnchors.length; position++) {
    const start = (firstAnchors[position - 1] ?? -1) + 1;
    const end = firstAnchors[position] ?? first.length;
    const slices = sequences.map((items, index) => {
      const own = anchors[index] ?? [];
      return items.slice((own[position - 1] ?? -1) + 1, own[position] ?? items.length).map(({ item }) => item);
    });
    if (slices.every(({ length }) => length === end - start))
      for (let at = 0; at < end - start; at++)
        add(
          start + at,
          slices.map((slice) => slice[at] as Item),
        );
    else {
      masks.push(`${kind.name}: how many there are from ${kind.fieldOf(start).slice(kind.name.length).trim()} on`);
      blocks.push([]);
    }
    if (position < firstAnchors.length)
      add(
        end,
        sequences.map((items, index) => items[anchors[index]?.[position] ?? 0]?.item as Item),
      );
  }
  return { blocks, masks };
}

/** Blocks follow each other in order, the first at the beginning and the last at the end; leftmost, each fits if any does. */
function differencesOfBlocks<Item>(
  blocks: readonly Block<Item>[],
  items: readonly Item[],
  kind: ItemKind<Item>,
  isStrange: (item: Item) => boolean,
): Difference[] {
  const [head = [], ...rest] = blocks;
  const tail = rest.pop();
  if (tail === undefined) return differencesOfBlock(head, items, 0, kind);
  const tailStart = items.length - tail.length;
  if (tailStart < head.length) return differencesOfBlock([...head, ...tail], items, 0, kind);
  const found = [
    ...differencesOfBlock(head, items.slice(0, head.length), 0, kind),
    ...differencesOfBlock(tail, items.slice(tailStart), tailStart, kind),
  ];
  const between: [from: number, to: number][] = [];
  let from = head.length;
  for (const block of rest) {
    const at = findBlock(block, items, from, tailStart);
    if (at === undefined) {
      const lost = block.find((element) => findBlock([element], items, from, tailStart) === undefined) ?? block[0];
      if (lost !== undefined) found.push({ field: lost.field, original: kind.show(lost.original), slim: undefined });
      continue;
    }
    between.push([from, at]);
    from = at + block.length;
  }
  between.push([from, tailStart]);
  for (const [start, end] of between)
    for (let index = start; index < end; index++) {
      const item = items[index] as Item;
      if (isStrange(item)) found.push({ field: kind.fieldOf(index), original: undefined, slim: kind.show(item) });
    }
  return found;
}
