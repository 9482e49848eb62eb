import { describe, expect, test } from 'vitest';
import type { FullReport } from '../../src/report/full-report.js';
import { prose } from '../../src/report/markdown.js';
import { type MarkdownPlace, markdownLimits } from '../../src/report/markdown-limits.js';
import { renderSlimMarkdown } from '../../src/report/slim-markdown.js';
import { hostileNames } from './hostile-names.js';
import { plainCheck, wholeReport } from './whole-report.js';
import { withoutCode } from './without-code.js';

describe('prose', () => {
  test.each([
    ['the container exits with 3', 'the container exits with 3'],
    [
      '/app/x.js may load /app/y.js, which is left out: it is large',
      '`/app/x.js` may load `/app/y.js`, which is left out: it is large',
    ],
    ['loads by names (a.b)', 'loads by names (`a.b`)'],
    ['said "no such file"', 'said "no such file"'],
    ['@team look at #12 and GH-12', '`@team` look at `#12` and `GH-12`'],
    ['see https://evil.example/ or www.evil.example.', 'see `https://evil.example/` or `www.evil.example`.'],
    ['1. not a list', '`1`. not a list'],
    ['- nor this', '`-` nor this'],
    ['cafe0deadbeef', '`cafe0deadbeef`'],
    ['deadbeef', '`deadbeef`'],
    ['98.6 MB of 1,024 kB is 10.5%', '98.6 MB of 1,024 kB is 10.5%'],
    ['a  b', 'a ` ` b'],
  ])('%s', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });
});

/** A report in which a name stands wherever text of an image can. */
function reportNaming(name: string): FullReport {
  const plain = wholeReport('');
  const programs = { packageManagers: [name], compilers: [name], interpreters: [name] };
  const difference = { field: name, original: name, slim: `${name}x` };
  return {
    ...plain,
    passed: false,
    original: { ...plain.original, reference: name },
    slim: { ...plain.slim, reference: name, shells: [name], setuidFiles: [name] },
    budgets: [{ budget: `forbid-path ${name}`, passed: false, limit: name, actual: name, offenders: [name] }],
    drift: { against: 'lock', changes: [], holds: false, lines: ['files', `  - ${name}`] } as never,
    checks: [
      plainCheck(name),
      { ...plainCheck(name), scenario: name, result: 'different', problem: name, differences: [difference] },
      { ...plainCheck(name), result: 'not-evidence', problem: name },
    ],
    containers: [{ scenario: name, differences: [difference], setAside: [name], remarks: [name] }],
    hardened: { runs: false, because: [name] },
    healing: { rounds: [{ round: 1, paths: [name] }], missed: [name] },
    confidence: {
      onStaticEvidence: { files: 1, bytes: 1 },
      enumerated: [{ directory: name, programs: [name], names: 3, missing: [name] } as never],
      doubts: [
        { doubt: 'left-out', parent: name as never, target: name as never, because: name },
        { doubt: 'dynamic-loader', loader: 'dlopen', parent: name as never, detail: name },
        { doubt: 'conditional-import', parent: name as never, module: name },
      ],
      unexercisedPorts: [name],
    },
    posture: {
      ...plain.posture,
      user: { original: name, slim: `${name}2` },
      remarks: [name],
      secrets: [{ place: name, what: name }],
      worldWritable: { original: 1, slim: [name] },
    },
    remaining: programs,
    gone: { ...programs, packages: [{ type: 'deb', name, version: name }], setuidFiles: [name], shells: [name] },
    notes: [name],
    logs: { original: [name], slim: [name] },
  };
}

describe('a report for a pull request', () => {
  test('reads like this', () => {
    const report = wholeReport('', {
      checks: [
        plainCheck('http GET :80/=200'),
        {
          ...plainCheck('http GET :80/notes'),
          result: 'different',
          differences: [
            { field: 'status', original: '200', slim: '500' },
            { field: 'header etag', original: 'x', slim: undefined },
          ],
        },
      ],
      passed: false,
      budgets: [
        { budget: 'max-size', passed: false, limit: '80 MB', actual: '90.0 MB', offenders: ['/usr/lib (80 MB)'] },
      ],
      healing: { rounds: [{ round: 1, paths: ['/etc/a'] }], missed: [] },
      notes: ['its packages are unknown: /var/lib/x is broken'],
      logs: { original: [], slim: ['Error: no such file `x`'] },
    });
    expect(renderSlimMarkdown(report)).toMatchInlineSnapshot(`
      "### ❌ Failed: the slim image answers differently

      \`app:1\` → \`app:1-slim\`

      | | original | slim | |
      | :-- | --: | --: | --: |
      | size | 900 MB | 90.0 MB | **−90.0%** |
      | files | 3 | 3 |  |
      | layers | 1 | 1 |  |
      | packages with files | 2 | 2 |  |
      | shells | 0 | 0 |  |
      | setuid/setgid files | 0 | 0 |  |

      **Budgets**

      - ❌ \`max-size\`: 90.0 MB; allowed: 80 MB
        - \`/usr/lib\` (80 MB)

      **Checks**: 1 of 2 answered the same by both images

      - ❌ \`http GET :80/notes\`
        - \`status\`: original \`200\`, slim \`500\`
        - \`header etag\`: original \`x\`, slim nothing

      <details><summary>Checks that are answered the same (1)</summary>

      - ✅ \`http GET :80/=200\`

      </details>

      **Hardened**: runs with a read-only root, no capabilities, no new privileges

      <details><summary>Last lines of the slim image</summary>

      \`\`\`
      Error: no such file \`x\`
      \`\`\`

      </details>

      <details><summary>Healed in round 1 (1)</summary>

      - \`/etc/a\`

      </details>

      <details><summary>Posture</summary>

      - runs as \`root\`

      </details>

      <details><summary>Notes (1)</summary>

      - its packages are unknown: \`/var/lib/x\` is broken

      </details>
      "
    `);
  });

  test.each([
    ['proved', {}, '### ✅ Proved: 810 MB smaller, and answers as the original does'],
    [
      'larger',
      { slim: { ...wholeReport('').slim, sizeBytes: 910_000_000 }, reduction: -0.01 },
      '### ✅ Proved: 10.0 MB larger',
    ],
    [
      'over budget',
      { budgets: [{ budget: 'x', passed: false, limit: '1', actual: '2', offenders: [] }] },
      '### ❌ Proved, but over a budget',
    ],
    [
      'drifted',
      { drift: { against: 'lock', changes: [], holds: false, lines: ['- a'] } as never },
      '### ❌ Drifted from its lock',
    ],
    ['failed', { passed: false }, '### ❌ Failed'],
    ['a dry run', { dryRun: true }, '### ✅ Dry run, nothing kept. Proved: 810 MB smaller'],
    ['a dry run that failed', { dryRun: true, passed: false }, '### ❌ Dry run, nothing kept. Failed'],
  ])('the headline of one that is %s', (_what, given, headline) => {
    expect(renderSlimMarkdown(wholeReport('', given))).toMatch(new RegExp(`^${headline}`));
  });

  test('a hostile name cannot leave its code, start a block, bring HTML, call somebody or link', () => {
    for (const name of hostileNames) {
      const markdown = renderSlimMarkdown(reportNaming(name));
      const blocks = markdown.replaceAll(/^(`{3,})(?:diff)?\n[\s\S]*?\n\1$/gm, '');
      const visible = withoutCode(blocks)
        .replaceAll(/<\/?(?:details|summary)>/g, '')
        .replaceAll('**', '');
      expect(/.{0,20}(?:[<>`*_[\]@&\\]|#\S\S|:\/\/|www\.|GH-).{0,20}/.exec(visible.replace(/^### /, ''))).toBeNull();
      expect(visible).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\r\t]/u);
      expect(blocks.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(8);
      expect(blocks.split('\n').filter((line) => /^ {0,3}(?:#|\d+[.)])/.test(line))).toHaveLength(1);
    }
  });

  test.each(Object.entries(markdownLimits))('fits %s, and says what was cut', (place, most) => {
    const long = (at: number) => `/${at}${'`'.repeat(70)}é${'x'.repeat(4000)}`;
    const many = Array.from({ length: 2_000 }, (_, at) => long(at));
    const plain = reportNaming('x');
    const packages = many.map((name) => ({ type: 'deb' as const, name, version: '1' }));
    const report = {
      ...plain,
      notes: many,
      checks: many.map((name) => ({
        ...plainCheck(name),
        result: 'different' as const,
        differences: [{ field: name, original: name, slim: name }],
      })),
      gone: { ...plain.gone, packages, shells: many },
      logs: { original: many, slim: many },
    };
    const markdown = renderSlimMarkdown(report, place as MarkdownPlace);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(most);
    expect(Buffer.byteLength(markdown), 'and uses the room').toBeGreaterThan(most / 20);
    expect(markdown).toMatch(/and [\d,]+ more|no room here/);
    expect(markdown.split('<details>')).toHaveLength(markdown.split('</details>').length);
  });

  test('whole sections go when short lists are too long still', () => {
    const plain = reportNaming('x');
    const paths = Array.from({ length: 9 }, (_, at) => `/${at}${'x'.repeat(160)}`);
    const rounds = Array.from({ length: 300 }, (_, round) => ({ round, paths }));
    const markdown = renderSlimMarkdown({ ...plain, healing: { rounds, missed: [] } });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(markdownLimits['github-comment']);
    expect(markdown).toMatch(/_\d+ more sections have no room here; `--json` has everything\._\n$/);
  });
});
