/** The largest table one alignment may fill: two texts of 2000 lines each. */
const mostCells = 4_000_000;

/** Some seconds of work; what is left when it is spent is compared more coarsely. */
const allCells = 200_000_000;

/** Bounds the work of comparing what strangers' images answer. */
export class Effort {
  #leftCells = allCells;

  /** True when work on a table of this many cells may be done. */
  spend(cells: number): boolean {
    if (cells > mostCells || cells > this.#leftCells) return false;
    this.#leftCells -= cells;
    return true;
  }
}
