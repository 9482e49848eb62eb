import { formatCount } from '../amount.js';
import { printable } from './format.js';

const longestName = 160;

/**
 * Text from an image as a code span (CommonMark 0.31, 6.1), where nothing is markup: no HTML, no link, no mention. Its
 * fence is longer than any run of backticks in it, and it is one line and not overly long. Not for table cells, in which
 * a pipe ends a code span too.
 */
export function codeSpan(text: string): string {
  const line = shorten(printable(text));
  const fence = '`'.repeat(longestRun([line]) + 1);
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

/** What a word may be to stand as it is: no markup, no address, no `GH-12`, nothing that a list could begin with. */
const plainWord = /^[A-Za-z]+(?:['’-][A-Za-z]+)*$|^\d{1,6}(?:[.,]\d{1,3}){0,3}%?$/;

/** Seven or more of these digits are a link where a commit has them. */
const commitLike = /^[0-9a-f]{7,}$/i;

/**
 * A sentence in which names from an image may stand: plain words stay text, everything else becomes code spans, in which no
 * platform looks for markup, mentions or references. Not for table cells.
 */
export function prose(text: string): string {
  const parts: string[] = [];
  let code: string[] = [];
  const endCode = () => {
    if (code.length > 0) parts.push(codeSpan(code.join(' ')));
    code = [];
  };
  for (const token of printable(text).split(' ')) {
    const [, open = '', word = '', close = ''] = /^([("“]?)(.*?)([)"”]?[,.;:?]?)$/s.exec(token) ?? [];
    if (plainWord.test(word) && !commitLike.test(word) && !isListMarker(parts.length + code.length === 0, token)) {
      endCode();
      parts.push(token);
    } else if (word === '') code.push(token);
    else {
      code.push(word);
      if (open + close === '') continue;
      // Punctuation around a name is the sentence's own.
      const before = code.slice(0, -1);
      code = [word];
      if (before.length > 0) parts.push(codeSpan(before.join(' ')));
      parts.push(`${open}${codeSpan(word)}${close}`);
      code = [];
    }
  }
  endCode();
  return parts.join(' ');
}

/** `1.` or `1)` at the beginning of a line would number a list. */
function isListMarker(isFirst: boolean, token: string): boolean {
  return isFirst && /^\d+[.)]$/.test(token);
}

/** Lines as they are, in a fence that none of them can end (CommonMark 0.31, 4.5). */
export function codeBlock(lines: readonly string[], language: '' | 'diff' = ''): string {
  const shown = lines.map(printable);
  const fence = '`'.repeat(Math.max(2, longestRun(shown)) + 1);
  return [`${fence}${language}`, ...shown, fence].join('\n');
}

/** Of backticks. Names can hold more runs of them than a call can have arguments. */
function longestRun(lines: readonly string[]): number {
  let longest = 0;
  for (const line of lines) for (const [run] of line.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** Lines of a drift as a block. A diff is coloured by what a line begins with. */
export function diffBlock(lines: readonly string[]): string {
  return codeBlock(
    lines.map((line) => line.replace(/^ +(?=[-+] )/, '')),
    'diff',
  );
}

/** A list under its title and count, folded away; empty without rows. At most `shown` rows, and a word of how many more. */
export function foldedRows(title: string, rows: readonly string[], shown: number, count = rows.length): string {
  if (rows.length === 0) return '';
  return folded(`${title} (${formatCount(count)})`, listRows(rows, shown));
}

/** A list of at most `shown` rows, and a word of how many more. */
export function listRows(rows: readonly string[], shown: number): string {
  const list = rows.slice(0, shown).map((row) => `- ${row}`);
  if (rows.length > shown) list.push(`- and ${formatCount(rows.length - shown)} more`);
  return list.join('\n');
}

/** What is folded away under a title of our own words. */
export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
