import { SlimtraceError } from '../../errors.js';
import { printable } from '../../report/format.js';
import { withoutPaths } from '../../report/full-report.js';
import type { MarkdownPlace } from '../../report/markdown-limits.js';
import { renderSlimReport } from '../../report/slim-human.js';
import { renderSlimMarkdown } from '../../report/slim-markdown.js';
import type { CommandContext } from '../command-context.js';
import type { EngineFlags } from '../flags.js';
import { requireOwnFiles } from '../output-names.js';
import { printResult } from '../print-result.js';
import { isReportFile, openReport, requirePaths } from '../report-file.js';
import { openReportOutputs } from '../report-outputs.js';

interface Flags extends EngineFlags {
  readonly html?: string;
  /** True: to standard output. */
  readonly markdown?: string | true;
  readonly for: MarkdownPlace;
  readonly json?: true;
  readonly explainSize?: true;
  readonly quiet?: true;
}

/** `slimtrace report`. */
export async function runReport(what: string, flags: Flags, context: CommandContext): Promise<void> {
  if (flags.json && flags.markdown === true)
    throw new SlimtraceError('usage', { problem: '--json and --markdown without a file exclude each other' });
  const { host } = context;
  const files = {
    ...(flags.html === undefined ? {} : { html: flags.html }),
    ...(typeof flags.markdown === 'string' ? { markdown: flags.markdown } : {}),
  };
  const named = Object.entries(files).map(([name, path]) => ({ flag: `--${name}`, path }));
  requireOwnFiles(named, isReportFile(what) ? [{ flag: 'the report', path: what }] : []);
  await using outputs = await openReportOutputs(files, flags.for);
  const report = await openReport(what, flags, context);
  const isWritten = Object.keys(files).length > 0;
  await outputs.write(flags.html === undefined ? report : requirePaths(report, what));
  if (isWritten && flags.quiet !== true)
    host.stderr.write(`written: ${Object.values(files).map(printable).join(', ')}\n`);
  if (flags.markdown === true) host.stdout.write(renderSlimMarkdown(report, flags.for));
  else if (flags.json || !isWritten) {
    const explainSize = flags.explainSize === true;
    const shown = 'tree' in report ? withoutPaths(report) : report;
    printResult(shown, (slim, style) => renderSlimReport(slim, style, { explainSize }), flags, context);
  }
}
