import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeLog, describeOutput } from '../../src/check/describe-output.js';

const text = (body: string, type?: string) => describeOutput(Buffer.from(body), type);
const json = (value: string) => text(value, 'application/json; charset=utf-8');

describe('describeOutput', () => {
  test('text is compared by line; a last line without its end is another text', () => {
    expect(text('a\nb')).toEqual({ kind: 'lines', unit: 'line', lines: ['a', 'b'] });
    expect(text('a\nb\n')).not.toEqual(text('a\nb'));
    expect(text('a\r\nb')).not.toEqual(text('a\nb'));
    expect(text('')).toEqual({ kind: 'lines', unit: 'line', lines: [''] });
  });

  test.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/problem+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['application/x-ndjson', '{"a":1}\n\n[2]\n', [{ a: 1 }, [2]]],
    ['application/jsonlines', '{"a":1}', [{ a: 1 }]],
  ])('%s is compared by value', (type, body, value) => {
    expect(text(body, type)).toEqual({ kind: 'json', value });
  });

  test('what only looks like JSON, and what says it is JSON and is none, is text', () => {
    expect(text('{"a":1}', 'text/plain').kind).toBe('lines');
    expect(text('{"a":1}').kind).toBe('lines');
    expect(json('{"a":').kind).toBe('lines');
    expect(text('{"a":1}\nfatal', 'application/x-ndjson').kind).toBe('lines');
  });

  test('a page is compared by node', () => {
    const page = { kind: 'lines', unit: 'node', lines: ['<p>', 'a b', '</p>'] };
    expect(text('<p>\n a  b </p>\n', 'text/html')).toEqual(page);
    expect(text('<p>a b</p>', 'application/xhtml+xml')).toEqual(page);
    expect(text('<p>a b</p>', 'text/plain')).toEqual({ kind: 'lines', unit: 'line', lines: ['<p>a b</p>'] });
  });

  test('what is not text is compared by every byte', () => {
    const one = describeOutput(Buffer.from([0xf0, 0x9f, 0x98]), 'text/html');
    // Both decode to one U+FFFD of three bytes.
    const other = describeOutput(Buffer.from([0xf0, 0x9f, 0x99]), 'text/html');
    expect(one).toMatchObject({ kind: 'binary', sizeBytes: 3, start: 'f09f98' });
    expect(one).not.toEqual(other);
    expect(describeOutput(Buffer.from('a\0b')).kind).toBe('binary');
  });

  test('a very long or deep answer makes no million things to compare', () => {
    expect(text('x\n'.repeat(1_000_000)).kind).toBe('binary');
    expect(text('<a>'.repeat(1_000_000), 'text/html').kind).toBe('lines');
    expect(text('<a>'.repeat(1_000_000), 'text/html')).toMatchObject({ unit: 'line' });
    expect(json(JSON.stringify(Array.from({ length: 100_000 }, () => 1))).kind).toBe('lines');
    expect(json(`${'['.repeat(4000)}${']'.repeat(4000)}`).kind).toBe('lines');
    expect(json(`${'{"a":'.repeat(1_000_000)}`).kind).toBe('lines');
  });

  test('two texts have the same field only when they are the same', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        const isSame = Buffer.from(left).equals(Buffer.from(right));
        const [one, other] = [left, right].map((bytes) => JSON.stringify(describeOutput(Buffer.from(bytes))));
        expect(one === other).toBe(isSame);
      }),
    );
  });
});

test('of a log, blank lines say nothing', () => {
  expect(describeLog('a\n\n  \nb\n')).toEqual({ kind: 'log', lines: ['a', 'b'] });
});
