import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeOutput } from '../../src/check/describe-output.js';

const text = (body: string, type?: string) => describeOutput('body', Buffer.from(body), type);
const json = (value: string) => text(value, 'application/json; charset=utf-8');

describe('describeOutput', () => {
  test('text is compared by line; a last line without its end is another text', () => {
    expect(text('a\nb')).toEqual({ 'body line 1': 'a', 'body line 2': 'b' });
    expect(text('a\nb\n')).not.toEqual(text('a\nb'));
    expect(text('a\r\nb')).not.toEqual(text('a\nb'));
    expect(text('')).toEqual({ 'body line 1': '' });
  });

  test('JSON is compared by value: neither spaces nor the order of keys count, the order of a list does', () => {
    expect(json('{"b": [1, {"c": null}], "a": {}}')).toEqual({
      'body $.b[0]': '1',
      'body $.b[1].c': 'null',
      'body $.a': '{}',
    });
    expect(json('{"a":1,"b":2}')).toEqual(json(' { "b":2,\n"a":1 }'));
    expect(json('[1,2]')).not.toEqual(json('[2,1]'));
    expect(json('"1"')).not.toEqual(json('1'));
    expect(json('[]')).not.toEqual(json('{}'));
  });

  test('a key made to look like two is not taken for them', () => {
    expect(json('{"a.b":1}')).not.toEqual(json('{"a":{"b":1}}'));
    expect(json('{"a[0]":1}')).not.toEqual(json('{"a":[1]}'));
    expect(json('{"__proto__":1}')).toEqual({ 'body $.__proto__': '1' });
  });

  test('every kind of JSON by its media type, and none that only looks like it', () => {
    expect(Object.keys(text('{"a":1}', 'application/problem+json'))).toEqual(['body $.a']);
    expect(Object.keys(text('{"a":1}', 'text/plain'))).toEqual(['body line 1']);
    expect(Object.keys(text('{"a":1}', 'application/jsonlines'))).toEqual(['body line 1']);
  });

  test('what says it is JSON and is none is compared as text', () => {
    expect(json('{"a":')).toEqual({ 'body line 1': '{"a":' });
  });

  test('what is not text is compared by every byte', () => {
    const one = describeOutput('body', Buffer.from([0xf0, 0x9f, 0x98]));
    // Both decode to one U+FFFD of three bytes.
    const other = describeOutput('body', Buffer.from([0xf0, 0x9f, 0x99]));
    expect(Object.keys(one)).toEqual(['body length', 'body digest']);
    expect(one).not.toEqual(other);
    expect(Object.keys(describeOutput('body', Buffer.from('a\0b')))).toEqual(['body length', 'body digest']);
  });

  test('a very long or deep answer makes no million fields', () => {
    expect(Object.keys(text('x\n'.repeat(1_000_000)))).toHaveLength(2);
    expect(Object.keys(json(JSON.stringify(Array.from({ length: 100_000 }, () => 1))))).toHaveLength(1);
    expect(Object.keys(json(`${'['.repeat(4000)}${']'.repeat(4000)}`))).toHaveLength(1);
  });

  test('two texts have the same fields only when they are the same', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        const isSame = Buffer.from(left).equals(Buffer.from(right));
        const [one, other] = [left, right].map((bytes) => JSON.stringify(describeOutput('b', Buffer.from(bytes))));
        expect(one === other).toBe(isSame);
      }),
    );
  });
});
