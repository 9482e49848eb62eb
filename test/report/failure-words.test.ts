import { describe, expect, test } from 'vitest';
import { renderCiReport } from '../../src/report/ci/ci-human.js';
import { failureWords, isOnlyUnproved } from '../../src/report/failure-words.js';
import { renderOverview } from '../../src/report/html/overview-section.js';
import type { ReportedCheck } from '../../src/report/report.js';
import { renderConclusion } from '../../src/report/slim-human.js';
import { renderSlimMarkdown } from '../../src/report/slim-markdown.js';
import { plainStyle } from '../../src/report/style.js';
import { renderVerifyReport, type VerifyReport } from '../../src/report/verify-report.js';
import { ciImageOf, ciReportOf } from './ci/ci-report-of.js';
import { plainCheck, wholeReport } from './whole-report.js';

const unproved: ReportedCheck = {
  ...plainCheck('exec sleep 99'),
  result: 'not-evidence',
  problem: 'still running after 60 s',
};
const different: ReportedCheck = { ...plainCheck('http GET :80/'), result: 'different', problem: 'refused' };
const failed = (...checks: ReportedCheck[]) => wholeReport('', { passed: false, checks });

describe('a check that fails on the original too is no fault of the slim image', () => {
  const report = failed(plainCheck('exit=0'), unproved);
  const words = '1 check proves nothing: it fails on the original too';
  const hint = /^ *hint: the original has to pass every check: give it longer with --timeout, /m;

  test('for a person, who gets the hint that helps', () => {
    const shown = renderConclusion(report, plainStyle);
    expect(shown).toContain(`failed: ${words}; kept as app:1-slim to look into (12 s)\n`);
    expect(shown).toMatch(hint);
    expect(shown).not.toMatch(/--include|differently/);
  });

  test('of slimtrace verify', () => {
    const shown = renderVerifyReport({ ...report, kind: 'verify' } as VerifyReport, plainStyle);
    expect(shown).toContain(`failed: ${words} (12 s)\n`);
    expect(shown).toMatch(hint);
  });

  test('of slimtrace ci, which names the check', () => {
    const shown = renderCiReport(ciReportOf([ciImageOf({ outcome: 'failed', report })]), plainStyle);
    expect(shown).toContain(
      `web: ${words}\n  no proof   exec sleep 99: still running after 60 s\n  hint: the original`,
    );
  });

  test('in Markdown and HTML', () => {
    expect(renderSlimMarkdown(report)).toContain(`### ❌ Failed: ${words}\n`);
    expect(String(renderOverview(report))).toContain(`<p class="lead">${words}.</p>`);
  });
});

test('one check that is answered differently is what counts', () => {
  expect(isOnlyUnproved(failed(unproved, different))).toBe(false);
  expect(failureWords(failed(unproved, different))).toBe('the slim image answers differently');
  const port = { field: 'port 80', original: 'open', slim: 'closed' };
  const containers = [{ scenario: null, differences: [port], setAside: [], remarks: [] }];
  expect(isOnlyUnproved({ checks: [unproved], containers })).toBe(false);
  expect(failureWords(failed(unproved, unproved))).toBe('2 checks prove nothing: they fail on the original too');
});
