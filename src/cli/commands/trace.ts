import { traceOnly } from '../../collect-trace.js';
import type { CommandContext } from '../command-context.js';
import type { EngineFlags, RunFlags, TimeFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { parseScenarios, parseTimes } from '../parse-flags.js';
import { openProgress } from '../progress.js';
import { requireOwnOutput } from '../slimming-files.js';
import { collectionFacts, openTraceOutput } from '../trace-file.js';

type Flags = EngineFlags &
  RunFlags &
  TimeFlags & {
    readonly config?: string | false;
    readonly output?: string;
    readonly as?: string;
    readonly syscalls?: true;
    readonly quiet?: true;
  };

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
  const facts = collectionFacts(flags.as, context.host.env);
  using progress = openProgress(context.host, flags.quiet === true);
  requireOwnOutput(image, flags);
  await using output = await openTraceOutput(flags.output, context.host, progress.emit);
  await using opened = await openContext(context, progress.emit, flags);
  const engine = await opened.engineOf(image);
  await output.write(await traceOnly(image, options, facts, { ...opened, engine }));
}
