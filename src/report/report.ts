import type { BudgetResult } from '../budgets.js';
import { type Check, renderCheck } from '../check/check.js';
import type { CheckVerdict } from '../check/compare-runs.js';
import type { Difference } from '../check/difference.js';
import { FileTree } from '../image/file-tree.js';
import type { Cost } from '../selection/costs.js';
import type { Doubt } from '../selection/doubt.js';
import type { EnumeratedDirectory } from '../selection/enumerated.js';
import { missingDoubts } from '../selection/missing-doubts.js';
import type { ImageSummary, SlimResult } from '../slim-result.js';
import type { ScenarioVerdict } from '../try-candidate.js';
import { type ReportedBase, reportBase } from './base-report.js';
import { reportBudget } from './budget-report.js';
import { type ReportedConfinement, reportConfinement } from './confinement-report.js';
import { type ReportedDrift, reportDrift } from './drift-report.js';
import { type ReportedInventory, reportInventory } from './inventory-report.js';
import type { ReportedLayers } from './layers-human.js';
import { buildPosture, type ReportedPosture } from './posture.js';
import { type ReportedRecords, reportRecords } from './records-human.js';

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
  /** The scenario it belongs to; null when there is only one. */
  readonly scenario: string | null;
  readonly check: string;
  readonly kind: Check['kind'];
  readonly result: 'same' | 'different' | 'not-evidence';
  readonly problem: string | null;
  readonly differences: readonly Difference[];
  readonly setAside: readonly string[];
}

/** How a scenario's containers differ beside what the checks were answered: ports, errors in the log. */
export interface ReportedContainer {
  readonly scenario: string | null;
  readonly differences: readonly Difference[];
  readonly setAside: readonly string[];
  /** What a person should know and is no failure. */
  readonly remarks: readonly string[];
}

/** Whether the slim image runs with a read-only root, no capabilities and no new privileges, and why not. */
export interface ReportedHardened {
  readonly runs: boolean;
  readonly because: readonly string[];
}

/** What the slim image lacked when it ran under the trace. */
export interface ReportedHealing {
  /** One for each time it was built again, with the paths that the application had named. */
  readonly rounds: readonly { readonly round: number; readonly paths: readonly string[] }[];
  /** What the last image lacks all the same: it was not to be healed, or the rounds were spent. */
  readonly missed: readonly string[];
}

/** What a person should know to judge how sure the result is: places for more checks. */
export interface Confidence {
  /** What no run asked for, and static knowledge keeps. */
  readonly onStaticEvidence: { readonly files: number; readonly bytes: number };
  /** Directories whose names the application reads, and of which the slim image shows fewer. */
  readonly enumerated: readonly EnumeratedDirectory[];
  readonly doubts: readonly Doubt[];
  /** Exposed ports that no check proved anything about. */
  readonly unexercisedPorts: readonly string[];
}

export interface ReportedDebugImage {
  readonly reference: string;
  readonly id: string;
  /** Where its tools are. */
  readonly directory: string;
  readonly busybox: { readonly from: string; readonly version: string };
}

/** What a run of `slimtrace slim` came to, as plain data; the shape of `--json`. */
export interface SlimReport extends ReportedLayers, ReportedInventory {
  readonly schemaVersion: 1;
  readonly kind: 'slim';
  readonly slimtraceVersion: string;
  /** Every check was answered as the original answers it; says nothing of the budgets. */
  readonly passed: boolean;
  /** What was to be kept to, in the order of the flags; an image that isn't within all of them has no good name. */
  readonly budgets: readonly BudgetResult[];
  /**
   * How the image differs from its lock, or from the build that was traced; null when neither was given. One that its lock
   * doesn't hold for has no good name.
   */
  readonly drift: ReportedDrift | null;
  readonly original: ReportedImage;
  readonly slim: ReportedImage;
  /** Null on scratch. */
  readonly base: ReportedBase | null;
  /** Share of the original's size that is gone, 0 to 1. */
  readonly reduction: number;
  readonly checksChosenByDefault: boolean;
  readonly checks: readonly ReportedCheck[];
  readonly containers: readonly ReportedContainer[];
  readonly hardened: ReportedHardened | null;
  readonly packageRecords: ReportedRecords;
  readonly healing: ReportedHealing;
  readonly confidence: Confidence;
  /** What each ground for keeping files costs: what would go without it. The largest first. */
  readonly costs: readonly Cost[];
  readonly posture: ReportedPosture;
  readonly confinement: ReportedConfinement;
  readonly notes: readonly string[];
  /** The image with a busybox on the slim one's layers (`--debug-tag`). */
  readonly debug: ReportedDebugImage | null;
  /** The archive the slim image was written as. */
  readonly output: string | null;
  /** With `--dry-run`: nothing of the slim image is left, and its reference is what it would be called. */
  readonly dryRun: boolean;
  readonly durationMs: number;
  /** The last lines each image printed; only when the verdict is negative. */
  readonly logs: { readonly original: readonly string[]; readonly slim: readonly string[] } | null;
}

/** The checks of all scenarios, in their order. */
export function reportChecks(verdicts: readonly ScenarioVerdict[]): readonly ReportedCheck[] {
  const isOnly = verdicts.length === 1;
  return verdicts.flatMap(({ scenario, verdict }) =>
    verdict.checks.map((checked) => reportCheck(checked, isOnly ? null : scenario)),
  );
}

export function reportContainers(verdicts: readonly ScenarioVerdict[]): readonly ReportedContainer[] {
  return verdicts.map(({ scenario, verdict: { container, remarks } }) => ({
    scenario: verdicts.length === 1 ? null : scenario,
    ...container,
    remarks,
  }));
}

/** Hardened in every scenario, or why not; null when it doesn't even run as it is. */
export function reportHardened(verdicts: readonly ScenarioVerdict[]): ReportedHardened | null {
  const because: string[] = [];
  for (const { scenario, hardened } of verdicts) {
    if (hardened === null) return null;
    for (const reason of hardened.because) because.push(verdicts.length === 1 ? reason : `${scenario}: ${reason}`);
  }
  return { runs: verdicts.every(({ hardened }) => hardened?.runs), because };
}

/** The last lines that the containers printed, of the first scenario that failed; null when none did. */
export function reportLogs(verdicts: readonly ScenarioVerdict[]): SlimReport['logs'] {
  const failed = verdicts.find(({ verdict }) => !verdict.passed)?.verdict;
  return failed === undefined ? null : { original: failed.originalLogLines, slim: failed.slimLogLines };
}

function reportCheck(checked: CheckVerdict, scenario: string | null): ReportedCheck {
  return {
    scenario,
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
  const { original, slim, passed, verdicts, healing } = result;
  return {
    schemaVersion: 1,
    kind: 'slim',
    slimtraceVersion: version,
    passed,
    budgets: result.budgets.map(reportBudget),
    drift: reportDrift(result.drift),
    original: reportImage(original),
    slim: reportImage(slim),
    base: reportBase(result.composition, result.strangeFiles),
    reduction: original.sizeBytes === 0 ? 0 : 1 - slim.sizeBytes / original.sizeBytes,
    layers: result.layers,
    push: result.push,
    checksChosenByDefault: result.scenarios.some(({ plan }) => plan.isDefault),
    checks: reportChecks(verdicts),
    containers: reportContainers(verdicts),
    hardened: reportHardened(verdicts),
    ...reportInventory(result.composition.inventory, original, slim),
    packageRecords: reportRecords(result.composition.records),
    healing: {
      rounds: healing.rounds.map(({ paths }, index) => ({ round: index + 1, paths: paths.map(({ path }) => path) })),
      missed: healing.missed.paths.map(({ path }) => path),
    },
    confidence: buildConfidence(result),
    costs: result.selection.costs,
    posture: buildPosture(result),
    confinement: reportConfinement(result.confinement),
    notes,
    debug: result.debug ?? null,
    output: result.output ?? null,
    dryRun: result.isDryRun,
    durationMs: Math.round(result.durationMs),
    logs: reportLogs(verdicts),
  };
}

function buildConfidence({ selection, tree, composition, enumerated, unexercisedPorts }: SlimResult): Confidence {
  const files = [...selection.onStaticEvidence]
    .flatMap((path) => tree.get(path) ?? [])
    .filter(({ type }) => type === 'file');
  return {
    onStaticEvidence: { files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
    enumerated,
    doubts: missingDoubts(selection.doubts, new FileTree(composition.entries)),
    unexercisedPorts,
  };
}

/** One image's figures as they stand in every JSON report. */
export function reportImage({ reference, id, sizeBytes, layers, census }: ImageSummary): ReportedImage {
  const { files, setuidFiles, shells, packages } = census;
  return { reference, id, sizeBytes, layers, files, setuidFiles, shells, packages: packages?.length ?? null };
}
