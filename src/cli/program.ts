import { Command, CommanderError } from 'commander';
import { describeThrown, firstFailure, releaseFailures, SlimtraceError } from '../errors.js';
import { printable } from '../report/format.js';
import type { CommandContext } from './command-context.js';
import {
  addBuild,
  addCompare,
  addDebug,
  addDiagnose,
  addSlim,
  addTrace,
  addVerify,
  addWhy,
  addWhyNot,
} from './commands.js';
import { addCi } from './declare-ci.js';
import { addCompletion } from './declare-completion.js';
import { addDockerfile } from './declare-dockerfile.js';
import { addDoctor } from './declare-doctor.js';
import { addInit } from './declare-init.js';
import { addInspect } from './declare-inspect.js';
import { addLock } from './declare-lock.js';
import { addMan } from './declare-man.js';
import { addMerge } from './declare-merge.js';
import { addReport } from './declare-report.js';
import { addRun } from './declare-run.js';
import { addSchema } from './declare-schema.js';
import { exitCodeOf, exitCodeOfSignal, exitCodes } from './exit-code.js';
import { watchInterruption } from './interruption.js';
import { presentError } from './present-error.js';
import { type Host, styleFor } from './terminal.js';
import { version } from './version.js';
import { allWritten, guardFileOutput } from './whole-output.js';
import { guardWorkflowCommands } from './workflow-commands.js';

/** Runs the command line of `given` and returns the exit code. Never throws, never exits. */
export async function run(given: Host): Promise<number> {
  const host = guardWorkflowCommands(guardFileOutput(given));
  using interruption = watchInterruption(host);
  let code: number = exitCodes.good;
  const exitWith = (wanted: number) => {
    code = wanted;
  };
  try {
    await buildProgram({
      host,
      signal: interruption.signal,
      exitWith,
      catchStop: () => interruption.catchStop(),
    }).parseAsync([...host.argv]);
  } catch (error) {
    if (interruption.by === undefined && interruption.outputError === undefined)
      code = reportFailure(interruption.bug ?? firstFailure(error), host);
    warnOfLeftovers(error, host);
  }
  await allWritten(host.stdout, interruption.signal);
  if (interruption.by !== undefined) return exitCodeOfSignal(interruption.by);
  const { outputError: cause } = interruption;
  if (cause === undefined) return code;
  return reportFailure(new SlimtraceError('output-unwritable', { file: 'standard output' }, { cause }), host);
}

function reportFailure(error: unknown, host: Host): number {
  // Commander has said what is wrong with the command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage;
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return exitCodes.good;
  host.stderr.write(presentError(error, styleFor(host.stderr, host.env)));
  return exitCodeOf(error);
}

/** What could not be removed is told, interrupted or not, unless it is the very failure that was reported. */
function warnOfLeftovers(error: unknown, host: Host): void {
  const reported = describeThrown(firstFailure(error));
  const told = new Set(releaseFailures(error).map(describeThrown));
  told.delete(reported);
  for (const message of told) host.stderr.write(`warning: while cleaning up: ${printable(message)}\n`);
}

function buildProgram(context: CommandContext): Command {
  const program = new Command('slimtrace')
    .description('Makes container images small by tracing what they use, and proves that they still work.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .configureOutput({
      writeOut: (text) => void context.host.stdout.write(text),
      writeErr: (text) => void context.host.stderr.write(text),
      outputError: (text, write) => write(text),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('hint: add --help for the flags and what they mean')
    .exitOverride()
    .enablePositionalOptions();
  addSlim(program, context);
  addVerify(program, context);
  addCompare(program, context);
  addWhy(program, context);
  addWhyNot(program, context);
  addDiagnose(program, context);
  addDebug(program, context);
  addTrace(program, context);
  addMerge(program, context);
  addRun(program, context);
  addBuild(program, context);
  addLock(program, context);
  addInit(program, context);
  addCi(program, context);
  addDockerfile(program, context);
  addInspect(program, context);
  addDoctor(program, context);
  addReport(program, context);
  addSchema(program, context);
  addCompletion(program, context);
  addMan(program, context);
  return program;
}
