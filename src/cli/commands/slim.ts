import { withoutPaths } from '../../report/full-report.js';
import { isGood } from '../../report/outcome.js';
import { renderSlimReport } from '../../report/slim-human.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import { openContext } from '../open-context.js';
import { printResult } from '../print-result.js';
import { openProgress } from '../progress.js';
import { type SlimmingFlags, type SlimRequest, type SlimRun, slimOnce } from '../slim-run.js';

/** `slimtrace slim` and `slimtrace build`. */
export async function runSlim(
  image: string,
  command: readonly string[],
  flags: SlimmingFlags,
  context: CommandContext,
): Promise<void> {
  const { report, unwritten } = await slimWithProgress({ image, command, flags }, context);
  const explainSize = flags.explainSize === true;
  printResult(withoutPaths(report), (shown, style) => renderSlimReport(shown, style, { explainSize }), flags, context);
  if (unwritten !== undefined) throw unwritten;
  context.exitWith(isGood(report) ? exitCodes.good : exitCodes.negativeVerdict);
}

async function slimWithProgress(request: SlimRequest, context: CommandContext): Promise<SlimRun> {
  using progress = openProgress(context.host, request.flags.quiet === true);
  await using opened = await openContext(context, progress.emit, request.flags);
  return await slimOnce(request, { env: context.host.env, opened, emit: progress.emit });
}
