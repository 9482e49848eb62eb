import { expect, test } from 'vitest';
import { renderStepSummary } from '../../../src/report/ci/step-summary.ts';
import { ciImageOf, ciReportOf, hostileImage, slimReportOf } from './ci-report-of.ts';

const overBudget = ciImageOf({
  name: 'api',
  outcome: 'failed',
  budgets: [{ budget: 'max-size', passed: false, limit: '90 MB', actual: '98.6 MB', offenders: [] }],
  accepted: { sizeBytes: 90e6, files: 1200, acceptedAt: '2026-01-02T03:04:05Z' },
  acceptedDelta: { sizeBytes: 8.6e6, files: 34 },
});

const bytesOf = (text: string) => Buffer.byteLength(text);

test('a row for each image, and below what failed and what to know', () => {
  const noted = ciImageOf({ isResumed: true, report: slimReportOf({ notes: ['no CA certificates'] }) });
  expect(renderStepSummary(ciReportOf([noted, overBudget]), 1_000_000)).toBe(
    [
      '## slimtrace: 1 proved, 1 failed, 1.82 GB → 197 MB (-89.2%)',
      '',
      '| image | verdict | original | slim | change | files | against accepted | time |',
      '| :-- | :-- | --: | --: | --: | --: | --: | --: |',
      '| <code>web</code> | ✅ proved (by an earlier run) | 909 MB | 98.6 MB | -89.2% | 1,234 |  | 30 s |',
      '| <code>api</code> | ❌ failed | 909 MB | 98.6 MB | -89.2% | 1,234 | +8.60 MB | 30 s |',
      '',
      '<details><summary><code>web</code>: notes</summary>',
      '',
      '- <code>no CA certificates</code>',
      '',
      '</details>',
      '',
      '<details open><summary><code>api</code>: <code>max-size</code></summary>',
      '',
      '- **<code>max-size</code>**',
      '  - <code>allowed 90 MB, is 98.6 MB</code>',
      '',
      '</details>',
      '',
    ].join('\n'),
  );
});

test('no name is markup, a mention, a column or a line', () => {
  const text = renderStepSummary(ciReportOf([hostileImage()]), 1_000_000);
  const ours = text
    .replace(/^ {2}(`{3,})diff\n.*?\n {2}\1$/ms, '')
    .replace(/<code>[^<>|@`*[\]\\\p{Cc}\p{Cf}]*<\/code>/gu, '')
    .replace(/<\/?(?:details|summary)(?: open)?>/g, '');
  expect(ours).not.toMatch(/[<>@`[\]\\]/);
  const row = text.split('\n').find((line) => line.includes('❌')) ?? '';
  expect(row.split('|').length).toBe(10);
});

test('a summary keeps to the room there is: details go first, then rows, and it says so', () => {
  const images = Array.from({ length: 400 }, (_, at) => ({ ...overBudget, name: `image${at}` }));
  const whole = renderStepSummary(ciReportOf(images), 1_000_000);
  expect(whole).not.toContain('No room');
  const less = renderStepSummary(ciReportOf(images), 60_000);
  expect(bytesOf(less)).toBeLessThanOrEqual(60_000);
  expect(less).toMatch(/_No room for the details of \d+ images: the JSON report has all\._\n$/);
  expect(less.match(/<details open>/g)?.length).toBe(less.match(/<\/details>/g)?.length);
  const least = renderStepSummary(ciReportOf(images), 5000);
  expect(bytesOf(least)).toBeLessThanOrEqual(5000);
  expect(least).toMatch(/_No room for \d+ images and the details of 400 images/);
  expect(renderStepSummary(ciReportOf(images), 100)).toBe('');
});

test('a drifted lock is a diff, whatever it says', () => {
  const drift = ['configuration', '  - user: app', '  + user: ````\n# own'];
  const text = renderStepSummary(ciReportOf([ciImageOf({ outcome: 'failed', drift })]), 1_000_000);
  const lines = text.slice(text.indexOf('- **')).split('\n');
  expect(lines.slice(0, 8)).toEqual([
    '- **<code>lock</code>**',
    '',
    '  `````diff',
    '  configuration',
    '  - user: app',
    '  + user: ````\\n# own',
    '  hint: review what has changed, then write the lock anew: slimtrace lock --update',
    '  `````',
  ]);
});

test('a drift whose names hold more runs of backticks than a call has arguments', () => {
  const drift = Array.from({ length: 200 }, () => `+ /${'`a'.repeat(2000)}`);
  const summary = renderStepSummary(ciReportOf([ciImageOf({ outcome: 'failed', drift })]), 1_000_000);
  expect(summary).toContain('\n  ```diff\n  + /`a`a');
});
