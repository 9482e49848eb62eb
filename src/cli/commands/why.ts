import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import { parseImagePath } from '../../image/path.js';
import type { FullReport } from '../../report/report.js';
import { answerWhy } from '../../report/why.js';
import { renderAnswer } from '../../report/why-human.js';
import { readStateFile } from '../../system/state-files.js';
import type { CommandContext } from '../command-context.js';
import { openContext } from '../open-context.js';
import type { EngineFlags } from '../options.js';
import { styleFor } from '../terminal.js';

interface Flags extends EngineFlags {
  readonly report?: string;
  readonly json?: true;
}

/** `slimtrace why`. */
export async function runWhy(image: string, path: string, flags: Flags, context: CommandContext): Promise<void> {
  const { host } = context;
  if (!path.startsWith('/'))
    throw new SlimtraceError('usage', {
      problem: `${JSON.stringify(path)} is not an absolute path`,
      hint: 'paths in an image begin with /',
    });
  const wanted = parseImagePath(path);
  const text = flags.report === undefined ? await findReport(image, flags, context) : await readReport(flags.report);
  const answer = answerWhy(parseReport(text, flags.report ?? image), wanted);
  host.stdout.write(
    flags.json ? `${JSON.stringify(answer, undefined, 2)}\n` : renderAnswer(answer, styleFor(host.stdout, host.env)),
  );
}

async function findReport(image: string, flags: Flags, context: CommandContext): Promise<string> {
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
    return report;
  } catch (error) {
    throw error instanceof SlimtraceError ? error : invalid(error);
  }
}
