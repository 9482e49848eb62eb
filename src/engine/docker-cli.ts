import { SlimtraceError } from '../errors.js';
import {
  type CommandOptions,
  type CommandResult,
  type RunningCommand,
  runCommand,
  runInForeground,
  startCommand,
} from '../system/process.js';

/** The command line of Docker, or of Podman, which copies it: contexts, remote daemons and credential helpers come with it. */
export class DockerCli {
  readonly command: string;
  readonly #signal: AbortSignal;

  constructor(command: string, signal: AbortSignal) {
    this.command = command;
    this.#signal = signal;
  }

  /** Runs a subcommand that must succeed; `what` completes "could not …" when it doesn't. Returns its stdout. */
  async run(args: readonly string[], what: string, options: CommandOptions = {}): Promise<string> {
    const result = await this.try(args, options);
    if (result.exitCode !== 0) throw this.failure(result, what);
    return result.stdout.toString('utf8');
  }

  /**
   * Runs a subcommand that makes something. It is not ended midway, because the daemon would go on without us, and
   * nobody would know what it made: an abort takes effect when it is done, after `undo`.
   */
  async make<T>(work: (options: CommandOptions) => Promise<T>, undo: (made: T) => Promise<unknown>): Promise<T> {
    this.#signal.throwIfAborted();
    const made = await work({ signal: undefined });
    if (!this.#signal.aborted) return made;
    await undo(made);
    throw this.#signal.reason;
  }

  /** Runs a subcommand and leaves it to the caller what its exit code means. */
  async try(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const result = await runCommand(this.command, args, { signal: this.#signal, ...options });
    if (result.isMissing) throw new SlimtraceError('engine-missing', { command: this.command });
    return result;
  }

  /** Runs a clean-up subcommand, to be done even when everything else was aborted. */
  async cleanUp(args: readonly string[]): Promise<CommandResult> {
    for (let attempt = 1; ; attempt++) {
      const result = await runCommand(this.command, args, { timeoutMs: 60_000 });
      // One more Ctrl-C can hit a child that was forked and isn't in its own process group yet (setsid(2)).
      if (result.exitCode !== signalledExitCode || attempt === cleanUpAttempts) return result;
    }
  }

  /** Removes a container, running or not, with its anonymous volumes; to be done even when everything else was aborted. */
  async removeContainer(id: string): Promise<CommandResult> {
    return await this.cleanUp([...this.removal, '--', id]);
  }

  protected get removal(): readonly string[] {
    return ['rm', '--force', '--volumes'];
  }

  /** Runs a subcommand that has our terminal to itself, and returns its exit code (see {@link runInForeground}). */
  async inForeground(args: readonly string[], options: Parameters<typeof runInForeground>[2]): Promise<number> {
    return await runInForeground(this.command, args, options);
  }

  start(args: readonly string[]): RunningCommand {
    return startCommand(this.command, args, { signal: this.#signal });
  }

  /** Turns a failed subcommand into the error that fits what the engine said; `what` completes "could not …". */
  failure(result: Pick<CommandResult, 'stderr' | 'exitCode'>, what: string): SlimtraceError {
    const said = result.stderr.trim() || `exit code ${result.exitCode}`;
    const cause = new Error(said);
    const { command } = this;
    if (isUnreachable(result.stderr)) return new SlimtraceError('engine-unreachable', { command }, { cause });
    return new SlimtraceError('engine-command', { what }, { cause });
  }
}

/** What runCommand says of a command that a signal ended; the Docker client itself never does. */
const signalledExitCode = 255;
const cleanUpAttempts = 5;

function isUnreachable(stderr: string): boolean {
  return [
    /cannot connect to the docker daemon|error during connect|connection refused.*docker|docker\.sock/i,
    /cannot connect to podman|unable to connect to podman/i,
    // It died while it answered.
    /unexpected EOF|connection reset by peer/,
  ].some((words) => words.test(stderr));
}
