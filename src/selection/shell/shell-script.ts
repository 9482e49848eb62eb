import type { ShellWord } from './shell-word.js';

/** One simple command, wherever it stands: in a list, a branch, a function, a substitution. */
export interface ShellCommand {
  /** Its name first; none for a mere assignment. */
  readonly words: readonly ShellWord[];
  /** `NAME=value` before it, or as arguments of `export` and its kin; an array gives one for each element. */
  readonly assignments: readonly { readonly name: string; readonly value: ShellWord }[];
  /** Other words: the files it is redirected from or to, what a test or a `case` looks at. */
  readonly mentions: readonly ShellWord[];
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  readonly functions: ReadonlySet<string>;
}
