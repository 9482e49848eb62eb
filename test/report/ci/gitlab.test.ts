import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { CiReport } from '../../../src/report/ci/ci-report.ts';
import { renderDotenv } from '../../../src/report/ci/dotenv.ts';
import { renderJunit } from '../../../src/report/ci/junit.ts';
import { renderMetrics } from '../../../src/report/ci/metrics.ts';
import { checkOf, ciImageOf, ciReportOf, hostileImage, slimReportOf } from './ci-report-of.ts';

/** The report as an XML parser that is not ours reads it: elements with their attributes and text. */
function parseXml(xml: string): readonly (readonly [string, Record<string, string>, string | null])[] {
  const program =
    'import sys, json, xml.etree.ElementTree as E; ' +
    'print(json.dumps([[e.tag, e.attrib, e.text] for e in E.fromstring(sys.stdin.buffer.read()).iter()]))';
  return JSON.parse(execFileSync('python3', ['-c', program], { input: xml, encoding: 'utf8' }));
}

test('JUnit: a suite for each image, a case for each check and budget', () => {
  const image = ciImageOf({
    outcome: 'failed',
    report: slimReportOf({
      checks: [checkOf(), checkOf(), checkOf({ check: 'tcp 80', result: 'not-evidence' })],
    }),
    budgets: [{ budget: 'max-size', passed: false, limit: '90 MB', actual: '98.6 MB', offenders: [] }],
  });
  expect(renderJunit(ciReportOf([image]))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="slimtrace" tests="4" failures="1" errors="0" skipped="1" time="61.500">
  <testsuite name="web" tests="4" failures="1" errors="0" skipped="1" time="30.250">
    <testcase classname="web" name="GET /"/>
    <testcase classname="web" name="GET / (2)"/>
    <testcase classname="web" name="tcp 80"><skipped message="fails on the original too">fails on the original too</skipped></testcase>
    <testcase classname="web" name="max-size"><failure message="allowed 90 MB, is 98.6 MB">allowed 90 MB, is 98.6 MB</failure></testcase>
  </testsuite>
</testsuites>
`);
});

test('JUnit: hostile names are text to another parser', () => {
  const elements = parseXml(renderJunit(ciReportOf([hostileImage(), ciImageOf({ name: '\0\ud800\uffff&' })])));
  expect(elements.map(([tag]) => tag)).toEqual([
    'testsuites',
    'testsuite',
    ...Array.from({ length: 3 }, () => ['testcase', 'failure']).flat(),
    'testcase',
    'error',
    'testsuite',
    'testcase',
  ]);
  expect(elements.find(([tag]) => tag === 'failure')?.[2]).toContain(`<b>*</b> @team #1 ]]> "q" 's'`);
  expect(elements.at(-1)?.[1].classname).toBe('\ufffd\ufffd\ufffd&');
});

/** OpenMetrics 1.0, as far as gauges go: metadata of a family, then its samples, and the end. */
const openMetrics =
  /^(?:# TYPE (?<name>[a-z_]+) gauge\n(?:# UNIT \k<name> (?<unit>[a-z]+)\n)?# HELP \k<name> [^\n]+\n(?:\k<name>\{image="[^"'\\\s#]*"\} -?\d+(?:\.\d+)?\n)*)+# EOF\n$/;

test('metrics are OpenMetrics, whatever the images are called', () => {
  const unmeasured = ciImageOf({ name: 'job', outcome: 'error', report: null });
  const text = renderMetrics(ciReportOf([ciImageOf(), unmeasured, hostileImage()]));
  expect(text).toMatch(openMetrics);
  const lines = text.split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '# TYPE slimtrace_original_size_bytes gauge',
    '# UNIT slimtrace_original_size_bytes bytes',
    '# HELP slimtrace_original_size_bytes Size of the original image.',
    'slimtrace_original_size_bytes{image="web"} 909000000',
  ]);
  expect(lines).toContain('slimtrace_reduction_ratio{image="web"} 0.8915');
  expect(lines).toContain('slimtrace_passed{image="web"} 1');
  expect(lines).toContain('slimtrace_passed{image="job"} 0');
});

const namesOf = (report: CiReport) =>
  renderDotenv(report, null)
    .text.trimEnd()
    .split('\n')
    .map((line) => line.split('=')[0]);

test('dotenv: the figures, and the name of each proved image of several', () => {
  const failed = ciImageOf({ name: 'api-server', outcome: 'failed' });
  const { text, leftOut } = renderDotenv(ciReportOf([ciImageOf(), failed]), 'out/report.json');
  expect(text).toBe(
    [
      'SLIMTRACE_VERDICT=failed',
      'SLIMTRACE_IMAGE=',
      'SLIMTRACE_DIGEST=',
      'SLIMTRACE_SIZE_BEFORE=1818000000',
      'SLIMTRACE_SIZE_AFTER=197200000',
      'SLIMTRACE_REDUCTION=89.2',
      'SLIMTRACE_FILES_KEPT=2468',
      'SLIMTRACE_REPORT_PATH=out/report.json',
      'SLIMTRACE_IMAGE_WEB=example/web:1.0-slim',
      'SLIMTRACE_IMAGE_API_SERVER=',
      '',
    ].join('\n'),
  );
  expect(leftOut).toEqual([]);
  expect(namesOf(ciReportOf([ciImageOf()])).length).toBe(8);
});

test('dotenv: 20 variables in all, each once, and what found no room is told', () => {
  const images = Array.from({ length: 15 }, (_, at) => ciImageOf({ name: `image ${at}` }));
  const report = ciReportOf([...images, ciImageOf({ name: 'image-0' })]);
  expect(namesOf(report).length).toBe(20);
  expect(new Set(namesOf(report)).size).toBe(20);
  expect(renderDotenv(report, null).leftOut).toEqual(['image 12', 'image 13', 'image 14', 'image-0']);
});

test('dotenv: a value that is not one plain line is left empty', () => {
  const { text } = renderDotenv(ciReportOf([ciImageOf()]), 'a\nSLIMTRACE_VERDICT=passed $HOME');
  expect(text).toContain('SLIMTRACE_REPORT_PATH=\n');
  const { text: hostile } = renderDotenv(ciReportOf([hostileImage(), ciImageOf()]), null);
  for (const line of hostile.trimEnd().split('\n')) expect(line).toMatch(/^SLIMTRACE_[A-Z0-9_]+=[\w./:@-]*$/);
});
