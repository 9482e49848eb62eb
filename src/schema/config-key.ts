/** What a key of the configuration takes. */
export type KeyShape =
  /** One value, written as the flag's. */
  | 'text'
  /** One, or a list of them. */
  | 'list'
  /** true or false. */
  | 'switch'
  /** true, false, or a value. */
  | 'switch-or-text'
  /** A list of values, or a map of names and values. */
  | 'list-or-map'
  /** A command line as one text, or its words. */
  | 'words'
  /** Files, or packs written out. */
  | 'packs';

/** What in a value is relative to the configuration's directory. */
export type KeyPlace = 'file' | 'archive' | 'image' | 'prefix' | 'volume';

/** One key of an image, a scenario, its budgets or of `ci`. */
export interface ConfigKey {
  /** As the long flag is called, without `--` and `--no-`. */
  readonly name: string;
  /** The attribute of the parsed flags: `maxSize`. */
  readonly attribute: string;
  readonly shape: KeyShape;
  readonly description: string;
  readonly choices?: readonly string[] | undefined;
  readonly default?: string | boolean | undefined;
  readonly place?: KeyPlace | undefined;
}

/** All keys of the configuration, by where they stand. */
export interface ConfigKeys {
  /** Of an image and of `defaults`, without `image`, `scenarios` and `budgets`. */
  readonly image: readonly ConfigKey[];
  readonly scenario: readonly ConfigKey[];
  readonly budgets: readonly ConfigKey[];
  readonly ci: readonly ConfigKey[];
  /** Below `ci.deadlines`. */
  readonly deadlines: readonly ConfigKey[];
}
