import { expect, test } from 'vitest';
import { failuresOf, findingsOf } from '../../../src/report/ci/findings.ts';
import { checkOf, ciImageOf, slimReportOf } from './ci-report-of.ts';

test('each check, each budget, the lock and what went wrong is one finding', () => {
  const image = ciImageOf({
    outcome: 'failed',
    report: slimReportOf({
      checks: [
        checkOf(),
        checkOf({
          check: 'GET /version',
          result: 'different',
          problem: 'status 500',
          differences: [{ field: 'status', original: '200', slim: undefined }],
        }),
        checkOf({
          scenario: 'job',
          check: 'exits with 0',
          kind: 'exit',
          result: 'not-evidence',
          problem: 'exit code 2',
        }),
      ],
      containers: [
        {
          scenario: 'job',
          differences: [{ field: 'port 80', original: 'open', slim: undefined }],
          setAside: [],
          remarks: [],
        },
      ],
    }),
    budgets: [
      { budget: 'max-size', passed: false, limit: '90 MB', actual: '98.6 MB', offenders: ['/usr/lib: 60 MB'] },
      { budget: 'fail-on shell', passed: true, limit: 'none', actual: 'none', offenders: [] },
    ],
    drift: ['- /usr/lib/libx.so.1  NEEDED by /app', '+ /usr/lib/liby.so.2  NEEDED by /app'],
  });
  expect(findingsOf(image)).toEqual([
    { result: 'passed', name: 'GET /', lines: [], key: 'http' },
    {
      result: 'failed',
      name: 'GET /version',
      lines: ['status 500', 'status: original "200", slim nothing'],
      key: 'http',
    },
    {
      result: 'no-evidence',
      name: 'job: exits with 0',
      lines: ['fails on the original too', 'exit code 2'],
      key: 'exit',
    },
    { result: 'failed', name: 'job: container', lines: ['port 80: original "open", slim nothing'], key: null },
    { result: 'failed', name: 'max-size', lines: ['allowed 90 MB, is 98.6 MB', '/usr/lib: 60 MB'], key: 'max-size' },
    { result: 'passed', name: 'fail-on shell', lines: [], key: 'fail-on' },
    {
      result: 'failed',
      name: 'lock',
      lines: [
        '- /usr/lib/libx.so.1  NEEDED by /app',
        '+ /usr/lib/liby.so.2  NEEDED by /app',
        expect.stringMatching(/^hint: .*slimtrace lock --update$/),
      ],
      key: 'lock',
    },
  ]);
  expect(failuresOf(image).map(({ name }) => name)).toEqual(['GET /version', 'job: container', 'max-size', 'lock']);
});

test('an error tells its causes and its hint; what was cancelled says so', () => {
  const problem = { message: 'image not found: a', because: ['no such image'], hint: 'pull it', exitCode: 3 };
  expect(findingsOf(ciImageOf({ outcome: 'error', report: null, problem }))).toEqual([
    {
      result: 'error',
      name: 'slimtrace',
      lines: ['image not found: a', 'because: no such image', 'hint: pull it'],
      key: null,
    },
  ]);
  const cancelled = findingsOf(ciImageOf({ outcome: 'cancelled', report: null }));
  expect(cancelled).toMatchObject([{ result: 'no-evidence', lines: ['cancelled before it was done'] }]);
});

test('no image fails in silence, a refused profile included', () => {
  expect(failuresOf(ciImageOf({ outcome: 'failed' })).map(({ name }) => name)).toEqual(['verdict']);
  const apparmor = { file: 'a', name: 'a', proved: 'no' as const, because: ['GET /: status 500'] };
  const refused = ciImageOf({ outcome: 'failed', report: slimReportOf({ confinement: { seccomp: null, apparmor } }) });
  expect(failuresOf(refused)).toMatchObject([{ name: 'profiles', lines: [expect.anything(), 'GET /: status 500'] }]);
});

test('a diff without end is cut, with a word', () => {
  const drift = Array.from({ length: 5000 }, (_, at) => `- /f${at}`);
  const [lock] = failuresOf(ciImageOf({ outcome: 'failed', drift }));
  expect(lock?.lines.length).toBe(202);
  expect(lock?.lines.at(-2)).toBe('and 4800 more lines (the JSON report has them all)');
});
