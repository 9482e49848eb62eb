import type { EntryLetter, EntryState, PageData } from '../report/html/page-data.js';
import { type ChainStep, chainsOf } from '../selection/chains.js';

/** One reason for an entry: a text in which \u0001 stands for the parent and \u0002 for the entry itself. */
export interface PageReason {
  readonly text: string;
  /** The parent's index; undefined at a root cause. */
  readonly parent: number | undefined;
}

/** The entries that were embedded, by index: parents before children. */
export class ImageTree {
  readonly #data: PageData;
  readonly #parents: Int32Array;
  readonly #paths: string[] = [];

  constructor(data: PageData) {
    this.#data = data;
    const { depths } = data.entries;
    this.#parents = new Int32Array(depths.length).fill(-1);
    const open: number[] = [];
    for (const [at, depth] of depths.entries()) {
      if (depth > 0) this.#parents[at] = open[depth - 1] ?? -1;
      open[depth] = at;
    }
  }

  get count(): number {
    return this.#data.entries.names.length;
  }

  nameOf(at: number): string {
    return this.#data.entries.names[at] ?? '';
  }

  /** -1 for the root. */
  parentOf(at: number): number {
    return this.#parents[at] ?? -1;
  }

  pathOf(at: number): string {
    const known = this.#paths[at];
    if (known !== undefined) return known;
    const parent = this.parentOf(at);
    const above = parent <= 0 ? '' : this.pathOf(parent);
    const path = parent === -1 ? '/' : `${above}/${this.nameOf(at)}`;
    this.#paths[at] = path;
    return path;
  }

  typeOf(at: number): EntryLetter {
    return this.#data.entries.types[at] as EntryLetter;
  }

  stateOf(at: number): EntryState {
    return this.#data.entries.states[at] as EntryState;
  }

  /** True for what the slim image has. */
  isIn(at: number): boolean {
    const state = this.stateOf(at);
    return state !== 'o' && state !== 'x';
  }

  sizeOf(at: number): number {
    return this.#data.entries.sizes[at] ?? 0;
  }

  /** Empty for none. */
  packageOf(at: number): string {
    const { packages, packageNames } = this.#data.entries;
    return packageNames[packages[at] ?? 0] ?? '';
  }

  layerOf(at: number): string {
    const { layers, layerNames } = this.#data.entries;
    return layerNames[layers[at] ?? 0] ?? '';
  }

  linkOf(at: number): string | undefined {
    return this.#data.links[at];
  }

  remarksOf(at: number): readonly string[] {
    return this.#data.remarks[at] ?? [];
  }

  /** What became of an entry: the words after its path, as `slimtrace why` says them. */
  fateOf(at: number): string {
    return this.#data.headlines[this.stateOf(at)].replace('\u0001', () => this.#data.exclusions[at] ?? '');
  }

  chainsOf(at: number): readonly (readonly ChainStep<number, PageReason>[])[] {
    return chainsOf<number, PageReason>(at, {
      reasonsOf: (path) => this.#reasonsOf(path),
      parentOf: (reason) => reason.parent,
    });
  }

  /** The nearest directory above that the slim image has. */
  nearestKept(at: number): number {
    let above = this.parentOf(at);
    while (above > 0 && !this.isIn(above)) above = this.parentOf(above);
    return Math.max(0, above);
  }

  #reasonsOf(at: number): readonly PageReason[] {
    const pairs = this.#data.reasons[at] ?? [];
    const reasons: PageReason[] = [];
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const parent = pairs[index + 1] ?? -1;
      const text = this.#data.reasonTexts[pairs[index] ?? 0] ?? '';
      reasons.push({ text, parent: parent === -1 ? undefined : parent });
    }
    return reasons;
  }
}
