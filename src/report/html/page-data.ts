/**
 * What the page draws and searches, as it is embedded: entries in depth-first order, each field an array of its own, so
 * that tens of thousands of them stay small. All text is fit to be shown (`printable`).
 */
export interface PageData {
  readonly entries: PageEntries;
  /** Where the reasons' texts say \u0001, their parent stands; where they say \u0002, the path itself. */
  readonly reasonTexts: readonly string[];
  /** By the index of a kept entry: pairs of a text's index and the parent entry's, -1 for none. */
  readonly reasons: Readonly<Record<string, readonly number[]>>;
  /** What `why` says of an entry, by its state, after its path. */
  readonly headlines: Readonly<Record<EntryState, string>>;
  /** By index: where a symlink leads to, which pattern excluded it, what else is known. */
  readonly links: Readonly<Record<string, string>>;
  readonly exclusions: Readonly<Record<string, string>>;
  readonly remarks: Readonly<Record<string, readonly string[]>>;
  readonly packages: readonly PageTableRow[];
}

export interface PageEntries {
  /** The last component; the root's is `/`. */
  readonly names: readonly string[];
  /** 0 is the root's; an entry is in the last one before it that is one less deep. */
  readonly depths: readonly number[];
  /** A letter each: see {@link entryTypes}. */
  readonly types: string;
  /** A letter each: see {@link EntryState}. */
  readonly states: string;
  readonly sizes: readonly number[];
  /** Into `packageNames`; 0 is none. */
  readonly packages: readonly number[];
  readonly packageNames: readonly string[];
  /** Into `layerNames`. */
  readonly layers: readonly number[];
  readonly layerNames: readonly string[];
}

/** `k`ept; `o`ut; e`x`cluded; from the `b`ase; `w`ritten by slimtrace. */
export type EntryState = 'k' | 'o' | 'x' | 'b' | 'w';

/** `f`ile, `d`irectory, `l`ink, anything el`s`e. */
export type EntryLetter = 'f' | 'd' | 'l' | 's';

/** A package: its type, name and version, how much of it is kept, and how many of its files. */
export type PageTableRow = readonly [
  type: string,
  name: string,
  version: string,
  state: 'full' | 'part' | 'unknown' | 'gone',
  filesKept: number,
  files: number,
];
