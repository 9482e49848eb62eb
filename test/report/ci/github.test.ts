import { expect, test } from 'vitest';
import { renderAnnotations } from '../../../src/report/ci/annotations.ts';
import { locateIn } from '../../../src/report/ci/configuration-lines.ts';
import { buildGithubOutputs, renderGithubOutputs } from '../../../src/report/ci/github-outputs.ts';
import { ciImageOf, ciReportOf, hostileImage, slimReportOf } from './ci-report-of.ts';

const configuration = `version: 1
defaults:
  max-size: 1GB
images:
  web:
    image: example/web:1.0
    http:
      - /
    budgets:
      max-size: 90MB # more is a mistake
  "job 2":
    image: example/job:1.0
`;

const overBudget = ciImageOf({
  outcome: 'failed',
  budgets: [{ budget: 'max-size', passed: false, limit: '90 MB', actual: '98.6 MB', offenders: [] }],
});

test('annotations stand at the line of the configuration that asked', () => {
  const problem = { message: 'no such image', because: [], hint: null, exitCode: 3 };
  const job = ciImageOf({ name: 'job 2', outcome: 'error', report: null, problem });
  const report = ciReportOf([overBudget, job, ciImageOf({ name: 'gone', outcome: 'failed' }), ciImageOf()]);
  expect(renderAnnotations(report, locateIn(configuration, 'ci/slimtrace.yaml'))).toBe(
    '::error file=ci/slimtrace.yaml,line=10,title=slimtrace%3A web%3A max-size::allowed 90 MB, is 98.6 MB\n' +
      '::error file=ci/slimtrace.yaml,line=11,title=slimtrace%3A job 2%3A slimtrace::no such image\n' +
      '::error file=ci/slimtrace.yaml,line=1,title=slimtrace%3A gone%3A verdict::the slim image is not proved\n' +
      '::notice title=slimtrace%3A web::proved: 909 MB → 98.6 MB (-89.2%25)\n',
  );
});

test('of each type there are ten at most, the last of which counts the others', () => {
  const images = Array.from({ length: 25 }, (_, at) => ({ ...overBudget, name: `image${at}` }));
  const report = slimReportOf({ notes: Array.from({ length: 11 }, (_, at) => `note ${at}`) });
  const lines = renderAnnotations(ciReportOf([...images, ciImageOf({ report })]), () => undefined).split('\n');
  const of = (type: string) => lines.filter((line) => line.startsWith(`::${type} `));
  expect(of('error').length).toBe(10);
  expect(of('error').at(-1)).toBe("::error title=slimtrace::and 16 more, see the step's summary");
  expect(of('warning').length).toBe(10);
  expect(of('notice').length).toBe(1);
});

test('text of an image is no command, property or line of its own', () => {
  const lines = renderAnnotations(ciReportOf([hostileImage()]), () => undefined)
    .trimEnd()
    .split('\n');
  expect(lines.length).toBe(5);
  for (const line of lines) {
    expect(line).toMatch(/^::(?:error|warning) title=[^:,]*::/);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

test('outputs of one image are its own, those of several sums with each as JSON', () => {
  const one = buildGithubOutputs(ciReportOf([ciImageOf()]), 'report.json');
  expect(one).toEqual({
    verdict: 'passed',
    image: 'example/web:1.0-slim',
    digest: `sha256:${'b'.repeat(64)}`,
    'size-before': '909000000',
    'size-after': '98600000',
    reduction: '89.2',
    'files-kept': '1234',
    images: expect.any(String),
    'report-path': 'report.json',
  });
  const failed = ciImageOf({ name: 'job', outcome: 'error', report: null });
  const several = buildGithubOutputs(ciReportOf([ciImageOf(), ciImageOf({ name: 'api' }), failed]), null);
  expect(several).toMatchObject({ verdict: 'error', image: '', 'size-after': '197200000', 'report-path': '' });
  expect(JSON.parse(several.images ?? '')).toMatchObject([
    { name: 'web', verdict: 'passed', image: 'example/web:1.0-slim', 'files-kept': '1234' },
    { name: 'api', verdict: 'passed' },
    { name: 'job', verdict: 'error', image: '', 'size-after': '' },
  ]);
});

test('what is not proved has no name to push by', () => {
  const outputs = buildGithubOutputs(ciReportOf([overBudget]), null);
  expect(outputs).toMatchObject({ verdict: 'failed', image: '', digest: '', 'size-after': '98600000' });
});

test('no value ends its own heredoc', () => {
  const text = renderGithubOutputs({ image: 'a\nverdict=passed', verdict: 'failed' }, 'slimtrace-1');
  expect(text).toBe('image<<slimtrace-1\na\nverdict=passed\nslimtrace-1\nverdict<<slimtrace-1\nfailed\nslimtrace-1\n');
  expect(() => renderGithubOutputs({ image: 'a\nslimtrace-1\nb' }, 'slimtrace-1')).toThrow(/the value of image/);
});

test('a reduction that grew, and keys that are not in the file', () => {
  const grown = ciImageOf({ report: slimReportOf({ reduction: -0.031 }) });
  expect(buildGithubOutputs(ciReportOf([grown]), null).reduction).toBe('-3.1');
  expect(locateIn('version: 1\n', 'f')('web', 'max-size')).toEqual({ file: 'f', line: 1 });
});
