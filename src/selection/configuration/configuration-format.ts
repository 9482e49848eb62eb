/** One instruction of a configuration file: `ssl_certificate /etc/x.pem;`. */
export interface Statement {
  /** In lower case where the format doesn't tell the cases apart. */
  readonly directive: string;
  readonly args: readonly string[];
}

/** What a directive's arguments are. */
export interface DirectiveUse {
  /** Patterns of files, absolute or relative to the file's own directory, those above it and the format's `bases`. */
  readonly files?: (args: readonly string[]) => readonly string[];
  /** True: a directory among them stands for all files below it. */
  readonly isTree?: boolean;
  /** True: a directory among them is served: all of it, as long as it is of bounded size. */
  readonly isContent?: boolean;
  /** True: the arguments are a command line. */
  readonly isProgram?: boolean;
}

/** How a kind of configuration file names others. */
export interface ConfigurationFormat {
  readonly name: string;
  /** Where its files are by convention; what they include is of the same format. */
  readonly files: RegExp;
  /** Whatever these read by a name that ends in `.conf`, `.cnf` or `.ini` is of the format too. */
  readonly programs: readonly string[];
  readonly parse: (text: string) => Iterable<Statement>;
  readonly uses: ReadonlyMap<string, DirectiveUse>;
  /** Directories, patterns allowed, that relative names may start at besides those above the file. */
  readonly bases: readonly string[];
  /** Patterns of what is read whatever a file says. */
  readonly alongside: readonly string[];
}

/** The arguments are files or patterns of files. */
export const files: DirectiveUse = { files: (args) => args };
/** The arguments are directories, all files in which are read. */
export const directories: DirectiveUse = { files: (args) => args.map((directory) => `${directory}/*`) };
/** The arguments are directories that are served. */
export const content: DirectiveUse = { files: (args) => args, isContent: true };
/** The arguments are a command line. */
export const program: DirectiveUse = { isProgram: true };

/** The words of a line, quotes removed, split at blanks. */
export function splitWords(line: string): readonly string[] {
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|\\.|[^\s"'\\])+|\\$/g) ?? [];
  return words.map((word) => word.replace(/\\(.)|["']/g, '$1'));
}
