import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCount } from '../../src/amount.js';
import {
  formatBytes,
  formatPercent,
  formatSeconds,
  printable,
  renderColumns,
  shorten,
} from '../../src/report/format.js';
import { hostileNames } from './hostile-names.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [9_994, '9.99 kB'],
  [9_996, '10.0 kB'],
  [99_960, '100 kB'],
  [999_400, '999 kB'],
  [999_500, '1.00 MB'],
  [98_600_000, '98.6 MB'],
  [1_020_000_000, '1.02 GB'],
  [2 ** 53, '9.01 PB'],
  [-1500, '-1.50 kB'],
])('formatBytes(%d) is %s', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test.each([
  [0.8931, '89.3%'],
  [1, '100.0%'],
  [0.99999, '99.9%'],
  [0, '0.0%'],
  [-0.5, '-50.0%'],
  [-0.0001, '0.0%'],
  [Number.NaN, '?'],
])('formatPercent(%d) is %s', (ratio, expected) => {
  expect(formatPercent(ratio)).toBe(expected);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
  [-12345, '-12,345'],
])('formatCount(%d) is %s', (count, expected) => {
  expect(formatCount(count)).toBe(expected);
});

test.each([
  [340, '0.3 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
  [185_000, '3 min 5 s'],
])('formatSeconds(%d) is %s', (milliseconds, expected) => {
  expect(formatSeconds(milliseconds)).toBe(expected);
});

test('renderColumns aligns, and leaves no blanks at the end of a line', () => {
  expect(renderColumns([['a', '1', ''], ['long', '1000', 'x'], []], new Set([1]))).toBe('a        1\nlong  1000  x\n');
});

describe('printable', () => {
  test.each([
    ['plain /path ü 日本 🦊', 'plain /path ü 日本 🦊'],
    ['\u001b[31m', '\\x1b[31m'],
    ['a\nb\r\tc\0', 'a\\nb\\r\\tc\\x00'],
    ['\u009b', '\\x9b'],
    ['raw-\udcff\udc80', 'raw-\\xff\\x80'],
    ['\ud800', '\\u{d800}'],
    ['\u202e\u2066\u200b\ufeff\u2028', '\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{2028}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['a\u00a0b\u3000c\u3164', 'a\\xa0b\\u{3000}c\\u{3164}'],
  ])('%j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test('no control, no override, no half character comes out, whatever goes in', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileNames));
    fc.assert(
      fc.property(text, fc.constantFrom('\udc80', '\ud800', ''), (good, bad) => {
        expect(printable(`${bad}${good}${bad}`)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

test('a text that is cut has no half of a character', () => {
  expect(shorten('abc', 3)).toBe('abc');
  expect(shorten('ab😀d', 3)).toBe('ab…');
  expect(shorten('ab😀d', 4)).toBe('ab😀…');
});
