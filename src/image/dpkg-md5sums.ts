/** A line of a package's `md5sums`. */
export interface Md5sum {
  /** Without its first slash. */
  readonly path: string;
  /** The line as it is written. */
  readonly line: string;
}

/** Parses `NAME.md5sums` (deb-md5sums(5)): a digest, two spaces, and a path. What isn't such a line is passed over. */
export function parseMd5sums(text: string): readonly Md5sum[] {
  return text.split('\n').flatMap((line) => {
    const path = /^[0-9a-f]{32} [ *](.+)$/.exec(line)?.[1];
    return path === undefined ? [] : [{ path, line }];
  });
}
