import { printable } from './format.js';

/** `--include PATTERN` as it can be pasted into a POSIX shell; what can't be printed is shown as an escape. */
export function renderFlag(flag: '--include' | '--exclude', pattern: string): string {
  const shown = printable(pattern);
  return `${flag} ${/^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`}`;
}
