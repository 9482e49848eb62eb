import { expect, test } from 'vitest';
import { type ReportedChange, renderDrift, reportDrift } from '../../src/report/drift-report.js';
import { plainStyle } from '../../src/report/style.js';
import type { Drift } from '../../src/selection/lock/drift.js';

const long = `/${'long/'.repeat(1200)}`;
const change = { of: 'path', was: null, now: [], isExpected: false, why: '' } as const;

test('a long path is shortened on a terminal, and whole in the report', () => {
  const changes: readonly ReportedChange[] = [
    { ...change, kind: 'removed', what: `${long}a` },
    { ...change, kind: 'added', what: '/short' },
    { ...change, kind: 'renamed', what: `${long}b`, now: [`${long}c`], isExpected: true },
  ];
  const drift = reportDrift({ against: 'lock', changes } as unknown as Drift);
  const lines = renderDrift(drift, plainStyle).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(450);
  expect(lines).toContain('    + /short');
  expect(drift?.lines).toContain(`  - ${long}a`);
  expect(drift?.lines).toContain(`  ~ ${long}b → ${long}c`);
});
