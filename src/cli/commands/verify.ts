import { buildVerifyReport, renderVerifyReport } from '../../report/verify-report.js';
import { verifyImage } from '../../verify-image.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { EngineFlags, RunFlags, TimeFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { parseScenarios, parseTimes } from '../parse-flags.js';
import { printResult } from '../print-result.js';
import { openProgress } from '../progress.js';
import { version } from '../version.js';

type Flags = RunFlags & TimeFlags & EngineFlags & { readonly json?: true; readonly quiet?: true };

/** `slimtrace verify`. */
export async function runVerify(
  original: string,
  slim: string,
  command: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<void> {
  const options = { scenarios: parseScenarios(flags, command), ...parseTimes(flags), trace: undefined };
  const result = await verifyWithProgress(original, slim, options, flags, context);
  const report = buildVerifyReport(result, { original, slim }, version);
  printResult(report, renderVerifyReport, flags, context);
  context.exitWith(report.passed ? exitCodes.good : exitCodes.negativeVerdict);
}

async function verifyWithProgress(
  original: string,
  slim: string,
  options: Parameters<typeof verifyImage>[2],
  flags: Flags,
  context: CommandContext,
) {
  using progress = openProgress(context.host, flags.quiet === true);
  await using opened = await openContext(context, progress.emit, flags);
  const engine = await opened.engineForAll([original, slim]);
  return await verifyImage(original, slim, options, { ...opened, engine });
}
