import { writeFile } from 'node:fs/promises';
import { traceOnly } from '../../observe-image.js';
import { openOutputFile } from '../../system/output-file.js';
import { renderTrace } from '../../trace/trace-json.js';
import type { CommandContext } from '../command-context.js';
import { openContext } from '../open-context.js';
import type { EngineFlags, RunFlags, TimeFlags } from '../options.js';
import { parseScenarios, parseTimes } from '../parse-flags.js';
import { openProgress } from '../progress.js';

type Flags = EngineFlags &
  RunFlags &
  TimeFlags & { readonly output?: string; readonly syscalls?: true; readonly quiet?: true };

/** `slimtrace trace`. */
export async function runTrace(
  image: string,
  command: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<void> {
  const options = {
    scenarios: parseScenarios(flags, command),
    ...parseTimes(flags),
    trace: undefined,
    tracesSyscalls: flags.syscalls === true,
  };
  await using output = flags.output === undefined ? undefined : await openOutputFile(flags.output);
  using progress = openProgress(context.host, flags.quiet === true);
  await using opened = await openContext(context, progress.emit, flags);
  const { trace } = await traceOnly(image, options, { ...opened, engine: await opened.engineOf(image) });
  if (output === undefined) {
    context.host.stdout.write(renderTrace(trace));
    return;
  }
  await output.write((path) => writeFile(path, renderTrace(trace)));
  await output.commit();
  progress.emit({ kind: 'note', message: `wrote ${trace.paths.length} paths to ${flags.output}` });
}
