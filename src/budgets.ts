/** What a slim image has to keep to. Undefined or empty: no such budget. */
export interface Budgets {
  readonly maxSizeBytes: number | undefined;
  /** 0 to 1. */
  readonly minReduction: number | undefined;
  readonly maxFiles: number | undefined;
  /** Not larger than the image that had the name before, or than the last accepted size. */
  readonly failIfLarger: boolean;
  /** Paths or globs (those of `--include`) that the slim image may not have. */
  readonly forbiddenPaths: readonly string[];
  /** Packages of which it may have no file. */
  readonly forbiddenPackages: readonly PackagePattern[];
  readonly failOn: ReadonlySet<FailOn>;
}

export const failOns = ['secrets', 'shell', 'setuid', 'root'] as const;

export type FailOn = (typeof failOns)[number];

/** A package by its name, in which `*` stands for any text. */
export interface PackagePattern {
  /** As it was given. */
  readonly text: string;
  /** A type of package URLs; undefined for a package of whatever type. */
  readonly type: string | undefined;
  readonly name: string;
}

/** One budget, and whether the slim image keeps to it. */
export interface BudgetResult {
  /** As the flag is called: `max-size`, `fail-on shell`, `forbid-path /bin/**`. */
  readonly budget: string;
  readonly passed: boolean;
  /** What it allows, in words: `120 MB`. */
  readonly limit: string;
  /** What there is: `134 MB`, `/usr/bin/dash, /usr/bin/sh`. */
  readonly actual: string;
  /** Where to look when it isn't kept to: the largest directories, the paths that match; one each, the first few. */
  readonly offenders: readonly string[];
}
