import type { Difference } from '../difference.js';
import type { Pattern, SequenceName } from './pattern.js';

/** Items that follow each other in all runs of the original. */
export type Block<Item> = {
  /** What the item is called in the original. */
  readonly field: string;
  /** The item as one of the originals has it. */
  readonly original: Item;
  readonly pattern: Pattern<Item>;
}[];

/** Where in `items` (from `from` to before `to`) the block fits first. */
export function findBlock<Item>(
  block: Block<Item>,
  items: readonly Item[],
  from: number,
  to: number,
): number | undefined {
  for (let at = from; at + block.length <= to; at++)
    if (block.every((element, index) => fits(element, items[at + index] as Item))) return at;
  return undefined;
}

function fits<Item>({ pattern }: Block<Item>[number], item: Item): boolean {
  return pattern.differences(item).length === 0;
}

/** Compares a block with all of `items`, the first of which is number `start` of the slim image's. */
export function differencesOfBlock<Item>(
  block: Block<Item>,
  items: readonly Item[],
  start: number,
  names: SequenceName<Item>,
): Difference[] {
  if (block.length === items.length)
    return block.flatMap(({ pattern }, index) => pattern.differences(items[index] as Item));
  // Something is missing or new: what is around it is told apart from it.
  const shorter = Math.min(block.length, items.length);
  const isSame = (one: number, other: number) => {
    const element = block[one];
    return element !== undefined && fits(element, items[other] as Item);
  };
  let head = 0;
  while (head < shorter && isSame(head, head)) head++;
  let tail = 0;
  while (tail < shorter - head && isSame(block.length - 1 - tail, items.length - 1 - tail)) tail++;
  const lost = block.slice(head, block.length - tail);
  const added = items.slice(head, items.length - tail);
  return Array.from({ length: Math.max(lost.length, added.length) }, (_, index) => {
    const [original, slim] = [lost[index], added[index]];
    return {
      field: original?.field ?? names.fieldOf(start + head + index),
      original: original === undefined ? undefined : names.show(original.original),
      slim: index < added.length ? names.show(slim as Item) : undefined,
    };
  });
}
