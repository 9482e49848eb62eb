import { type Check, renderCheck } from '../check/check.js';
import type { CheckVerdict, Difference } from '../check/compare-runs.js';
import type { EntryType } from '../image/file-tree.js';
import type { Reason } from '../selection/reason.js';
import type { ImageSummary, SlimResult } from '../slim-image.js';

/** One image of a report. Sizes in bytes. */
export interface ReportedImage {
  readonly reference: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly layers: number;
  readonly files: number;
  readonly setuidFiles: readonly string[];
  readonly shells: readonly string[];
  /** Packages with at least one file in the image; null when its package database can't be read. */
  readonly packages: number | null;
}

export interface ReportedCheck {
  readonly check: string;
  readonly kind: Check['kind'];
  readonly result: 'same' | 'different' | 'not-evidence';
  readonly problem: string | null;
  readonly differences: readonly Difference[];
  readonly setAside: readonly string[];
}

/** What a run of `slimtrace slim` came to, as plain data; the shape of `--json`. */
export interface SlimReport {
  readonly schemaVersion: 1;
  readonly kind: 'slim';
  readonly slimtraceVersion: string;
  readonly passed: boolean;
  readonly original: ReportedImage;
  readonly slim: ReportedImage;
  /** Share of the original's size that is gone, 0 to 1. */
  readonly reduction: number;
  readonly checksChosenByDefault: boolean;
  readonly checks: readonly ReportedCheck[];
  readonly notes: readonly string[];
  /** The archive the slim image was written as. */
  readonly output: string | null;
  readonly durationMs: number;
  /** The last lines each image printed; only when the verdict is negative. */
  readonly logs: { readonly original: readonly string[]; readonly slim: readonly string[] } | null;
}

/** A report with every path and why: what `slimtrace why` reads. */
export interface FullReport extends SlimReport {
  readonly kept: readonly (readonly [path: string, reasons: readonly Reason[]])[];
  readonly excluded: readonly (readonly [path: string, pattern: string])[];
  /** Every entry of the original; `link` is a symlink's text. */
  readonly tree: readonly (readonly [path: string, type: EntryType, package_: string | null, link?: string])[];
}

export function reportCheck(checked: CheckVerdict): ReportedCheck {
  return {
    check: renderCheck(checked.check),
    kind: checked.check.kind,
    result: checked.kind,
    problem: checked.problem ?? null,
    differences: checked.differences,
    setAside: checked.setAside,
  };
}

/** The report of a result. Same result, same report, but for the duration. */
export function buildReport(result: SlimResult, version: string, notes: readonly string[]): SlimReport {
  const { original, slim, verdict } = result;
  return {
    schemaVersion: 1,
    kind: 'slim',
    slimtraceVersion: version,
    passed: verdict.passed,
    original: reportImage(original),
    slim: reportImage(slim),
    reduction: original.sizeBytes === 0 ? 0 : 1 - slim.sizeBytes / original.sizeBytes,
    checksChosenByDefault: result.plan.isDefault,
    checks: verdict.checks.map(reportCheck),
    notes,
    output: result.output ?? null,
    durationMs: Math.round(result.durationMs),
    logs: verdict.passed ? null : { original: verdict.originalLogLines, slim: verdict.slimLogLines },
  };
}

export function buildFullReport(result: SlimResult, version: string, notes: readonly string[]): FullReport {
  return {
    ...buildReport(result, version, notes),
    kept: [...result.selection.selection],
    excluded: [...result.selection.excluded],
    tree: [...result.tree.entries()].map(({ path, type, linkTarget }) => {
      const owner = result.ownership.ownerOf(path) ?? null;
      return linkTarget === undefined ? ([path, type, owner] as const) : ([path, type, owner, linkTarget] as const);
    }),
  };
}

/** One image's figures as they stand in every JSON report. */
export function reportImage({ reference, id, sizeBytes, layers, census }: ImageSummary): ReportedImage {
  const { files, setuidFiles, shells, packages } = census;
  return { reference, id, sizeBytes, layers, files, setuidFiles, shells, packages: packages?.length ?? null };
}
