import type { VerifyResult } from '../verify-image.js';
import { failureWords, isOnlyUnproved, unprovedHint } from './failure-words.js';
import { formatSeconds, printable } from './format.js';
import {
  type ReportedCheck,
  type ReportedContainer,
  type ReportedHardened,
  reportChecks,
  reportContainers,
  reportHardened,
  reportLogs,
} from './report.js';
import { renderChecks, renderLogs } from './slim-human.js';
import type { Style } from './style.js';

/** What `slimtrace verify` came to, as plain data; the shape of `--json`. */
export interface VerifyReport {
  readonly schemaVersion: 1;
  readonly kind: 'verify';
  readonly slimtraceVersion: string;
  readonly passed: boolean;
  readonly original: { readonly reference: string; readonly id: string };
  readonly slim: { readonly reference: string; readonly id: string };
  readonly checksChosenByDefault: boolean;
  readonly checks: readonly ReportedCheck[];
  readonly containers: readonly ReportedContainer[];
  readonly hardened: ReportedHardened | null;
  readonly durationMs: number;
  /** The last lines each image printed; only when the verdict is negative. */
  readonly logs: { readonly original: readonly string[]; readonly slim: readonly string[] } | null;
}

/** The report of a result; `references` are the names the images were given by. */
export function buildVerifyReport(
  { original, slim, scenarios, passed, verdicts, durationMs }: VerifyResult,
  references: { readonly original: string; readonly slim: string },
  version: string,
): VerifyReport {
  return {
    schemaVersion: 1,
    kind: 'verify',
    slimtraceVersion: version,
    passed,
    original: { reference: references.original, id: original.id },
    slim: { reference: references.slim, id: slim.id },
    checksChosenByDefault: scenarios.some(({ plan }) => plan.isDefault),
    checks: reportChecks(verdicts),
    containers: reportContainers(verdicts),
    hardened: reportHardened(verdicts),
    durationMs: Math.round(durationMs),
    logs: reportLogs(verdicts),
  };
}

/** The same for a person. */
export function renderVerifyReport(report: VerifyReport, style: Style): string {
  const name = style.bold(printable(report.slim.reference));
  const time = formatSeconds(report.durationMs);
  const isUnproved = isOnlyUnproved(report);
  const hint = isUnproved ? `\n${style.yellow('hint:')} ${unprovedHint}` : '';
  const conclusion = report.passed
    ? `${style.green(style.bold('proved'))}: ${name} answers as ${printable(report.original.reference)} does (${time})`
    : `${style.red(style.bold('failed'))}: ${isUnproved ? failureWords(report) : `${name} answers differently`} (${time})${hint}`;
  const logs = report.logs === null ? [] : [renderLogs('slim image', report.logs.slim)];
  return `${[renderChecks(report, style), ...logs, conclusion].join('\n\n')}\n`;
}
