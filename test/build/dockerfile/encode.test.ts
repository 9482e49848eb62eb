import { expect, test } from 'vitest';
import { commentText, encodeForPrintf, isPlain, shellWord } from '../../../src/build/dockerfile/encode.ts';
import { renderVariables } from '../../../src/build/dockerfile/variables.ts';

/** What `printf %b` makes of its argument (POSIX printf(1p)). */
function printf(text: string): Buffer {
  const bytes: number[] = [];
  for (const [, octal, named, plain] of text.matchAll(/\\0([0-7]{3})|\\([nt])|([^\\])/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(named === undefined ? (plain ?? '').charCodeAt(0) : named === 'n' ? 10 : 9);
  }
  return Buffer.from(bytes);
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const awkward = Buffer.from('# a comment?\n  # another\n\n$HOME "quoted" \'single\' `back` \\n\\ \ntrailing  \n end ');

test.each([
  { what: 'every byte', bytes: everyByte },
  { what: 'what a Dockerfile and a shell would read', bytes: awkward },
  { what: 'a line longer than a parser takes', bytes: Buffer.alloc(200_000, 'x') },
])('$what survives printf', ({ bytes }) => {
  const pieces = encodeForPrintf(bytes);
  expect(printf(pieces.join('')).equals(bytes)).toBe(true);
  for (const piece of pieces) {
    expect(piece).not.toMatch(/["$'`\n]|^\s*#|\s$/);
    expect(piece.length).toBeLessThan(3000);
  }
});

test('names that stand for themselves, and those that do not', () => {
  expect(['usr/lib/x86_64-linux-gnu/libc.so.6', 'a/[b]', 'é/日本', 'a=b,c:d~', './-x'].filter(isPlain)).toHaveLength(5);
  const odd = ['-x', '#a', 'a b', 'a"b', "a'b", 'a$b', 'a`b', 'a\\b', 'a\nb', 'a\u00a0b', 'a\u202eb', 'raw-\udcff'];
  expect(odd.filter(isPlain)).toEqual([]);
  expect(shellWord('/a/b')).toBe('/a/b');
  expect(shellWord("/a'; rm -rf /'")).toBe('"$(printf %b "/a\\0047; rm -rf /\\0047")"');
});

test('text for a comment stays in it', () => {
  expect(commentText('a\nRUN rm -rf /\u202e é')).toBe('a\\u{a}RUN rm -rf /\\u{202e} \\u{e9}');
});

test('values are cut before a builder takes long over them, and a comment is said once', () => {
  const texts = Array.from({ length: 500 }, (_, at) => ({
    text: `usr/share/some/file-${at}`,
    comment: at < 2 ? 'A:' : 'B:',
  }));
  const { lines, reference } = renderVariables('files', texts, { separator: ' ', escapeMark: '\\' });
  expect(reference).toBe('$files1 $files2');
  expect(lines.slice(0, 4)).toEqual([
    'ARG files1="\\',
    '# A:',
    '    usr/share/some/file-0 \\',
    '    usr/share/some/file-1 \\',
  ]);
  expect(lines.filter((line) => line === '"')).toHaveLength(2);
  expect(lines.filter((line) => line.startsWith('#'))).toEqual(['# A:', '# B:']);
});
