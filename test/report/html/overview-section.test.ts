import { describe, expect, test } from 'vitest';
import type { FullReport } from '../../../src/report/full-report.ts';
import { renderOverview } from '../../../src/report/html/overview-section.ts';
import { plainCheck, wholeReport } from '../whole-report.ts';

/** Text alone, one line. */
const overview = (given: Partial<FullReport>) =>
  String(renderOverview(wholeReport('', given)))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the top of the page', () => {
  test('names what further down is not to be missed, and where', () => {
    const { posture } = wholeReport('');
    const given = {
      posture: { ...posture, secrets: [{ place: '/k:1', what: 'a private key (PEM)' }] },
      healing: { rounds: [], missed: ['/a', '/b'] },
      checks: [plainCheck('http GET :80/'), { ...plainCheck('http GET :81/'), result: 'not-evidence' as const }],
      checksChosenByDefault: true,
    };
    expect(overview(given)).toContain(
      '1 secret would better not ship 2 paths looked for in the slim image, and only in the original 1 check without proof: the original fails too no check was given',
    );
    const targets = String(renderOverview(wholeReport('', given))).match(/(?<=<a href=")[^"]+/g);
    expect(targets).toEqual(['#security', '#confidence', '#checks', '#confidence']);
  });

  test('says nothing of that where there is nothing', () => {
    expect(String(renderOverview(wholeReport('')))).not.toContain('To look at');
  });

  test('of a dry run says that there is no image', () => {
    expect(overview({ dryRun: true })).toContain(
      'Dry run: Proved 810 MB smaller, and it answers as the original does. Nothing was kept.',
    );
    expect(overview({ dryRun: true, passed: false })).toContain(
      'Dry run: Failed The slim image answers differently. Nothing was kept.',
    );
    expect(overview({})).not.toMatch(/Dry run|Nothing was kept/);
  });
});
