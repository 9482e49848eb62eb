import { compareImages } from '../../compare-images.js';
import { SlimtraceError } from '../../errors.js';
import { renderComparison } from '../../report/comparison-human.js';
import { renderComparisonJson } from '../../report/comparison-json.js';
import { renderComparisonMarkdown } from '../../report/comparison-markdown.js';
import type { CommandContext } from '../command-context.js';
import type { EngineFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { openProgress } from '../progress.js';
import { styleFor } from '../terminal.js';

interface Flags extends EngineFlags {
  readonly deep?: true;
  readonly json?: true;
  readonly markdown?: true;
  readonly quiet?: true;
}

/** `slimtrace compare`. */
export async function runCompare(a: string, b: string, flags: Flags, context: CommandContext): Promise<void> {
  const { host } = context;
  if (flags.json && flags.markdown)
    throw new SlimtraceError('usage', { problem: '--json and --markdown exclude each other' });
  const comparison = await compareWithProgress(a, b, flags, context);
  if (flags.json) host.stdout.write(renderComparisonJson(comparison));
  else if (flags.markdown) host.stdout.write(renderComparisonMarkdown(comparison));
  else host.stdout.write(renderComparison(comparison, styleFor(host.stdout, host.env)));
}

async function compareWithProgress(a: string, b: string, flags: Flags, context: CommandContext) {
  using progress = openProgress(context.host, flags.quiet === true);
  await using opened = await openContext(context, progress.emit, flags);
  return await compareImages(a, b, { ...opened, deep: flags.deep === true });
}
