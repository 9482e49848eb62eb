import type { Difference } from '../difference.js';

/** What all runs of the original have in common in one thing they answer. Each of them is without differences. */
export interface Pattern<Value> {
  /** What varies and is not compared, in words: `body line 3: the date`. */
  readonly masks: readonly string[];
  /** Where another run doesn't fit; empty when it does. */
  differences(value: Value): readonly Difference[];
}

/** How the items of a sequence are named and shown. */
export interface SequenceName<Item> {
  readonly name: string;
  /** `body line 3` for the index 2. */
  fieldOf(index: number): string;
  show(item: Item): string;
}
