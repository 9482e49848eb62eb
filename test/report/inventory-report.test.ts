import { expect, test } from 'vitest';
import { type ReportedInventory, renderInventory } from '../../src/report/inventory-report.js';
import { plainStyle } from '../../src/report/style.js';

const programs = { packageManagers: [], compilers: [], interpreters: [] };
const reported = (more: Partial<ReportedInventory['gone']>, kept: ReportedInventory['keptPackages'] = []) => ({
  keptPackages: kept,
  remaining: { ...programs, interpreters: ['node'] },
  gone: { ...programs, packages: [], setuidFiles: [], shells: [], ...more },
});

test('what is kept, what is gone with the rest, and what is still there', () => {
  const kept = { version: '1', purl: '', filesKept: 1, files: 2, isOfBase: false } as const;
  const text = renderInventory(
    reported(
      {
        packages: [
          { type: 'deb', name: 'gcc', version: '12' },
          { type: 'npm', name: 'x', version: '1' },
        ],
        setuidFiles: ['/bin/su'],
        shells: ['/bin/sh', '/bin/bash'],
        packageManagers: ['apt'],
        compilers: ['gcc'],
      },
      [
        { ...kept, type: 'deb', name: 'libc6', extent: 'part' },
        { ...kept, type: 'npm', name: 'y', extent: 'full' },
      ],
    ),
    plainStyle,
  );
  expect(text).toBe(
    [
      'packages: 2 of 4 kept (1 in full, 1 in part): 1 of 2 deb, 1 of 2 npm',
      'gone: 1 setuid/setgid file, 2 shells, apt, gcc',
      'still there: node',
    ].join('\n'),
  );
});

test('an image without packages says nothing of them', () => {
  expect(renderInventory({ ...reported({}), remaining: programs }, plainStyle)).toBe('');
});
