import { debugContainer } from '../../debug-container.js';
import { renderDebugPlace } from '../../report/debug-human.js';
import type { CommandContext } from '../command-context.js';
import type { EngineFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { styleFor } from '../terminal.js';

interface Flags extends EngineFlags {
  readonly env?: string[];
  readonly user?: string;
  readonly busybox?: string;
  readonly quiet?: true;
}

/** `slimtrace debug`. */
export async function runDebug(
  container: string,
  command: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<void> {
  const { host, signal } = context;
  await using opened = await openContext(context, () => {}, flags);
  const options = {
    command,
    env: flags.env ?? [],
    user: flags.user,
    busyboxFile: flags.busybox,
    // A terminal would turn each newline of a piped output into two characters.
    onTerminal: host.stdin?.isTTY === true && host.stdout.isTTY === true,
  };
  const exitCode = await debugContainer(container, options, {
    ...(await opened.containerEngines()),
    signal,
    onPlace: (place) => {
      if (flags.quiet !== true) host.stderr.write(`${renderDebugPlace(place, styleFor(host.stderr, host.env))}\n`);
    },
  });
  context.exitWith(exitCode);
}
