import { SlimtraceError } from '../../errors.js';
import type { Emit } from '../../events.js';
import { type Rival, requireOnlyName } from '../../only-name.js';
import { type OwnEnd, runTraced, type TracedUse } from '../../run-traced.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { EngineFlags, ScenarioFlags, TimeFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { parseScenarios, parseTimes } from '../parse-flags.js';
import { openPlainProgress, openProgress } from '../progress.js';
import { requireOwnOutput } from '../slimming-files.js';
import { collectionFacts, openTraceOutput } from '../trace-file.js';

interface Flags extends EngineFlags, TimeFlags, ScenarioFlags {
  readonly drive?: string;
  readonly output?: string;
  readonly as?: string;
  readonly syscalls?: true;
  readonly publish?: string[];
  readonly publishAll?: true;
  readonly name?: string;
  readonly networkAlias?: string[];
  readonly quiet?: true;
}

/** `slimtrace run`. */
export async function runRun(
  image: string,
  command: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<void> {
  const options = parseOptions(flags, command);
  const facts = collectionFacts(flags.as, context.host.env);
  // What the driver prints goes to the same terminal.
  const open = options.driver === undefined ? openProgress : openPlainProgress;
  using progress = open(context.host, flags.quiet === true);
  requireOwnOutput(image, { ...flags, runs: [flags] });
  await using output = await openTraceOutput(flags.output, context.host, progress.emit);
  await using opened = await openContext(context, progress.emit, flags);
  const engine = await opened.engineOf(image);
  const findRivals = await requireOnlyName(options, engine);
  using stop = options.driver === undefined ? context.catchStop() : neverStopped();
  const tellStop = () => progress.emit({ kind: 'note', message: 'ending it; once more gives up the trace' });
  stop.signal.addEventListener('abort', tellStop, { once: true });
  const use = await runTraced(image, options, facts, { ...opened, engine, stop: stop.signal });
  await output.write(use.trace);
  tellRivals(await findRivals(), progress.emit, context);
  judge(use, options.driver, progress.emit, context);
}

function parseOptions(flags: Flags, command: readonly string[]) {
  const [scenario] = parseScenarios({ runs: [flags] }, command);
  if (scenario === undefined) throw new Error('there is a scenario without --scenario');
  const { drive: driver, output } = flags;
  if (driver !== undefined && driver.trim() === '') throw new SlimtraceError('usage', { problem: '--drive is empty' });
  if (driver !== undefined && output === undefined)
    throw new SlimtraceError('usage', {
      problem: '--drive needs --output: standard output is the driver’s own',
      hint: 'add --output trace.json',
    });
  return {
    run: scenario.run,
    exposure: {
      publish: (flags.publish ?? []).map(requirePort),
      publishesAll: flags.publishAll === true,
      name: flags.name,
      networkAliases: flags.networkAlias ?? [],
    },
    driver,
    ...parseTimes(flags),
    tracesSyscalls: flags.syscalls === true,
  };
}

/** The engine says what is wrong with a port only when everything else is done. */
function requirePort(text: string): string {
  if (/^(?:\S*:)?\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/.test(text)) return text;
  throw new SlimtraceError('usage', {
    problem: `--publish ${text} is not a port`,
    hint: 'as for docker run: 80, 8080:80, 127.0.0.1:8080:80, 53:53/udp',
  });
}

/** With a driver Ctrl-C is what it is everywhere. */
function neverStopped() {
  return { signal: new AbortController().signal, [Symbol.dispose]: () => {} };
}

/** What went to them isn't in the trace, whatever the driver says. */
function tellRivals(rivals: readonly Rival[], emit: Emit, context: CommandContext): void {
  for (const { container, name, network } of rivals) {
    const hint = '`docker compose run` starts what a service depends on, unless it is given --no-deps';
    emit({
      kind: 'warning',
      message: `${container} was started meanwhile and has the name ${name} in the network ${network} too: what went there is not in the trace (${hint})`,
    });
    context.exitWith(exitCodes.negativeVerdict);
  }
}

/** The driver's word counts; what the application made of its run, when there was none. */
function judge(
  { driverExitCode, ownEnd }: TracedUse,
  driver: string | undefined,
  emit: Emit,
  context: CommandContext,
): void {
  const wasDriven = driverExitCode !== undefined;
  if (ownEnd !== undefined && (hasFailed(ownEnd) || (driver !== undefined && !wasDriven))) {
    const how = `${describeEnd(ownEnd)}${driver === undefined || wasDriven ? '' : ', before the driver was started'}`;
    if (!wasDriven) throw new SlimtraceError('run-ended', { how, log: ownEnd.lastLogLines.join('\n') });
    emit({ kind: 'warning', message: `the application ended by itself, ${how}` });
  }
  if (driverExitCode === undefined || driverExitCode === 0) return;
  emit({
    kind: 'warning',
    message: `the driver ended with exit code ${driverExitCode}: what it did not get to is not in the trace`,
  });
  context.exitWith(exitCodes.negativeVerdict);
}

/** A signal, as from `docker stop`, is an end like another. */
function hasFailed({ exitCode, isOutOfMemory }: OwnEnd): boolean {
  return isOutOfMemory || (exitCode !== 0 && exitCode <= 128);
}

function describeEnd({ exitCode, isOutOfMemory }: OwnEnd): string {
  return isOutOfMemory ? 'for want of memory' : `with exit code ${exitCode}`;
}
