/** Rows that are each there once, in the order they were first asked for. */
export class Table<Row> {
  readonly rows: Row[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #keyOf: (row: Row) => string;

  /** @param keyOf what is the same for two rows only when they are the same */
  constructor(keyOf: (row: Row) => string) {
    this.#keyOf = keyOf;
  }

  /** Where a row is; it is added when it isn't there. */
  indexOf(row: Row): number {
    const key = this.#keyOf(row);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.rows.length);
    return this.rows.push(row) - 1;
  }
}
