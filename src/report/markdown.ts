import { printable } from './format.js';

const longestName = 160;

/**
 * Text from an image as a code span (CommonMark 0.31, 6.1), where nothing is markup: no HTML, no link, no mention. Its
 * fence is longer than any run of backticks in it, and it is one line and not overly long. Not for table cells, in which
 * a pipe ends a code span too.
 */
export function codeSpan(text: string): string {
  const line = shorten(printable(text));
  const longestRun = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  // One space on each side is taken off again by the reader: needed beside a backtick, or around spaces of the name.
  // A span of spaces alone keeps them all, and an empty one would be no span.
  const isPadded = /^[ `]|[ `]$/.test(line) && /[^ ]/.test(line);
  if (line === '') return '` `';
  return isPadded ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Keeps the end of a long name: it tells more. */
function shorten(line: string): string {
  if (line.length <= longestName) return line;
  const head = line.slice(0, longestName / 4).replace(/[\ud800-\udbff]$/, '');
  const tail = line.slice(-longestName * 0.75).replace(/^[\udc00-\udfff]/, '');
  return `${head}…${tail}`;
}
