import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderComparisonMarkdown } from '../../src/report/comparison-markdown.js';
import { codeSpan } from '../../src/report/markdown.js';
import { comparisonOf } from './comparison-of.js';
import { hostileNames } from './hostile-names.js';
import { withoutCode } from './without-code.js';

describe('codeSpan', () => {
  test.each([
    ['/usr/bin/env', '`/usr/bin/env`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['a``b`c', '```a``b`c```'],
    [' a', '`  a `'],
    ['', '` `'],
    ['a\nb', '`a\\nb`'],
    ['\u202eexe', '`\\u{202e}exe`'],
  ])('%j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  test('whatever the name, nothing of it is outside the span', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('`', ' ', '\n', '<', '|') }),
    );
    fc.assert(
      fc.property(name, (text) => {
        expect(withoutCode(`[${codeSpan(text)}]`)).toBe('[]');
      }),
    );
  });

  test('a long name is cut in its middle, between characters', () => {
    const span = codeSpan(`/${'🦊'.repeat(1000)}/end`);
    expect(span.length).toBeLessThan(180);
    expect(span).toMatch(/^`\/🦊+…🦊+\/end`$/u);
    expect(Buffer.from(span).toString()).toBe(span);
  });
});

describe('renderComparisonMarkdown', () => {
  test('reads like this', async () => {
    expect(renderComparisonMarkdown(await comparisonOf())).toBe(`### \`app:1\` → \`app:1-slim\`

| | original | slim | change |
| :-- | --: | --: | --: |
| size | 1.00 MB | 52.0 kB | -94.8% |
| files | 5 | 4 | -1 |
| layers | 5 | 1 | -4 |
| packages with files | 0 | 0 | = |
| shells | 1 | 0 | -1 |
| setuid/setgid files | 1 | 0 | -1 |

3 files gone (900 kB), 2 files added (2.00 kB), 1 file changed (5 B, now 10 B).

<details><summary>Removed (3)</summary>

- \`/bin/sh\`: 2 B
- \`/usr/bin/gcc\`: 900 kB
- \`/usr/bin/su\`: 2 B

</details>

<details><summary>Added (1)</summary>

- \`/app/new\`: 2 files, 2.00 kB

</details>

<details><summary>Contents changed (1)</summary>

- \`/app/config\`: 5 B, +5 B

</details>

<details><summary>Metadata (2)</summary>

- \`/app/config\`: \`uid\` was \`1000\`, is \`0\`
- \`/app/config\`: \`mode\` was \`0600\`, is \`0644\`

</details>

<details><summary>Config (1)</summary>

- \`User\` was \`app\`, is nothing

</details>

_files of the same size, time and metadata count as unchanged; \`--deep\` compares their contents as well_
`);
  });

  test('a hostile name cannot leave its code span, start a block or bring HTML', async () => {
    for (const name of hostileNames) {
      const config = { User: name, Env: [`${name}=${name}`], Labels: { [name]: name }, Entrypoint: [name] };
      const markdown = renderComparisonMarkdown(
        await comparisonOf({
          original: { [`/gone${name}/${name}x`]: { body: 'x' }, [`/old/${name}y`]: { body: 'x' } },
          slim: { [`/new/${name}`]: { body: 'x' }, [`/old/${name}y`]: { body: 'xyz', linkTarget: name } },
          about: [{ reference: name, config }, { reference: `${name}-slim` }],
        }),
      );
      const visible = withoutCode(markdown)
        .replaceAll('<details><summary>', '')
        .replaceAll('</summary>', '')
        .replaceAll('</details>', '');
      expect(visible).not.toMatch(/[<>`*[\]@&\\]/);
      expect(visible).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\r\t]/u);
      expect(markdown.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(8);
      expect(markdown.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(1);
    }
  });

  test('is never longer than a comment on GitHub may be', async () => {
    const name = (at: number) => `/${at}${'`'.repeat(4000)}`;
    const entries = (body: string, from: number) =>
      Object.fromEntries(
        Array.from({ length: 100 }, (_, at) => [
          `${name(at + from)}/f`,
          { body: body.repeat(at), xattrs: new Map([[name(at), Buffer.alloc(4000, body)]]) },
        ]),
      );
    const about = [{ config: { Env: Array.from({ length: 100 }, (_, at) => `${name(at)}=${name(at)}`) } }, {}] as const;
    const comparison = await comparisonOf({ original: entries('x', 0), slim: entries('yy', 50), about });
    const markdown = renderComparisonMarkdown(comparison);
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toContain('and 80 more');
  });
});
