import type { Finding, Health } from '../doctor/finding.js';
import type { Examination } from '../doctor.js';
import { printable } from './format.js';
import type { Style } from './style.js';

/** What `slimtrace doctor` found, as plain data; the shape of `--json`. */
export interface DoctorReport extends Examination {
  readonly schemaVersion: 1;
  readonly kind: 'doctor';
  readonly slimtraceVersion: string;
}

const widest = 'problem'.length;

/** The result of `slimtrace doctor` for a person. */
export function renderDoctorReport(report: DoctorReport, style: Style): string {
  const sections = [
    ...report.engines.map(({ kind, findings }) => renderSection(kind, findings, style)),
    renderSection('this machine', report.machine, style),
    renderConclusion(report, style),
  ];
  return `${sections.join('\n\n')}\n`;
}

function renderSection(title: string, findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.flatMap(({ about, status, detail, advice }) => [
    `  ${paint(status, style)}  ${about.padEnd(width)}  ${printable(detail)}`,
    ...(advice === null ? [] : [`  ${' '.repeat(widest)}  ${' '.repeat(width)}  → ${printable(advice)}`]),
  ]);
  return [style.bold(title), ...lines].join('\n');
}

function paint(status: Health, style: Style): string {
  const word = status.padEnd(widest);
  if (status === 'ok') return style.green(word);
  if (status === 'problem') return style.red(word);
  return status === 'warning' ? style.yellow(word) : style.dim(word);
}

function renderConclusion({ canSlim, engines, slimtraceVersion }: DoctorReport, style: Style): string {
  const program = `slimtrace ${slimtraceVersion}`;
  if (!canSlim)
    return `${style.red(style.bold('no engine'))}: ${program} can slim nothing here; any one of the engines above would do`;
  const able = engines.filter(({ canTrace }) => canTrace).map(({ kind }) => kind);
  const named = able.filter((kind) => kind !== 'embedded').map((kind) => `images of ${kind}`);
  const archives = able.includes('embedded') ? ['image archives'] : [];
  return `${style.green(style.bold('ready'))}: ${program} can slim ${[...named, ...archives].join(', ')} here`;
}
