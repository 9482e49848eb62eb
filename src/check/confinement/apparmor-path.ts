/**
 * A path as an AppArmor rule names it (apparmor.d(5), "Globbing"). Whatever the parser would take for more than a letter, a quote, a
 * bracket, a variable, a new line, becomes a wildcard within the name: no file can write rules.
 *
 * @param tail what follows the path: globs of our own
 */
export function apparmorPath(path: string, tail = ''): string {
  const stem = tail.startsWith('/') && path.endsWith('/') ? path.slice(0, -1) : path;
  return `"${stem.replace(/[^A-Za-z0-9/._+:=~ -]+/gu, '*')}${tail}"`;
}

/** Everything below a directory. */
export function apparmorTree(directory: string): string {
  return apparmorPath(directory, '/**');
}
