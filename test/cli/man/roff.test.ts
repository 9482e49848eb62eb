import { describe, expect, test } from 'vitest';
import { roffBold, roffParagraph, roffText, roffVerbatim } from '../../../src/cli/man/roff.ts';

describe('roff', () => {
  test.each([
    ['a\\nb', 'a\\enb'],
    ['--dry-run', '\\-\\-dry\\-run'],
    ['image’s …', 'image\\[u2019]s \\[u2026]'],
    ['  two\n lines ', 'two lines'],
  ])('%j', (text, roff) => {
    expect(roffText(text)).toBe(roff);
  });

  test('no line of a text is a request, wherever it is broken', () => {
    expect(roffParagraph('.TH is text')).toBe('\\&.TH is text');
    const words = roffParagraph(`${'word '.repeat(40)}${'.so '.repeat(60)}${"'br ".repeat(60)}`).split('\n');
    expect(words.filter((line) => /^[.']/.test(line))).toEqual([]);
    expect(Math.max(...words.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(roffVerbatim(".x\n  'y\n-z")).toBe(".nf\n\\&.x\n  'y\n\\-z\n.fi");
  });

  test('a quote does not end an argument', () => {
    expect(roffBold('say "x"')).toBe('.B "say \\(dqx\\(dq"');
  });
});
