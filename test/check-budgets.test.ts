import { describe, expect, test } from 'vitest';
import type { Budgets } from '../src/budgets.js';
import type { KeptPackage } from '../src/build/sbom/composed-inventory.js';
import {
  type BudgetedStory,
  type BudgetFacts,
  checkBudgets,
  judgeBudgets,
  tellVainBudgets,
} from '../src/check-budgets.js';
import type { BudgetFlags } from '../src/cli/flags.js';
import { parseBudgets } from '../src/cli/parse-budgets.js';
import { renderBudgets, reportBudget } from '../src/report/budget-report.js';
import { plainStyle } from '../src/report/style.js';
import { entryOf, imageOf } from './image/tree-of.js';

const ownership = { kind: 'none', packages: [], records: [], ownerOf: () => undefined, filesOf: () => [] } as const;

function kept(type: string, name: string, extent: KeptPackage['extent'] = 'part'): KeptPackage {
  const one = { type, name, version: '1.2', purl: `pkg:${type}/${name}@1.2`, licenses: [], files: [] };
  return { package: one as never, filesKept: extent === 'unknown' ? 0 : 3, files: 9, extent, isOfBase: false };
}

const passwd = 'root:x:0:0::/:\ntoor:x:0:0::/:\napp:x:1000:1000::/:\n';

const facts: BudgetFacts = {
  originalBytes: 1000,
  slimBytes: 400,
  entries: [
    entryOf('/', { type: 'directory' }),
    entryOf('/bin', { type: 'directory' }),
    entryOf('/bin/dash', { sizeBytes: 100, mode: 0o755 }),
    entryOf('/bin/su', { sizeBytes: 50, mode: 0o4755 }),
    entryOf('/bin/sh', { type: 'symlink', linkTarget: 'dash' }),
    entryOf('/usr', { type: 'directory' }),
    entryOf('/usr/lib', { type: 'directory' }),
    entryOf('/usr/lib/big.so', { sizeBytes: 200 }),
    entryOf('/usr/lib/small.so', { sizeBytes: 50 }),
  ],
  ownership,
  packages: [
    kept('deb', 'perl-base'),
    kept('npm', 'lodash'),
    kept('pypi', 'Friendly_Bard'),
    kept('deb', 'tz', 'unknown'),
  ],
  gone: [{ type: 'deb', name: 'dash' }],
  user: '',
  uid: 0,
  before: undefined,
};

/** As the report has them: `- max-size: 400 B; 399 B`, `+` for one that is kept to. */
function judge(flags: BudgetFlags, more: Partial<BudgetFacts> = {}): readonly string[] {
  return report(parseBudgets(flags), more).map(
    ({ passed, budget, actual, limit }) => `${passed ? '+' : '-'} ${budget}: ${actual}; ${limit}`,
  );
}

function report(budgets: Budgets, more: Partial<BudgetFacts> = {}) {
  return checkBudgets(budgets, { ...facts, ...more }).map(reportBudget);
}

describe('budgets', () => {
  test('none, and nothing is said', () => {
    expect(judge({})).toEqual([]);
    expect(renderBudgets([], plainStyle)).toBe('');
  });

  test('limits are inclusive, and one more is too much', () => {
    expect(judge({ maxSize: '400', minReduction: '60%', maxFiles: '5' })).toEqual([
      '+ max-size: 400 B; 400 B',
      '+ min-reduction: 60.0%; 60.0%',
      '+ max-files: 5; 5',
    ]);
    expect(judge({ maxSize: '399', minReduction: '60.5%', maxFiles: '4' })).toEqual([
      '- max-size: 400 B; 399 B',
      '- min-reduction: 60.0%; 60.5%',
      '- max-files: 5; 4',
    ]);
  });

  test('two figures that would read the same are told to the last byte', () => {
    expect(judge({ maxSize: '120MB' }, { slimBytes: 120_000_001, originalBytes: 1e9 })).toEqual([
      '- max-size: 120,000,001 bytes; 120,000,000 bytes',
    ]);
  });

  test('not larger than before, by the accepted size or that of the image that had the name', () => {
    const priorly = (sizeBytes: number) => ({ before: { sizeBytes, of: 'previous' } as const });
    expect(judge({ failIfLarger: true }, priorly(400))).toEqual(['+ fail-if-larger: 400 B; 400 B of the image before']);
    expect(judge({ failIfLarger: true }, priorly(399))).toEqual(['- fail-if-larger: 400 B; 399 B of the image before']);
    expect(judge({ failIfLarger: true })).toEqual(['+ fail-if-larger: 400 B; nothing to compare with']);
    expect(judge({ failIfLarger: true }, { before: { sizeBytes: 1, of: 'accepted' } })[0]).toMatch(
      /^- .*1 B accepted$/,
    );
  });

  test('forbidden paths, in the syntax of --include', () => {
    expect(judge({ forbidPath: ['/bin/*sh', '*.so', '/usr/lib', '/usr/share/**', '/bin/sh/'] })).toEqual([
      '- forbid-path /bin/*sh: /bin/dash, /bin/sh; none',
      '- forbid-path *.so: /usr/lib/big.so, /usr/lib/small.so; none',
      '- forbid-path /usr/lib: /usr/lib; none',
      '+ forbid-path /usr/share/**: none; none',
      '- forbid-path /bin/sh/: /bin/sh; none',
    ]);
  });

  test('forbidden packages, of whatever kind or of one; what nobody wrote down can’t be shown to be gone', () => {
    expect(
      judge({ forbidPackage: ['perl*', 'npm:perl-base', 'lodash', 'python:friendly-bard', 'deb:tz', 'git'] }),
    ).toEqual([
      '- forbid-package perl*: perl-base 1.2 (3 of its files); none',
      '+ forbid-package npm:perl-base: none; none',
      '- forbid-package lodash: lodash 1.2 (3 of its files); none',
      '- forbid-package python:friendly-bard: Friendly_Bard 1.2 (3 of its files); none',
      '- forbid-package deb:tz: tz 1.2 (nobody wrote down its files); none',
      '+ forbid-package git: none; none',
    ]);
  });

  test('in a usr-merged image a path has two names, and neither slips through', () => {
    const entries = [
      entryOf('/bin', { linkTarget: 'usr/bin' }),
      entryOf('/usr/bin/sh', { mode: 0o755 }),
      entryOf('/lib', { linkTarget: 'usr/lib' }),
      entryOf('/usr/lib/x86_64-linux-gnu/libc.so.6'),
    ];
    const forbidPath = ['/bin/sh', '/bin/*sh', '/lib/x86_64-linux-gnu/libc.so.6', '/usr/bin/sh'];
    expect(judge({ forbidPath }, { entries })).toEqual([
      '- forbid-path /bin/sh: /usr/bin/sh (as /bin/sh); none',
      '- forbid-path /bin/*sh: /usr/bin/sh (as /bin/sh); none',
      '- forbid-path /lib/x86_64-linux-gnu/libc.so.6: /usr/lib/x86_64-linux-gnu/libc.so.6 (as /lib/x86_64-linux-gnu/libc.so.6); none',
      '- forbid-path /usr/bin/sh: /usr/bin/sh; none',
    ]);
  });

  test('a shell that only a link names is told with that name', () => {
    const entries = [entryOf('/opt/tool', { mode: 0o755 }), entryOf('/bin/sh', { linkTarget: '/opt/tool' })];
    expect(judge({ failOn: ['shell'] }, { entries })).toEqual(['- fail-on shell: /opt/tool (as /bin/sh); none']);
  });

  test('a package that neither the image nor its base ever had is forbidden in vain, and that is told', () => {
    const vainOf = (forbidPackage: string[]) => tellVainBudgets(checkBudgets(parseBudgets({ forbidPackage }), facts));
    expect(vainOf(['DASH', 'perl*', 'npm:dash', 'git', 'zz*'])).toBe(
      '--forbid-package forbids nothing that the image or its base ever had: DASH (dash?), npm:dash (deb:dash?), git, zz*',
    );
    expect(vainOf(['dash', 'lodash', 'python:friendly-bard', 'tz'])).toBeUndefined();
    expect(
      tellVainBudgets(checkBudgets(parseBudgets({ forbidPath: ['/none'], maxFiles: '9' }), facts)),
    ).toBeUndefined();
  });

  test('where the system’s package database can’t be read, nothing shows that a package isn’t there', () => {
    const unread = { ownership: { ...ownership, kind: 'unknown' } } as const;
    expect(judge({ forbidPackage: ['openssl', 'rpm:git', 'npm:left-pad', 'lodash'] }, unread)).toEqual([
      '- forbid-package openssl: not known: the package database can’t be read; none',
      '- forbid-package rpm:git: not known: the package database can’t be read; none',
      '+ forbid-package npm:left-pad: none; none',
      '- forbid-package lodash: lodash 1.2 (3 of its files), not known: the package database can’t be read; none',
    ]);
  });

  test('who can’t be told may be root', () => {
    const root = (user: string, uid: number | undefined) => judge({ failOn: ['root'] }, { user, uid })[0];
    expect(root('+0', undefined)).toBe(
      '- fail-on root: +0 (may be root: neither a name in the image’s /etc/passwd and /etc/group nor a plain ID); a user that is not root',
    );
    expect(root('toor:wheel', 0)).toBe('- fail-on root: toor:wheel (user ID 0: root); a user that is not root');
    expect(root('0:0', 0)).toBe('- fail-on root: 0:0; a user that is not root');
  });

  test.each<[user: string, passed: boolean]>([
    ['+0', false],
    ['-0', false],
    ['00000000000', false],
    ['nobody-knows', false],
    ['toor', false],
    ['0:app', false],
    ['', false],
    ['app', true],
    ['1000:0', true],
  ])('USER %j: not root is %j', async (user, passed) => {
    const image = imageOf({ '/etc/passwd': { body: passwd, sizeBytes: passwd.length } });
    const composition = { entries: [], user: undefined, inventory: { kept: [], gone: [] } };
    const story = {
      source: { sizeBytes: 2, config: { User: user } },
      image,
      healed: { composition, ownership, image: { sizeBytes: 1 } },
      previous: undefined,
    } as unknown as BudgetedStory;
    const budgets = parseBudgets({ failOn: ['root'] });
    expect(await judgeBudgets({ budgets, acceptedBytes: undefined }, story)).toMatchObject([{ kind: 'root', passed }]);
  });

  test('shells, setuid files and root', () => {
    expect(judge({ failOn: ['secrets', 'shell', 'setuid', 'root'] })).toEqual([
      '+ fail-on secrets: none; none',
      '- fail-on shell: /bin/dash; none',
      '- fail-on setuid: /bin/su; none',
      '- fail-on root: root (no user is named); a user that is not root',
    ]);
    expect(judge({ failOn: ['root'] }, { user: 'app', uid: 1000 })).toEqual([
      '+ fail-on root: app; a user that is not root',
    ]);
  });

  test('for a person: where to look stands below what is too much', () => {
    const budgets = report(parseBudgets({ maxSize: '300', maxFiles: '3', failOn: ['shell', 'secrets'] }));
    expect(renderBudgets(budgets, plainStyle)).toMatchInlineSnapshot(`
      "over       max-size: 400 B; allowed: 300 B
                 /usr/lib (250 B)
                 /bin (150 B)
      over       max-files: 5; allowed: 3
                 /bin (3 files)
                 /usr/lib (2 files)
      in budget  fail-on secrets: none (none)
      over       fail-on shell: /bin/dash; allowed: none"
    `);
  });

  test('a path that could move the cursor is written as an escape', () => {
    const entries = [entryOf('/\u001b[2J')];
    expect(renderBudgets(report(parseBudgets({ forbidPath: ['*2J'] }), { entries }), plainStyle)).not.toContain(
      '\u001b',
    );
  });

  test('of very many offenders the first are named', () => {
    const entries = Array.from({ length: 1000 }, (_, at) => entryOf(`/f${String(at).padStart(4, '0')}`));
    expect(judge({ forbidPath: ['/f*'] }, { entries })).toEqual([
      '- forbid-path /f*: /f0000, /f0001, /f0002, /f0003, /f0004 and 995 more; none',
    ]);
  });
});
