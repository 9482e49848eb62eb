import type { ImagePath } from '../image/path.js';
import type { Doubt } from '../selection/doubt.js';
import { type Explanation, explainPath } from '../selection/explain.js';
import type { Reason } from '../selection/reason.js';
import type { FullReport } from './full-report.js';
import { baseOf } from './why-base.js';
import { type IncludeAdvice, includeOf, widerIncludeOf } from './why-include.js';
import { type ReportedOriginal, readOriginal } from './why-original.js';

/** A kept file of the same package, and the first reason for it: whoever uses it may need the rest. */
export interface KeptRelative {
  readonly path: ImagePath;
  readonly reason: Reason;
}

/** What a path's package came to. */
export interface PackageShare {
  readonly name: string;
  readonly files: number;
  readonly kept: number;
  /** Some of the kept ones, those that were asked for by themselves first. */
  readonly relatives: readonly KeptRelative[];
}

/** The answer to `slimtrace why-not`. */
export interface WhyNotAnswer {
  readonly image: string;
  readonly explanation: Explanation;
  readonly package: PackageShare | null;
  /** The base that brings the path all the same; null for most. */
  readonly base: string | null;
  /** True for a file whose contents slimtrace made. */
  readonly isWritten: boolean;
  /** Kept files that are known to load it, and whose wish was turned down. */
  readonly turnedDown: readonly { readonly parent: ImagePath; readonly because: string }[];
  /** What keeps the path; null for one that is kept, excluded, or not there. */
  readonly include: IncludeAdvice | null;
  /** What keeps all it is one of. */
  readonly wider: IncludeAdvice | null;
}

const shownRelatives = 5;

/** Explains why a path of the original isn't in the slim image, and what would bring it there. */
export function answerWhyNot(report: FullReport, path: ImagePath): WhyNotAnswer {
  const original = readOriginal(report);
  const explanation = explainPath(original, original.tree, path);
  const isOut = explanation.kind === 'not-asked-for';
  const include = isOut ? includeOf(original, explanation.path) : undefined;
  const brings = explanation.through.some((link) => !original.selection.has(link)) ? path : undefined;
  return {
    image: report.slim.reference,
    explanation,
    package: shareOf(original, explanation.path) ?? null,
    base: baseOf(report, explanation.path) ?? baseOf(report, path) ?? null,
    isWritten: report.written.some(([path]) => path === explanation.path),
    turnedDown: report.confidence.doubts.flatMap((doubt) => turnedDown(doubt, explanation.path)),
    include: include === undefined ? null : { ...include, pattern: brings ?? include.pattern },
    wider: (isOut ? widerIncludeOf(original, explanation.path) : undefined) ?? null,
  };
}

function turnedDown(doubt: Doubt, path: ImagePath): WhyNotAnswer['turnedDown'] {
  return doubt.doubt === 'left-out' && doubt.target === path ? [{ parent: doubt.parent, because: doubt.because }] : [];
}

function shareOf(original: ReportedOriginal, path: ImagePath): PackageShare | undefined {
  const name = original.ownerOf(path);
  if (name === undefined) return undefined;
  let files = 0;
  const kept: KeptRelative[] = [];
  for (const entry of original.tree.entries()) {
    if (entry.type === 'directory' || original.ownerOf(entry.path) !== name) continue;
    files += 1;
    const [reason] = original.selection.get(entry.path) ?? [];
    if (reason !== undefined) kept.push({ path: entry.path, reason });
  }
  kept.sort((left, right) => Number('parent' in left.reason) - Number('parent' in right.reason));
  return { name, files, kept: kept.length, relatives: kept.slice(0, shownRelatives) };
}
