/** Texts that are written once and named by number. */
export class Interned {
  readonly #indexes = new Map<string, number>();
  readonly #texts: string[] = [];

  constructor(first: readonly string[] = []) {
    for (const text of first) this.indexOf(text);
  }

  /** All of them, each once, in the order they came. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
}
