import { formatBytes, formatPercent } from '../format.js';
import type { CiImage, CiOutcome, CiReport } from './ci-report.js';

/** What a pipeline goes on with. Sizes in bytes; null where nothing was measured. */
export interface CiFigures {
  readonly verdict: CiOutcome;
  /** The slim image's name; null unless it is proved, so that nothing else can be pushed by it. */
  readonly image: string | null;
  /** Its ID, under the same condition. */
  readonly digest: string | null;
  readonly sizeBefore: number | null;
  readonly sizeAfter: number | null;
  /** Share of the original that is gone, 0 to 1. */
  readonly reduction: number | null;
  readonly filesKept: number | null;
}

/** Of one image. */
export function figuresOf({ outcome, report }: CiImage): CiFigures {
  const isProved = outcome === 'passed' && report !== null;
  return {
    verdict: outcome,
    image: isProved ? report.slim.reference : null,
    digest: isProved ? report.slim.id : null,
    sizeBefore: report?.original.sizeBytes ?? null,
    sizeAfter: report?.slim.sizeBytes ?? null,
    reduction: report?.reduction ?? null,
    filesKept: report?.slim.files ?? null,
  };
}

/** Of all images together: sums, and the worst verdict. With one image, that one's. */
export function totalFigures(report: CiReport): CiFigures {
  const [first, ...others] = report.images.map(figuresOf);
  if (first !== undefined && others.length === 0) return first;
  const measured = report.images.map(figuresOf).filter(({ sizeAfter }) => sizeAfter !== null);
  const sum = (field: 'sizeBefore' | 'sizeAfter' | 'filesKept') =>
    measured.length === 0 ? null : measured.reduce((total, figures) => total + (figures[field] ?? 0), 0);
  const [before, after] = [sum('sizeBefore'), sum('sizeAfter')];
  return {
    verdict: verdictOf(report),
    image: null,
    digest: null,
    sizeBefore: before,
    sizeAfter: after,
    reduction: before === null || after === null ? null : before === 0 ? 0 : 1 - after / before,
    filesKept: sum('filesKept'),
  };
}

const worstFirst: readonly CiOutcome[] = ['error', 'failed', 'cancelled'];

/** The worst outcome among the images; `passed` only when the whole report is. */
function verdictOf({ passed, images }: CiReport): CiOutcome {
  return passed
    ? 'passed'
    : (worstFirst.find((wanted) => images.some(({ outcome }) => outcome === wanted)) ?? 'failed');
}

/** `909 MB → 98.6 MB (-89.2%)`; empty when nothing was measured. */
export function describeSizes({ sizeBefore, sizeAfter, reduction }: CiFigures): string {
  if (sizeBefore === null || sizeAfter === null || reduction === null) return '';
  return `${formatBytes(sizeBefore)} → ${formatBytes(sizeAfter)} (${describeReduction(reduction)})`;
}

/** `-89.2%`, or `+3.0%` for what grew. */
export function describeReduction(reduction: number): string {
  return `-${formatPercent(reduction)}`.replace('--', '+');
}

/** A share as the percentage that a script compares: 0.892 is `89.2`. */
export function percentValue(reduction: number): string {
  return formatPercent(reduction).replace('%', '');
}
