import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { announceCommand } from './command-watch.js';
import { endGraceMs, endGroupOn } from './process-group.js';

/** What came of a command that ran to its end; a non-zero exit code is data here, not an exception. */
export interface CommandResult {
  /** 255 for a command that we ended ourselves, whatever it made of the signal. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** True when the command could not be started because there is no such program. */
  readonly isMissing: boolean;
  /** True when the limit on output was hit: stdout is cut, and the command was ended. */
  readonly isTruncated: boolean;
  /** True when its time was up, and it was ended. */
  readonly hasTimedOut: boolean;
}

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined;
  /** What the command reads on its stdin; chunks are taken as it reads them. */
  readonly input?: Uint8Array | string | Iterable<Uint8Array>;
  readonly timeoutMs?: number;
  /** Most bytes of stdout that are kept, 32 MiB by default; beyond, the command is ended and the result marked as truncated. */
  readonly maxOutputBytes?: number;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs; by default where this process does. */
  readonly cwd?: string;
}

const defaultMaxOutputBytes = 32 * 1024 * 1024;
const endedExitCode = 255;

/** Runs a command without a shell and collects its output. Throws the signal's reason when aborted. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const subprocess = execa(file, args, {
    ...baseOptions(options.signal),
    encoding: 'buffer',
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : { input: inputOf(options.input) }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    maxBuffer: options.maxOutputBytes ?? defaultMaxOutputBytes,
  });
  using ender = endGroupOn(subprocess.pid, options.signal, options.timeoutMs);
  const announceEnd = announceCommand(file, args);
  const result = await subprocess;
  const outcome = {
    exitCode: ender.hasTimedOut || result.isMaxBuffer ? endedExitCode : (result.exitCode ?? endedExitCode),
    isMissing: result.code === 'ENOENT',
    hasTimedOut: ender.hasTimedOut,
  };
  announceEnd(outcome);
  options.signal?.throwIfAborted();
  return {
    ...outcome,
    stdout: Buffer.from(result.stdout),
    stderr: Buffer.from(result.stderr).toString('utf8'),
    isTruncated: result.isMaxBuffer,
  };
}

function inputOf(input: NonNullable<CommandOptions['input']>): Uint8Array | string | Readable {
  return typeof input === 'string' || input instanceof Uint8Array ? input : Readable.from(input, { objectMode: false });
}

/** A running command whose streams are used while it runs. Leaving its scope kills it. */
export interface RunningCommand extends AsyncDisposable {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: AsyncIterable<Uint8Array> & NodeJS.ReadableStream;
  /** Settles when the command has ended; never rejects. `stderr` is cut at its last 64 KiB. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string; readonly isMissing: boolean }>;
  kill(): void;
}

/** Starts a command without a shell, its stdin and stdout open as pipes. */
export function startCommand(
  file: string,
  args: readonly string[],
  options: Pick<CommandOptions, 'signal' | 'env'> = {},
): RunningCommand {
  const subprocess = execa(file, args, {
    ...baseOptions(options.signal),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const { stdin, stdout, stderr } = subprocess;
  if (stdin === null || stdout === null || stderr === null) throw new Error(`no pipes to ${file}`);
  // A command that ends early closes its stdin; that it ended early is told by its exit code.
  stdin.on('error', () => {});
  const ender = endGroupOn(subprocess.pid, options.signal);
  const announceEnd = announceCommand(file, args);
  let stderrTail = '';
  stderr.on('data', (chunk: Buffer) => {
    stderrTail = (stderrTail + chunk.toString('utf8')).slice(-65536);
  });
  const ended = subprocess.then((result) => {
    ender[Symbol.dispose]();
    const outcome = { exitCode: result.exitCode ?? endedExitCode, isMissing: result.code === 'ENOENT' };
    announceEnd(outcome);
    return { ...outcome, stderr: stderrTail };
  });
  return {
    stdin,
    stdout,
    ended,
    kill: () => ender.end(),
    async [Symbol.asyncDispose]() {
      ender.end();
      await ended;
    },
  };
}

/** A command with one more output of its own: its file descriptor 3. Leaving its scope kills it. */
export interface ReportingCommand extends AsyncDisposable {
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly status: NodeJS.ReadableStream;
  /** Settles when the command has ended and its outputs are closed; never rejects. */
  readonly ended: Promise<void>;
}

/** Starts a command without a shell that reports on file descriptor 3 what it does, with all its streams as pipes. */
export function startReportingCommand(
  file: string,
  args: readonly string[],
  options: Required<Pick<CommandOptions, 'env'>>,
): ReportingCommand {
  const subprocess = execa(file, args, {
    ...baseOptions(undefined),
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    buffer: false,
  });
  const { stdin, stdout, stderr, pid } = subprocess;
  const status = subprocess.stdio[3];
  if (stdin === null || stdout === null || stderr === null || pid === undefined)
    throw new Error(`could not start ${file}`);
  stdin.on('error', () => {});
  const ender = endGroupOn(pid, undefined);
  const announceEnd = announceCommand(file, args);
  const ended = subprocess.then(({ exitCode = endedExitCode }) => {
    ender[Symbol.dispose]();
    announceEnd({ exitCode });
  });
  return {
    pid,
    stdin,
    stdout,
    stderr,
    status: status as unknown as NodeJS.ReadableStream,
    ended,
    async [Symbol.asyncDispose]() {
      ender.end();
      await ended;
    },
  };
}

/**
 * Runs a command that has this process's own standard streams, and its terminal, to itself; returns its exit code, 128 + n
 * for a signal that ended it. On an abort, `end` ends it from the other side, so that it can leave the terminal as it
 * was; it is killed when that doesn't do. Throws the signal's reason then.
 */
export async function runInForeground(
  file: string,
  args: readonly string[],
  { signal, end }: { readonly signal: AbortSignal; readonly end: () => Promise<unknown> },
): Promise<number> {
  signal.throwIfAborted();
  // In our process group: only the terminal's foreground group is told of its size, and of Ctrl-C.
  const subprocess = execa(file, args, { reject: false, stdio: 'inherit', buffer: false });
  const announceEnd = announceCommand(file, args);
  let ending: Promise<unknown> | undefined;
  const onAbort = () => {
    ending = end()
      .catch(() => {})
      .then(() => setTimeout(() => subprocess.kill('SIGTERM'), endGraceMs).unref());
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const result = await subprocess;
  signal.removeEventListener('abort', onAbort);
  announceEnd({ exitCode: result.exitCode ?? endedExitCode });
  await ending;
  signal.throwIfAborted();
  if (result.signal !== undefined) return 128 + constants.signals[result.signal];
  return result.exitCode ?? endedExitCode;
}

/**
 * Runs a command whose outputs are this process's own and whose input is empty; returns its exit code, 128 + n for a signal
 * that ended it. On an abort it is ended with all that it started, and the signal's reason thrown.
 */
export async function runPassingOutput(
  file: string,
  args: readonly string[],
  { signal, env }: { readonly signal: AbortSignal; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  signal.throwIfAborted();
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  const subprocess = execa(file, args, { ...baseOptions(signal), env, stdio, buffer: false });
  using _ender = endGroupOn(subprocess.pid, signal);
  const announceEnd = announceCommand(file, args);
  const result = await subprocess;
  announceEnd({ exitCode: result.exitCode ?? endedExitCode });
  signal.throwIfAborted();
  if (result.signal !== undefined) return 128 + constants.signals[result.signal];
  return result.exitCode ?? endedExitCode;
}

function baseOptions(signal: AbortSignal | undefined) {
  return {
    reject: false,
    stripFinalNewline: false,
    // Ctrl-C reaches the whole foreground group; our children get it from us, in order, when we clean up. A group of
    // their own, too, for endGroupOn.
    detached: true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    forceKillAfterDelay: endGraceMs,
  } as const;
}
