import { createInterface } from 'node:readline';
import { SlimtraceError } from '../../errors.js';
import { type ReportingCommand, startReportingCommand } from '../../system/process.js';
import { OutputLog } from './output-log.js';

/** Why a container could not be started, as Docker would say it. */
export interface StartFailure {
  /** 127: no such program; 126: not executable; 125: anything else (docker-run(1), "Exit Status"). */
  readonly exitCode: number;
  readonly problem: string;
}

/**
 * The agent's `contain` under way: it starts a container, tells what becomes of it, and takes it along when it ends, as it
 * does when we end in whatever way and its stdin closes (protocol: src/agent/native/contain.c).
 */
export class Keeper implements AsyncDisposable {
  readonly #command: ReportingCommand;
  readonly log: OutputLog;
  /** Resolves when the container runs, or to why it doesn't. */
  readonly started: Promise<StartFailure | undefined>;
  /** The exit code, 128 + the number for a signal, once the container has ended and all that it printed is here. */
  readonly ended: Promise<number>;
  #hostPid: number | undefined;
  #exitCode: number | undefined;

  constructor(agent: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#command = startReportingCommand(agent, ['contain', ...args], { env });
    this.log = new OutputLog(this.#command.stdout, this.#command.stderr);
    const { promise, resolve, reject } = settleable<StartFailure | undefined>();
    this.started = promise;
    const lines = createInterface({ input: this.#command.status });
    lines.on('line', (line) => this.#read(line, resolve));
    this.ended = this.#command.ended.then(() => {
      // No word of its end: the agent itself was killed, and the container with it.
      reject(
        new SlimtraceError('engine-command', { what: 'start a container' }, { cause: new Error(this.#lastWords()) }),
      );
      return this.#exitCode ?? killedExitCode;
    });
    // Whoever starts the container awaits it; one that is disposed of before has nobody to tell.
    promise.catch(() => {});
  }

  /** The agent's process, outside the container. */
  get pid(): number {
    return this.#command.pid;
  }

  /** PID 1 of the container, as this machine numbers it; undefined before it runs. */
  get hostPid(): number | undefined {
    return this.#hostPid;
  }

  /** Sends a signal to the container's PID 1. */
  signal(number: number): void {
    this.#command.stdin.write(`signal ${number}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its end of file: the agent kills the container and ends.
    this.#command.stdin.end();
    const isOver = await Promise.race([this.ended.then(() => true), after(endGraceMs)]);
    if (!isOver) await this.#command[Symbol.asyncDispose]();
  }

  #read(line: string, resolve: (failure: StartFailure | undefined) => void): void {
    const [word, first = '', ...rest] = line.split(' ');
    if (word === 'started') {
      this.#hostPid = Number(first);
      resolve(undefined);
    }
    if (word === 'failed') resolve({ exitCode: Number(first), problem: rest.join(' ') });
    if (word === 'exit') this.#exitCode = Number(first);
  }

  #lastWords(): string {
    return this.log.lastLines(3).join('\n') || 'it ended without a word';
  }
}

const killedExitCode = 137;
const endGraceMs = 5000;

function after(durationMs: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), durationMs).unref());
}

function settleable<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
