import type { SlimReport } from '../report.js';
import type { CiImage, CiReport } from './ci-report.js';

interface Metric {
  readonly name: string;
  readonly help: string;
  /** As OpenMetrics has it: the name ends with it. */
  readonly unit?: string;
  readonly value: (report: SlimReport) => number | null;
}

const metrics: readonly Metric[] = [
  metric('original_size_bytes', 'Size of the original image.', (report) => report.original.sizeBytes, 'bytes'),
  metric('slim_size_bytes', 'Size of the slim image.', (report) => report.slim.sizeBytes, 'bytes'),
  metric('reduction_ratio', 'Share of the original that is gone.', (report) => round(report.reduction), 'ratio'),
  metric('original_files', 'Files in the original image.', (report) => report.original.files),
  metric('slim_files', 'Files in the slim image.', (report) => report.slim.files),
  metric('slim_packages', 'Packages with files in the slim image.', (report) => report.slim.packages),
  metric('slim_setuid_files', 'Setuid and setgid files in the slim image.', (report) => report.slim.setuidFiles.length),
  metric('slim_shells', 'Shells in the slim image.', (report) => report.slim.shells.length),
];

function metric(name: string, help: string, value: Metric['value'], unit?: string): Metric {
  return { name: `slimtrace_${name}`, help, value, ...(unit === undefined ? {} : { unit }) };
}

/** The figures of all images in OpenMetrics' text format, for GitLab's metrics report and Prometheus. */
export function renderMetrics({ images }: CiReport): string {
  const families = metrics.map(({ name, help, unit, value }) => {
    const samples = images.flatMap((image) => {
      const sample = image.report === null ? null : value(image.report);
      return sample === null ? [] : [renderSample(name, image, sample)];
    });
    const head = [`# TYPE ${name} gauge`, ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`])];
    return [...head, `# HELP ${name} ${help}`, ...samples];
  });
  const passed = images.map((image) => renderSample('slimtrace_passed', image, image.outcome === 'passed' ? 1 : 0));
  const head = ['# TYPE slimtrace_passed gauge', '# HELP slimtrace_passed Proved, within budget and as locked.'];
  return `${[...families.flat(), ...head, ...passed, '# EOF'].join('\n')}\n`;
}

function renderSample(name: string, { name: image }: CiImage, value: number): string {
  return `${name}{image="${plainLabel(image)}"} ${value}`;
}

/** GitLab splits a line as a shell does, and takes `#` for a comment: nothing of the kind is left in a label. */
function plainLabel(text: string): string {
  return text.replace(/[\s#'"\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '_');
}

function round(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
