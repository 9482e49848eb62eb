import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.js';
import { addBuild, addCompare, addSlim, addTrace, addWhy } from './commands.js';
import { exitCodeOf, exitCodeOfSignal, exitCodes } from './exit-code.js';
import { presentError } from './present-error.js';
import { type Host, styleFor } from './terminal.js';
import { version } from './version.js';

const interrupts: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs the command line of `host` and returns the exit code. Never throws, never exits. */
export async function run(host: Host): Promise<number> {
  const interrupted = new AbortController();
  // A reader that has seen enough (`| head`) closes the pipe; that is no reason to fail, nor to go on for long.
  host.stdout.on('error', (error) => interrupted.abort(error));
  let code: number = exitCodes.good;
  let signalled: NodeJS.Signals | undefined;
  const listeners = interrupts.map((signal) => {
    const listener = () => {
      if (signalled === undefined) host.stderr.write(`\n${signal}: cleaning up…\n`);
      signalled ??= signal;
      interrupted.abort(new Error(`interrupted by ${signal}`));
    };
    host.on(signal, listener);
    return () => host.off(signal, listener);
  });
  try {
    await buildProgram({
      host,
      signal: interrupted.signal,
      exitWith: (wanted) => {
        code = wanted;
      },
    }).parseAsync([...host.argv]);
  } catch (error) {
    if (signalled !== undefined) return exitCodeOfSignal(signalled);
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage;
    host.stderr.write(presentError(error, styleFor(host.stderr, host.env)));
    return exitCodeOf(error);
  } finally {
    for (const remove of listeners) remove();
  }
  return signalled === undefined ? code : exitCodeOfSignal(signalled);
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
    .exitOverride()
    .enablePositionalOptions();
  addSlim(program, context);
  addCompare(program, context);
  addWhy(program, context);
  addTrace(program, context);
  addBuild(program, context);
  return program;
}
