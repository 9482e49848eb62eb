import { statSync } from 'node:fs';
import { SlimtraceError } from '../errors.js';
import { printable } from '../report/format.js';
import type { FullReport } from '../report/full-report.js';
import type { SlimReport } from '../report/report.js';
import { maxDataBytes, readGivenText } from '../system/given-file.js';
import { readStateFile } from '../system/state-files.js';
import type { CommandContext } from './command-context.js';
import type { EngineFlags } from './flags.js';
import { openContext } from './open-context.js';

/**
 * The full report of a slim image: from the file that `slim --report` wrote, or the one kept when the image was made on this
 * machine. Throws `report-not-found`, `file-unreadable` and `usage`.
 */
export async function findReport(
  image: string,
  flags: EngineFlags & { readonly report?: string },
  context: CommandContext,
): Promise<FullReport> {
  const { report: file } = flags;
  const report =
    file === undefined
      ? parseKept(await readKept(image, flags, context), image)
      : await parseFile(await readReport(file, context), file);
  return requirePaths(report, file ?? image);
}

async function readReport(file: string, { signal }: CommandContext): Promise<string> {
  return await readGivenText(file, { maxBytes: maxDataBytes, signal });
}

async function readKept(image: string, flags: EngineFlags, context: CommandContext): Promise<string> {
  await using opened = await openContext(context, () => {}, flags);
  const { id } = await (await opened.engineOf(image)).inspectImage(image);
  const text = await readStateFile(id.replace(':', '-'));
  if (text === undefined) throw new SlimtraceError('report-not-found', { image });
  return text;
}

/** Whether what names a report is its file, and no image. */
export function isReportFile(what: string): boolean {
  return /\.json$/i.test(what) || statSync(what, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * A report by what names it: a file, of `slim --report` or of `slim --json`, which knows no paths; else a slim image of this
 * machine. Throws as {@link findReport} does.
 */
export async function openReport(
  what: string,
  flags: EngineFlags,
  context: CommandContext,
): Promise<SlimReport | FullReport> {
  return isReportFile(what)
    ? await parseFile(await readReport(what, context), what)
    : await findReport(what, flags, context);
}

/** The full report that `report` is. Throws `usage` for one without paths. */
export function requirePaths(report: SlimReport | FullReport, from: string): FullReport {
  if ('tree' in report) return report;
  throw new SlimtraceError('usage', {
    problem: `${from} has no paths: it is what slim --json prints`,
    hint: 'give the file that slim --report wrote, or the name of the image',
  });
}

/** What was kept on this machine is slimtrace's own; a file may be anything. */
async function parseFile(text: string, from: string): Promise<SlimReport | FullReport> {
  const report = parseKept(text, from);
  const { fullReportSchema, slimReportSchema } = await import('../schema/report-schema.js');
  const { describeIssue } = await import('../schema/describe-issue.js');
  const { error } = ('tree' in report ? fullReportSchema : slimReportSchema).safeParse(report);
  if (error === undefined) return report;
  throw new SlimtraceError('usage', {
    problem: `${from}: not a report of this version of slimtrace: ${printable(describeIssue(error, report))}`,
    hint: 'slim the image again, or use the version that wrote it',
  });
}

function parseKept(text: string, from: string): SlimReport | FullReport {
  const invalid = (cause: unknown) =>
    new SlimtraceError(
      'usage',
      {
        problem: `${from}: not a report of slimtrace slim`,
        hint: 'give a file that `slimtrace slim IMAGE --report FILE` wrote, or the name of a slim image made here',
      },
      { cause },
    );
  let report: Partial<FullReport> | null;
  try {
    report = JSON.parse(text);
  } catch (error) {
    throw invalid(error);
  }
  if (report?.schemaVersion !== 1 || report.kind !== 'slim') throw invalid(undefined);
  if (report.tree !== undefined && typeof report.tree[0]?.[3] !== 'number')
    throw new SlimtraceError('usage', {
      problem: `${from}: a report of another version of slimtrace`,
      hint: 'slim the image again, or use the version that wrote it',
    });
  return report as SlimReport | FullReport;
}
