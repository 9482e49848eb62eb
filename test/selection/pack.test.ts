import { describe, expect, it } from 'vitest';
import { SlimtraceError } from '../../src/errors.js';
import { parsePacks } from '../../src/selection/pack.js';
import { matchesWildcard } from '../../src/selection/wildcard.js';

const good = { name: 'mine', because: 'loads them', when: { kept: ['/app'] }, keep: ['{directory}/plugins/**'] };

function errorOf(value: unknown): { message: string; hint: string | undefined; code: string } {
  try {
    parsePacks(typeof value === 'string' ? value : JSON.stringify(value), 'my.json');
  } catch (error) {
    if (error instanceof SlimtraceError) return { message: error.message, hint: error.hint, code: error.code };
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('parsePacks', () => {
  it('takes a list of packs', () => {
    const packs = [good, { ...good, name: 'other', when: { env: ['TZ'], not: { traced: ['/x'] } }, plugins: ['/y'] }];
    expect(parsePacks(JSON.stringify(packs), 'my.json')).toEqual(packs);
    expect(parsePacks('[]', 'my.json')).toEqual([]);
  });

  it.each([
    ['no JSON', '[', 'my.json is not JSON', undefined],
    ['no list', {}, 'my.json: is not a list of packs', 'begins with ['],
    ['no object', ['x'], 'my.json, pack number 1: the pack is not an object', undefined],
    ['null', [null], 'my.json, pack number 1: the pack is not an object', undefined],
    ['no name', [{ ...good, name: undefined }], 'my.json, pack number 1: lacks "name"', undefined],
    ['a name that is a flag', [{ ...good, name: '--x y' }], 'pack "--x y": "name" is not a name', 'letters'],
    ['no reason', [{ ...good, because: ' ' }], 'pack "mine": "because" is not a text', undefined],
    ['nothing to keep', [{ ...good, keep: undefined }], 'pack "mine": keeps nothing', '"plugins"'],
    ['no condition', [{ ...good, when: {} }], 'pack "mine": has no condition in "when"', 'imports'],
    [
      'an unknown field',
      [{ ...good, keeps: ['/x'] }],
      'pack "mine": has an unknown field "keeps"',
      'did you mean keep?',
    ],
    ['a field of another sort', [{ ...good, wehn: {} }], 'has an unknown field "wehn"', 'did you mean when?'],
    ['an unknown condition', [{ ...good, when: { import: ['x'] } }], '"when.import"', 'did you mean imports?'],
    ['what only grows in not', [{ ...good, when: { not: { kept: ['/x'] } } }], '"when.not.kept"', 'known are traced'],
    ['a text for a list', [{ ...good, keep: '/x' }], '"keep" is not a list of texts', '["..."]'],
    ['a number in a list', [{ ...good, keep: [1] }], '"keep" is not a list of texts', undefined],
    ['a list of nothing', [{ ...good, keep: [] }], '"keep" is not a list of texts', undefined],
    [
      'an unknown placeholder',
      [{ ...good, keep: ['{dirctory}/x'] }],
      'placeholder {dirctory}',
      'did you mean directory?',
    ],
    ['a pattern for billions', [{ ...good, keep: [`/${'{a,b}'.repeat(40)}`] }], 'too many paths', undefined],
    [
      'lines of nothing',
      [{ ...good, when: { env: ['X'], lines: ['x'] } }],
      '"when.lines" without "when.kept"',
      undefined,
    ],
    [
      'a count of none',
      [{ ...good, when: { traced: ['/x'], atLeast: 0 } }],
      '"when.atLeast" is not a number',
      undefined,
    ],
    ['two of a name', [good, good], 'pack "mine": is there twice', 'a name of its own'],
    ['a prototype', '[{"__proto__": {"name": "x"}, "name": "mine"}]', 'unknown field "__proto__"', undefined],
  ])('names the file, the pack and the field: %s', (_, value, message, hint) => {
    const error = errorOf(value);
    expect(error.code).toBe('usage');
    expect(error.message).toContain(message);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });
});

describe('matchesWildcard', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'ac', true],
    ['a*a', 'a', false],
    ['*b*', 'abc', true],
    ['*b*b*', 'abc', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a.c', 'abc', false],
    ['', '', true],
    ['', 'a', false],
  ])('%j on %j: %j', (wildcard, text, matches) => {
    expect(matchesWildcard(wildcard, text)).toBe(matches);
  });

  it('many stars on a long text end', () => {
    expect(matchesWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(100_000))).toBe(false);
  });
});
