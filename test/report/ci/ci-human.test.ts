import { expect, test } from 'vitest';
import { outcomeWords, renderCiReport } from '../../../src/report/ci/ci-human.js';
import { plainStyle } from '../../../src/report/style.js';
import { checkOf, ciImageOf, ciReportOf, slimReportOf } from './ci-report-of.js';

const over = { budget: 'max-size', passed: false, limit: '90 MB', actual: '98.6 MB', offenders: ['/usr (90 MB)'] };
const within = { budget: 'max-files', passed: true, limit: '2,000', actual: '1,234', offenders: [] };

test('what came of all images, one row each, and below what is wrong', () => {
  const different = checkOf({
    result: 'different',
    problem: 'refused',
    differences: [{ field: 'status', original: '200', slim: '500' }],
  });
  const problem = { message: 'image not found: x', because: ['no such image'], hint: 'pull it', exitCode: 3 };
  const report = ciReportOf([
    ciImageOf(),
    ciImageOf({ name: 'same', isResumed: true, acceptedDelta: { sizeBytes: 0, files: 0 } }),
    ciImageOf({
      name: 'large',
      outcome: 'failed',
      budgets: [over, within],
      accepted: { sizeBytes: 90e6, files: 1, acceptedAt: '2026-01-01T00:00:00Z' },
      acceptedDelta: { sizeBytes: 8.6e6, files: 4 },
    }),
    ciImageOf({ name: 'broken', outcome: 'failed', report: slimReportOf({ passed: false, checks: [different] }) }),
    ciImageOf({ name: 'drifted', outcome: 'failed', drift: ['- /a', '+ /b'] }),
    ciImageOf({ name: 'absent', outcome: 'error', report: null, problem }),
    ciImageOf({ name: 'late', outcome: 'cancelled', report: null }),
  ]);
  expect(renderCiReport(report, plainStyle)).toMatchInlineSnapshot(`
    "           image    original     slim   less  files  since accepted
    passed     web        909 MB  98.6 MB  89.2%  1,234
    passed     same       909 MB  98.6 MB  89.2%  1,234            same
    failed     large      909 MB  98.6 MB  89.2%  1,234        +8.60 MB
    failed     broken     909 MB  98.6 MB  89.2%  1,234
    failed     drifted    909 MB  98.6 MB  89.2%  1,234
    error      absent
    cancelled  late

    large: over budget: max-size
      over       max-size: 98.6 MB; allowed: 90 MB
                 /usr (90 MB)
      kept as example/web:1.0-slim to look into

    broken: the slim image answers differently
      different  GET /: refused
                 status: original "200", slim "500"
      kept as example/web:1.0-slim to look into

    drifted: the lock has drifted
      - /a
      + /b
      kept as example/web:1.0-slim to look into

    absent: image not found: x
      because: no such image
      hint: pull it

    failed: 7 images, 2 passed, 3 failed, 1 error, 1 cancelled (1 min 2 s)
    "
  `);
});

test('one good image', () => {
  expect(renderCiReport(ciReportOf([ciImageOf()]), plainStyle)).toMatchInlineSnapshot(`
    "        image  original     slim   less  files
    passed  web      909 MB  98.6 MB  89.2%  1,234

    passed: 1 image, 1 passed (1 min 2 s)
    "
  `);
});

test('what an image calls itself can’t act on a terminal', () => {
  const hostile = 'a\u001b[2J\n::error::x';
  const problem = { message: hostile, because: [hostile], hint: hostile, exitCode: 3 };
  const budget = { ...over, budget: hostile, actual: hostile, offenders: [hostile] };
  const images = [
    ciImageOf({ name: hostile, outcome: 'error', report: null, problem }),
    ciImageOf({ outcome: 'failed', budgets: [budget], drift: [hostile] }),
  ];
  const text = [renderCiReport(ciReportOf(images), plainStyle), ...images.map(outcomeWords)].join('\n');
  expect(text).not.toContain('\u001b');
  expect(text).not.toMatch(/^::/m);
});

test('a problem of several lines is told once', () => {
  const problem = { message: 'not a usable lock: a:1:1: x\na:2:1: y', because: [], hint: null, exitCode: 2 };
  const report = ciReportOf([ciImageOf({ name: 'web', outcome: 'error', report: null, problem })]);
  expect(renderCiReport(report, plainStyle)).toContain('\n\nweb: not a usable lock: a:1:1: x\n  a:2:1: y\n\n');
});

test('a drifted path fills no terminal', () => {
  const drift = ['files', `  - /${'long/'.repeat(1200)}`];
  const text = renderCiReport(ciReportOf([ciImageOf({ outcome: 'failed', drift })]), plainStyle);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(260);
});
