import { expect, test } from 'vitest';
import type { BudgetResult } from '../../src/budgets.js';
import type { SlimReport } from '../../src/report/report.js';
import { renderConclusion } from '../../src/report/slim-human.js';
import { plainStyle } from '../../src/report/style.js';

function conclude(
  originalBytes: number,
  slimBytes: number,
  budgets: readonly BudgetResult[] = [],
  changes: Partial<SlimReport> = {},
): string {
  const images = { original: { sizeBytes: originalBytes }, slim: { sizeBytes: slimBytes, reference: 'app:slim' } };
  const rest = { durationMs: 1000, drift: null, output: null, debug: null, checks: [], containers: [] };
  const report = { ...images, budgets, passed: true, ...rest, ...changes };
  return renderConclusion(report as unknown as SlimReport, plainStyle);
}

test('an image that stands on a base it hardly needs is larger, and no minus makes it smaller', () => {
  expect(conclude(5_000, 2_000)).toBe('proved: app:slim is 3.00 kB smaller and answers as the original does (1.0 s)');
  expect(conclude(2_000, 5_000)).toContain('app:slim is 3.00 kB larger and');
});

test('an image over budget is not good, and the first word of the last lines says so', () => {
  const size = { budget: 'max-size', passed: false, limit: '1 kB', actual: '2 kB', offenders: [] };
  const files = { budget: 'max-files', passed: true, limit: '9', actual: '2', offenders: [] };
  expect(conclude(5_000, 2_000, [size, files])).toBe(
    'proved, but over budget: max-size; kept as app:slim to look into (1.0 s)\nhint: leave out what is too much with --exclude, or raise the budget',
  );
  expect(conclude(5_000, 2_000, [files])).toMatch(/^proved: /);
});

test('a dry run names no image as if it were there', () => {
  const dryRun = { dryRun: true };
  expect(conclude(5_000, 2_000, [], dryRun)).toBe(
    'dry run, proved: app:slim would be 3.00 kB smaller, and answers as the original does; nothing was kept (1.0 s)',
  );
  expect(conclude(5_000, 2_000, [], { ...dryRun, passed: false })).toMatch(
    /^dry run, failed: the slim image answers differently; nothing was kept \(1\.0 s\)\nhint: .*without --dry-run/,
  );
  const size = { budget: 'max-size', passed: false, limit: '1 kB', actual: '2 kB', offenders: [] };
  expect(conclude(5_000, 2_000, [size], dryRun)).toMatch(
    /^dry run, proved, but over budget: max-size; nothing was kept \(1\.0 s\)\n/,
  );
});
