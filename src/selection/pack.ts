import { SlimtraceError } from '../errors.js';

/**
 * A piece of declared knowledge: if this is kept, keep that, because. All conditions of `when` must hold. Patterns are
 * those of `--include`; `{directory}` in `keep` and `plugins` is the directory of the kept path that matched
 * `when.kept`, `{value}` what the variable of `when.env` is set to.
 */
export interface Pack {
  readonly name: string;
  /** A clause with the kept path as its subject: `loads its plugins from there by name`. */
  readonly because: string;
  readonly when: {
    /** One of these patterns matches a kept path. */
    readonly kept?: readonly string[];
    /** A kept ELF object imports one of these symbols. */
    readonly imports?: readonly string[];
    /** A traced program named a path that one of these patterns matches. */
    readonly traced?: readonly string[];
    /** One of these variables is set, in the image or for the run. */
    readonly env?: readonly string[];
  };
  readonly keep: readonly string[];
  /** Directories whose names the application lists to find its plugins: what is listed is kept whole. */
  readonly plugins?: readonly string[];
}

/** Parses a file of packs (a JSON list), trusting nothing. `from` is named in errors. Throws `usage`. */
export function parsePacks(text: string, from: string): readonly Pack[] {
  try {
    return JSON.parse(text) as readonly Pack[];
  } catch (cause) {
    throw new SlimtraceError('usage', { problem: `${from}: not a list of packs` }, { cause });
  }
}
