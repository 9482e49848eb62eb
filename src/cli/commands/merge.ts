import { renderTraceSummary } from '../../report/trace-human.js';
import { mergeFiles } from '../../trace/merge-files.js';
import type { CommandContext } from '../command-context.js';
import { openProgress } from '../progress.js';
import { styleFor } from '../terminal.js';
import { openTraceOutput, readTraceFile } from '../trace-file.js';

interface Flags {
  readonly output?: string;
  readonly quiet?: true;
}

/** `slimtrace merge`. */
export async function runMerge(
  [first, ...others]: readonly [string, ...string[]],
  flags: Flags,
  { host, signal }: CommandContext,
): Promise<void> {
  const read = async (file: string) => ({ file, trace: await readTraceFile(file, signal) });
  using progress = openProgress(host, flags.quiet === true);
  await using output = await openTraceOutput(flags.output, host, progress.emit);
  const one = await read(first);
  // One after the other: each is held as text, as JSON and as a trace for a moment.
  const rest = [];
  for (const file of others) rest.push(await read(file));
  const { trace, warnings } = mergeFiles(one, ...rest);
  for (const message of warnings) progress.emit({ kind: 'warning', message });
  if (flags.quiet !== true) host.stderr.write(renderTraceSummary(trace, styleFor(host.stderr, host.env)));
  await output.write(trace);
}
