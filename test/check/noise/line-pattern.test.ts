import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Effort } from '../../../src/check/noise/effort.js';
import { learnLine } from '../../../src/check/noise/line-pattern.js';

const learn = (...lines: readonly string[]) => learnLine(lines, new Effort());

describe('learnLine', () => {
  test.each([
    ['the date', 'made at 2026-11-21T13:53:16Z', 'made at 2026-11-21T13:53:17Z', 'made at 2026-11-21T14:02:00Z'],
    ['a number', 'pid 17, 3 workers', 'pid 18, 3 workers', 'pid 4711, 3 workers'],
    ['a duration', 'took 980 ms in all', 'took 970 ms in all', 'took 1.2 s in all'],
    ['an address', 'from 172.17.0.2', 'from 172.17.0.3', 'from 10.0.0.1'],
    [
      'an id',
      'id 0b8f2a52-6d1c-4b0e-9d5e-1f2a3b4c5d6e',
      'id 7c0e1d2f-0000-4b0e-9d5e-aaaa3b4c5d6e',
      'id ffffffff-6d1c-4b0e-9d5e-1f2a3b4c5d6e',
    ],
    ['an id', 'session=a8s+/f3=; Path=/', 'session=Zk2+p/9=; Path=/', 'session=abcdefg=; Path=/'],
    ['an id', '/tmp/tmpa1b2c3/data.txt', '/tmp/tmpx9y8z7/data.txt', '/tmp/tmp1q2w3e/data.txt'],
    ['an id', 'nonce-rAnd0mB64_a-b1 end', 'nonce-9f_3kLs-0Zq2wE end', 'nonce-1111aaaa-bbbb22 end'],
    ['a word', 'hello alice!', 'hello bob!', 'hello carol!'],
    ['the order', 'GET, HEAD,POST', 'POST,GET, HEAD', 'HEAD, POST, GET'],
  ])('%s varies', (mask, one, other, third) => {
    const pattern = learn(one, other);
    expect(pattern.masks).toEqual([mask]);
    expect(pattern.matches(third)).toBe(true);
  });

  test.each([
    ['another word beside it', 'pid 17 up', 'pid 18 up', 'pid 19 down'],
    ['nothing where it was', 'pid 17 up', 'pid 18 up', 'pid  up'],
    ['something after it', 'pid 17', 'pid 18', 'pid 19 failed'],
    ['something before it', 'pid 17', 'pid 18', 'x pid 19'],
    ['another kind', 'pid 17', 'pid 18', 'pid unknown'],
    ['another time zone', '13:53:16 JST', '13:53:17 JST', '13:53:18 UTC'],
    ['the hour of another time zone', '2026-11-21 22:53:16', '2026-11-21 22:53:17', '2026-11-21 13:53:18'],
    ['the hour alone', 'at 22:53:16', 'at 22:53:17', 'at 13:53:18'],
    ['a far shorter id', 'id a1b2c3d4e5f6a7b8', 'id 00b2c3d4e5f6a7b8', 'id a1'],
    ['an error among words', 'is alice', 'is bob', 'is error'],
    ['another path', '/tmp/a1b2/data.txt', '/tmp/c3d4/data.txt', '/tmp/e5f6/other.txt'],
    ['a missing item', 'a, b, c', 'c, a, b', 'a, b'],
  ])('%s is a difference', (_, one, other, third) => {
    expect(learn(one, other).matches(third)).toBe(false);
  });

  test('midnight, noon and a new day are near', () => {
    expect(learn('at 23:59:58', 'at 23:59:59').matches('at 00:00:04')).toBe(true);
    expect(learn('2026-12-31 23:59:58', '2026-12-31 23:59:59').matches('2027-01-01 00:00:01')).toBe(true);
    expect(learn('Nov 21, 2026 11:59:58 AM', 'Nov 21, 2026 11:59:59 AM').matches('Nov 21, 2026 12:00:01 PM')).toBe(
      true,
    );
  });

  test('dates that are far apart in the original say nothing of the clock', () => {
    expect(learn('born 1970-01-01', 'born 2011-05-06').matches('born 1999-09-09')).toBe(true);
  });

  const word = fc.stringMatching(/^[g-z]{3,8}$/);
  const noise = fc.oneof(
    fc.nat().map(String),
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{16}$/),
    fc
      .date({ min: new Date('2026-11-21T10:00:00Z'), max: new Date('2026-11-21T10:20:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 19)),
  );

  test('masking hides no difference outside of what varies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ word, one: noise, other: noise, third: noise }), { minLength: 1, maxLength: 6 }),
        word,
        fc.nat(),
        (parts, changed, at) => {
          const place = at % parts.length;
          fc.pre(changed !== parts[place]?.word);
          const line = (run: 'one' | 'other' | 'third', words = parts.map((part) => part.word)) =>
            parts.map((part, index) => `${words[index]} ${part[run]}`).join(' ');
          const pattern = learn(line('one'), line('other'));
          for (const run of ['one', 'other', 'third'] as const) {
            const words = parts.map((part, index) => (index === place ? changed : part.word));
            expect(pattern.matches(line(run, words))).toBe(false);
          }
        },
      ),
    );
  });

  test('every line that was learnt from matches, in whatever order they came', () => {
    const line = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(word, noise, fc.constantFrom(' ', ',', '-', '/'))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), line, (lines, other) => {
        const [pattern, reversed] = [learn(...lines), learn(...[...lines].reverse())];
        for (const own of lines) expect(pattern.matches(own)).toBe(true);
        expect(pattern.matches(other)).toBe(reversed.matches(other));
        expect(pattern.masks).toEqual(reversed.masks);
      }),
    );
  });

  test('lines that are too long to look into still begin and end alike', () => {
    const [one, other, third] = ['1', '2', '3'].map((digit) => `head ${`${digit} `.repeat(100_000)} tail`);
    const pattern = learn(one ?? '', other ?? '');
    expect(pattern.matches(third ?? '')).toBe(true);
    expect(pattern.matches(`HEAD${third?.slice(4)}`)).toBe(false);
    expect(pattern.matches(`${third} and more`)).toBe(false);
  });

  test('a line of marks alone overflows no stack', () => {
    const line = (first: number, length: number) =>
      Array.from({ length }, (_, index) => '!@#$&*'[(index * first + first) % 6]).join('');
    const lines = [1, 5, 4, 2, 7, 10, 11, 8].map((first, index) => line(first, 65_000 + index));
    const pattern = learn(...lines);
    for (const own of lines) expect(pattern.matches(own)).toBe(true);
  });

  test('lines made to be slow are compared more coarsely, in time', () => {
    const [one, other] = ['a 1 ', 'b 2 '].map((part) => part.repeat(15_000));
    const pattern = learn(one ?? '', other ?? '');
    expect(pattern.matches(one ?? '')).toBe(true);
    expect(pattern.matches(other ?? '')).toBe(true);
  });
});
