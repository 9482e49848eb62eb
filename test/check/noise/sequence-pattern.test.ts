import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Effort } from '../../../src/check/noise/effort.js';
import { learnJson } from '../../../src/check/noise/json-pattern.js';
import { learnLines } from '../../../src/check/noise/lines-pattern.js';

const learn = (...texts: readonly string[]) =>
  learnLines(
    'body',
    'line',
    texts.map((text) => text.split('\n')),
    new Effort(),
  );
const told = (originals: readonly string[], slim: string) =>
  learn(...originals)
    .differences(slim.split('\n'))
    .map(({ field, original, slim: other }) => `${field}: ${original} -> ${other}`);

describe('lines', () => {
  test('a line that differs is told, and what is around one that is missing or new is not', () => {
    expect(told(['a\nb\nc'], 'a\nx\nc')).toEqual(['body line 2: b -> x']);
    expect(told(['a\nb\nc'], 'a\nc')).toEqual(['body line 2: b -> undefined']);
    expect(told(['a\nb\nc'], 'a\nb\nx\nc')).toEqual(['body line 3: undefined -> x']);
  });

  test('the noise of each line is masked in it', () => {
    const originals = ['steady\nid a1b2c3d4\nat 10:00:01\n', 'steady\nid 99b2c3d4\nat 10:00:02\n'];
    expect(learn(...originals).masks).toEqual(['body line 2: an id', 'body line 3: the time']);
    expect(told(originals, 'steady\nid 77a2c3d4\nat 10:01:00\n')).toEqual([]);
    expect(told(originals, 'changed\nid 77a2c3d4\nat 10:01:00\n')).toEqual(['body line 1: steady -> changed']);
  });

  test('lines that come in another order are the same lines', () => {
    const originals = ['a\nb\nc', 'c\na\nb'];
    expect(learn(...originals).masks).toEqual(['body: the order']);
    expect(told(originals, 'b\na\nc')).toEqual([]);
    expect(told(originals, 'b\na\na')).toEqual([
      'body, in any order: c -> undefined',
      'body, in any order: undefined -> a',
    ]);
    const noisy = ['10:00:01 one\n10:00:01 two', '10:00:02 two\n10:00:02 one'];
    expect(told(noisy, '10:00:07 one\n10:00:07 two')).toEqual([]);
    expect(told(noisy, '10:00:07 one\n10:00:07 one')).toHaveLength(2);
  });

  test('where the number of lines varies, the lines that are always there still have to be', () => {
    const originals = ['head\nx a\ntail', 'head\nx b\ny c\nz d\ntail'];
    expect(learn(...originals).masks).toEqual(['body: how many there are from line 2 on']);
    expect(told(originals, 'head\nanything\nelse\ntail')).toEqual([]);
    expect(told(originals, 'head\ntail')).toEqual([]);
    expect(told(originals, 'anything\ntail')).toEqual(['body line 1: head -> anything']);
    expect(told(originals, 'head\nx')).toEqual(['body line 3: tail -> x']);
    expect(told(originals, 'head\nImportError: no module\ntail')).toEqual([
      'body line 2: undefined -> ImportError: no module',
    ]);
  });

  test('what is always there between two places that vary is looked for', () => {
    const originals = ['a\nmiddle\nb\nc', 'middle\nd\nc', 'x\ny\nmiddle\nc'];
    expect(told(originals, 'q\nmiddle\nr\nc')).toEqual([]);
    expect(told(originals, 'q\nr\nc')).toEqual(['body line 2: middle -> undefined']);
  });

  test('every text that was learnt from matches', () => {
    const line = fc.constantFrom('a', 'b', 'n 1', 'n 2', '10:00:01 up', '10:00:02 up', 'error', '', 'x7f y');
    const text = fc.array(line, { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
        const pattern = learnLines('body', 'line', texts, new Effort());
        for (const own of texts) {
          expect(pattern.differences(own)).toEqual([]);
          for (const each of own) expect(pattern.hasPlaceFor(each)).toBe(true);
        }
      }),
    );
  });

  test('what is common to both is missed when it is missing, wherever it is', () => {
    const noise = fc.array(fc.stringMatching(/^[a-f0-9]{6,9}$/), { maxLength: 3 });
    const part = fc.record({ one: noise, other: noise, third: noise });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.nat(), (parts, at) => {
        const lost = at % parts.length;
        const text = (run: 'one' | 'other' | 'third', without?: number) =>
          parts.flatMap((each, index) => [
            ...(index === without ? [] : [`${'steady '.repeat(index + 1)}line`]),
            ...each[run],
          ]);
        const pattern = learnLines('body', 'line', [text('one'), text('other')], new Effort());
        fc.pre(!pattern.masks.includes('body: the order'));
        expect(pattern.differences(text('third', lost))).not.toEqual([]);
      }),
    );
  });

  test('of thousands of lines, those around where their number varies still have to be', () => {
    const metrics = (value: number, ...more: readonly string[]) => {
      const lines = Array.from(
        { length: 3000 },
        (_, index) =>
          `requests_total{route="${'abcdefghij'[index % 10]}",at="${'x'.repeat(index % 57)}-${'y'.repeat(index % 53)}"} ${value + index}`,
      );
      return [...lines.slice(0, 1500), ...more, ...lines.slice(1500)];
    };
    const pattern = learnLines('body', 'line', [metrics(1), metrics(7, 'gc_total 1', 'gc_total 2')], new Effort());
    expect(pattern.differences(metrics(9, 'gc_total 3'))).toEqual([]);
    const without = (lines: string[], index: number) => lines.toSpliced(index, 1);
    for (const index of [3, 1400, 1700, 2999]) expect(pattern.differences(without(metrics(9), index))).not.toEqual([]);
    expect(pattern.differences(metrics(9).map((line) => line.replace('requests', 'failures')))).not.toEqual([]);
  });

  test('thousands of new lines in a log are told, in time', () => {
    const log = (run: number, verb: string) =>
      Array.from({ length: 3000 }, (_, index) => `10:00:0${run} ${verb} ${'step '.repeat(index % 40)}of ${index}`);
    const pattern = learnLines('stderr', 'line', [log(1, 'took'), log(2, 'took')], new Effort());
    expect(log(3, 'took').every((line) => pattern.hasPlaceFor(line))).toBe(true);
    expect(log(3, 'lost').some((line) => pattern.hasPlaceFor(line))).toBe(false);
  });

  test('many lines that vary are compared in time', () => {
    const texts = ['a', 'b'].map((word) => Array.from({ length: 5000 }, (_, index) => `${word} ${index} ${word}`));
    const pattern = learnLines('body', 'line', texts, new Effort());
    for (const text of texts) expect(pattern.differences(text)).toEqual([]);
    expect(pattern.differences(['error'])).not.toEqual([]);
  });
});

describe('JSON', () => {
  const differences = (originals: readonly unknown[], slim: unknown) =>
    learnJson('$', originals, new Effort())
      .differences(slim)
      .map(({ field, original, slim: other }) => `${field}: ${original} -> ${other}`);
  const masks = (...originals: readonly unknown[]) => learnJson('$', originals, new Effort()).masks;

  test('what varies keeps its type', () => {
    const originals = [
      { pid: 7, up: true, id: 'a1b2c3', of: null, steady: 1 },
      { pid: 8, up: false, id: 'ff00ee', of: 'x', steady: 1 },
    ];
    expect(masks(...originals)).toEqual([...['$.id: an id', '$.of: its type', '$.pid: a number', '$.up: a yes or no']]);
    expect(differences(originals, { pid: 9, up: true, id: '0a0b0c', of: null, steady: 1 })).toEqual([]);
    expect(differences(originals, { pid: '9', up: 1, id: 7, of: 1, steady: 2 })).toEqual(
      ['$.id: "a1b2c3" -> 7', '$.of: "x" -> 1', '$.pid: 7 -> "9"', '$.steady: 1 -> 2', '$.up: false -> 1'].sort(
        byNameOf({ pid: 0, up: 1, id: 2, of: 3, steady: 4 }),
      ),
    );
    expect(differences(originals, { pid: 1.5, up: true, id: 'a1b2c3', of: null, steady: 1 })).toHaveLength(1);
  });

  test('members that are not always there may be missing, others of such names may come', () => {
    const originals = [
      { a: 1, x1y2: 1 },
      { a: 1, z3w4: 2 },
    ];
    expect(differences(originals, { a: 1, q5r6: 9 })).toEqual([]);
    expect(differences(originals, { a: 1 })).toEqual([]);
    expect(differences(originals, { a: 1, error: 'no' })).toEqual(['$.error: undefined -> "no"']);
    expect(differences(originals, { x1y2: 1 })).toEqual(['$.a: 1 -> undefined']);
  });

  test('lists are compared as texts are by line: order, number and noise of each', () => {
    expect(
      differences(
        [
          [1, 2],
          [2, 1],
        ],
        [2, 1],
      ),
    ).toEqual([]);
    expect(
      differences(
        [
          [1, 2],
          [2, 1],
        ],
        [2, 2],
      ),
    ).toHaveLength(2);
    expect(differences([[{ a: 1, at: '10:00:01' }], [{ a: 1, at: '10:00:02' }]], [{ a: 2, at: '10:00:03' }])).toEqual([
      '$[0].a: 1 -> 2',
    ]);
    expect(
      differences(
        [
          ['a', 'b'],
          ['a', 'b', 'c'],
        ],
        ['b'],
      ),
    ).not.toEqual([]);
  });

  test('a key made to look like two is not taken for them, and none is special', () => {
    expect(differences([{ 'a.b': 1 }], { a: { b: 1 } })).toEqual([
      '$["a.b"]: 1 -> undefined',
      '$.a: undefined -> {"b":1}',
    ]);
    expect(differences([JSON.parse('{"__proto__":1}')], {})).toEqual(['$.__proto__: 1 -> undefined']);
    expect(differences([{}], JSON.parse('{"constructor":1}'))).toEqual(['$.constructor: undefined -> 1']);
  });
});

/** Differences come in the order of the slim image's members. */
function byNameOf(order: Readonly<Record<string, number>>) {
  const place = (text: string) => order[/^\$\.(\w+)/.exec(text)?.[1] ?? ''] ?? 0;
  return (left: string, right: string) => place(left) - place(right);
}
