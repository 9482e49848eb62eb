import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/schema/yaml.ts';

function problemsOf(text: string | Uint8Array): string[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return parseYaml(bytes).problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
}

/** Each list holds the one before nine times. */
const aliasBomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(', ')}]`),
].join('\n');

describe('YAML', () => {
  test('is read with places, and values as they are written', () => {
    const { root, problems } = parseYaml(Buffer.from('a: 0x10\nb:\n  - &b "x"\n  - *b\n  - ~\n__proto__: 1\n'));
    expect(problems).toEqual([]);
    expect(root).toMatchObject({
      kind: 'map',
      entries: [
        { key: 'a', at: { line: 1, column: 1 }, value: { value: 16, text: '0x10', at: { line: 1, column: 4 } } },
        {
          key: 'b',
          value: {
            kind: 'list',
            items: [
              { value: 'x', at: { line: 3, column: 8 } },
              { value: 'x', at: { line: 3, column: 8 } },
              { value: null },
            ],
          },
        },
        { key: '__proto__' },
      ],
    });
  });

  test('of an empty file is nothing', () => {
    expect(parseYaml(Buffer.from('# only a comment\n'))).toEqual({ root: undefined, problems: [] });
  });

  test.each([
    ['keys that are there twice', 'a: 1\na: 2\n', ['2:1 this key is there twice']],
    ['a tab that indents', 'a:\n\tb: 1\n', ['2:1 a tab can’t indent a line: write spaces']],
    ['a tag', 'a: !!js/function x\n', ['1:4 tags such as tag:yaml.org,2002:js/function are not read']],
    ['a merge key', 'a: &a {b: 1}\nc:\n  <<: *a\n', ['3:3 merge keys (<<) are not read']],
    ['two documents', 'a: 1\n---\nb: 1\n', ['2:1 a second document begins here, and only one is read']],
    ['an alias of itself', 'a: &x [*x]\n', ['1:8 the alias *x holds itself']],
    ['an alias of nothing', 'a: *x\n', [expect.stringMatching(/^1:4 /)]],
    ['a key that is a list', '? [1]\n: 2\n', ['1:3 a key is a word here']],
    ['a bomb of aliases', aliasBomb, [expect.stringMatching(/^\d+:\d+ there are more than 50000 values/)]],
    ['brackets without end', `a: 1\nb: ${'['.repeat(200_000)}`, ['2:1 values are nested more than 50 deep']],
    ['maps without end', '{a: '.repeat(100_000), ['1:1 values are nested more than 50 deep']],
    ['lists without end', '- '.repeat(100_000), ['1:1 values are nested more than 50 deep']],
    ['keys without end', '? '.repeat(100_000), ['1:1 values are nested more than 50 deep']],
    [
      'lines that go ever deeper',
      Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      ['202:1 values are nested more than 50 deep'],
    ],
    ['a large file', `#${' '.repeat(1024 * 1024)}`, ['1:1 it is larger than 1 MiB']],
    ['a byte that is no text', Buffer.from('a: 1\nb: \xff\n', 'latin1'), ['2:1 here is a byte that is not UTF-8']],
  ])('refuses %s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
