import { expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.js';
import { renderConclusion } from '../../src/report/slim-human.js';
import { plainStyle } from '../../src/report/style.js';

function conclude(originalBytes: number, slimBytes: number): string {
  const images = { original: { sizeBytes: originalBytes }, slim: { sizeBytes: slimBytes, reference: 'app:slim' } };
  const report = { ...images, passed: true, durationMs: 1000, output: null, debug: null };
  return renderConclusion(report as unknown as SlimReport, plainStyle);
}

test('an image that stands on a base it hardly needs is larger, and no minus makes it smaller', () => {
  expect(conclude(5_000, 2_000)).toBe('proved: app:slim is 3.00 kB smaller and answers as the original does (1.0 s)');
  expect(conclude(2_000, 5_000)).toContain('app:slim is 3.00 kB larger and');
});
