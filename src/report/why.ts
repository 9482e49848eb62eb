import type { ImagePath } from '../image/path.js';
import { type Explanation, explainPath } from '../selection/explain.js';
import type { FullReport } from './full-report.js';
import { baseOf } from './why-base.js';
import { readOriginal } from './why-original.js';

/** The answer to `slimtrace why`, with the package the file belongs to. */
export interface Answer {
  readonly image: string;
  readonly explanation: Explanation;
  readonly package: string | undefined;
  /** The base that brings the path; undefined for what is the slim image's own, or not in it. */
  readonly base: string | undefined;
  /** True for what slimtrace made: see `written` of the report. */
  readonly isWritten: boolean;
}

/** Explains a path of the image that a report is about. */
export function answerWhy(report: FullReport, path: ImagePath): Answer {
  const original = readOriginal(report);
  const explanation = explainPath(original, original.tree, path);
  return {
    image: report.slim.reference,
    explanation,
    package: original.ownerOf(explanation.path),
    base: baseOf(report, explanation.path) ?? baseOf(report, path),
    isWritten: report.written.some(([path]) => path === explanation.path),
  };
}
