import { SlimtraceError } from '../../errors.js';
import { inspectImage } from '../../inspect-image.js';
import { renderInspectReport } from '../../report/inspect-human.js';
import { buildInspectReport } from '../../report/inspect-report.js';
import type { CommandContext } from '../command-context.js';
import type { EngineFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { printResult } from '../print-result.js';
import { openProgress } from '../progress.js';
import { version } from '../version.js';

interface Flags extends EngineFlags {
  readonly fast?: true;
  readonly rows: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** `slimtrace inspect`. */
export async function runInspect(image: string, flags: Flags, context: CommandContext): Promise<void> {
  const rows = parseRows(flags.rows);
  const inspection = await inspectWithProgress(image, flags, context);
  const report = buildInspectReport(inspection, version);
  printResult(report, (shown, style) => renderInspectReport(shown, style, { rows }), flags, context);
}

function parseRows(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new SlimtraceError('usage', { problem: `--rows ${JSON.stringify(text)} is not a number of rows` });
}

async function inspectWithProgress(image: string, flags: Flags, context: CommandContext) {
  using progress = openProgress(context.host, flags.quiet === true);
  await using opened = await openContext(context, progress.emit, flags);
  return await inspectImage(image, { isFast: flags.fast === true }, opened);
}
