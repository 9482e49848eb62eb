import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOfLine, tokenise } from '../../../src/check/noise/tokens.js';

const kindsOf = (line: string) =>
  tokenise(line)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text }) => `${kind} ${text}`);

describe('tokenise', () => {
  test.each([
    ['2026-11-21T13:53:16.123Z', ['date 2026-11-21T13:53:16.123', 'word Z']],
    ['2026-11-21 13:53:16,123 INFO', ['date 2026-11-21 13:53:16,123', 'word INFO']],
    ['2026/11/21 13:53:16 [notice]', ['date 2026/11/21 13:53:16', 'mark [', 'word notice', 'mark ]']],
    ['Sat, 21 Nov 2026 13:53:16 GMT', ['date Sat, 21 Nov 2026 13:53:16', 'word GMT']],
    ['Sat Nov 21 13:52:52 JST 2026', ['date Sat Nov 21 13:52:52', 'word JST', 'number 2026']],
    ['[21/Nov/2026:13:53:16 +0900]', ['mark [', 'date 21/Nov/2026:13:53:16', 'mark +', 'number 0900', 'mark ]']],
    ['21-Nov-2026 13:53:16.123 up', ['date 21-Nov-2026 13:53:16.123', 'word up']],
    ['Nov 21, 2026 1:53:16 PM x', ['date Nov 21, 2026 1:53:16 PM', 'word x']],
    ['21.11.2026', ['date 21.11.2026']],
    ['13:53:16', ['time 13:53:16']],
    [
      'in 3.5ms or 1m2s or 12 seconds',
      ['word in', 'duration 3.5ms', 'word or', 'duration 1m2s', 'word or', 'duration 12 seconds'],
    ],
    ['172.17.0.2:8080', ['address 172.17.0.2', 'mark :', 'number 8080']],
    ['02:42:ac:11:00:02', ['address 02:42:ac:11:00:02']],
    ['0b8f2a52-6d1c-4b0e-9d5e-1f2a3b4c5d6e', ['uuid 0b8f2a52-6d1c-4b0e-9d5e-1f2a3b4c5d6e']],
    ['worker7 of v1.2.3', ['word worker', 'number 7', 'word of', 'id v1', 'mark .', 'number 2.3']],
    ['a1b2c3 99% 1e-05', ['id a1b2c3', 'number 99', 'mark %', 'number 1e-05']],
    ['größe 日本', ['word größe', 'word 日本']],
  ])('%s', (line, tokens) => {
    expect(kindsOf(line)).toEqual(tokens);
  });

  test('nothing of a line is lost, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff })), (codes) => {
        const line = String.fromCodePoint(...codes);
        expect(
          tokenise(line)
            .map(({ text }) => text)
            .join(''),
        ).toBe(line);
      }),
    );
    expect(
      tokenise('\ud800x')
        .map(({ text }) => text)
        .join(''),
    ).toBe('\ud800x');
  });

  test('a long line made to be slow is not', () => {
    for (const part of ['1', '1.', '1m', 'a1', '1:', 'ab:', '1-', ' ', 'a', '11:11:11', '2026-01-01 ', '1e'])
      expect(tokenise(part.repeat(30_000)).length).toBeGreaterThan(0);
  });
});

test('lines of the same key say the same of other times and ids', () => {
  expect(keyOfLine('12:00:01 worker 7 up')).toBe(keyOfLine('23:59:59 worker 12 up'));
  expect(keyOfLine('12:00:01 worker 7 up')).not.toBe(keyOfLine('12:00:01 worker 7 down'));
});
