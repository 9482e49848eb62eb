import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';
import type { FullReport } from '../report/full-report.js';
import { readStateFile } from '../system/state-files.js';
import type { CommandContext } from './command-context.js';
import { openContext } from './open-context.js';
import type { EngineFlags } from './options.js';

/**
 * The full report of a slim image: from the file that `slim --report` wrote, or the one kept when the image was made on this
 * machine. Throws `report-not-found`, `file-unreadable` and `usage`.
 */
export async function findReport(
  image: string,
  flags: EngineFlags & { readonly report?: string },
  context: CommandContext,
): Promise<FullReport> {
  const text = flags.report === undefined ? await readKept(image, flags, context) : await readReport(flags.report);
  return parseReport(text, flags.report ?? image);
}

async function readKept(image: string, flags: EngineFlags, context: CommandContext): Promise<string> {
  await using opened = await openContext(context, () => {}, flags);
  const { id } = await (await opened.engineOf(image)).inspectImage(image);
  const text = await readStateFile(id.replace(':', '-'));
  if (text === undefined) throw new SlimtraceError('report-not-found', { image });
  return text;
}

async function readReport(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
}

function parseReport(text: string, from: string): FullReport {
  const invalid = (cause: unknown) =>
    new SlimtraceError('usage', { problem: `${from}: not a report of slimtrace slim --report` }, { cause });
  try {
    const report = JSON.parse(text) as FullReport;
    if (report.schemaVersion !== 1 || !Array.isArray(report.kept) || !Array.isArray(report.tree))
      throw invalid(undefined);
    if (typeof report.tree[0]?.[3] !== 'number')
      throw new SlimtraceError('usage', {
        problem: `${from}: a report of another version of slimtrace`,
        hint: 'slim the image again, or use the version that wrote it',
      });
    return report;
  } catch (error) {
    throw error instanceof SlimtraceError ? error : invalid(error);
  }
}
