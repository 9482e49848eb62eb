/** So many entries are held at most: some ten times the largest images. */
const maxEntries = 2_000_000;

/** So many bytes of names, links and extended attributes are held at most. */
const maxMetadataBytes = 512 * 1024 * 1024;

/** What all tars of one image may take of memory together, so that a hostile one can't take all of it. */
export class IndexBudget {
  #entries: number;
  #metadataBytes: number;

  constructor(limits: { readonly entries?: number; readonly metadataBytes?: number } = {}) {
    this.#entries = limits.entries ?? maxEntries;
    this.#metadataBytes = limits.metadataBytes ?? maxMetadataBytes;
  }

  /** Counts an entry; gives what there is too much of, if there is. */
  takeEntry(metadataBytes: number): string | undefined {
    this.#entries -= 1;
    if (this.#entries < 0) return 'there are too many entries';
    return this.takeBytes(metadataBytes);
  }

  takeBytes(metadataBytes: number): string | undefined {
    this.#metadataBytes -= metadataBytes;
    return this.#metadataBytes < 0 ? 'names and attributes take too much memory' : undefined;
  }
}
