import type { Subject } from '../check/subject.js';
import { containerCommand } from '../engine/container-command.js';
import type { Container, ContainerState, Engine, EngineImage, Exposure, Output, RunOptions } from '../engine/engine.js';
import { SlimtraceError } from '../errors.js';
import { healthCommand } from '../image/health-command.js';
import { readTar } from '../image/tar.js';
import { mergeTraces } from '../trace/merge-traces.js';
import { parseRecordedRun } from '../trace/parse.js';
import type { Touched, Trace } from '../trace/trace.js';
import { openAgentContainer } from './agent-container.js';
import { agentDirectory, agentPath } from './agent-file.js';
import { tracedImage } from './traced-image.js';

/** The agent's exit code when the kernel or the engine doesn't let it trace (src/agent/native/trace.c). */
const cannotTraceExitCode = 71;

/** Every system call is recorded, not only those that name a path. */
const fullTraceFlag = '--syscalls';

/** The agent's answers that take no time of their own. */
const answerTimeoutMs = 30_000;

/** Docker's own default for a HEALTHCHECK's command. */
const healthTimeoutMs = 30_000;

/** Each agent's file is of one run. */
const onlyRun = [0];

/** Far more than any trace: 10 million paths. A hostile app can't make us hold more. */
const maxTraceBytes = 1024 * 1024 * 1024;

interface TracedContainerOptions {
  /** Whether the container's environment sets HOME; otherwise the user's home directory is HOME, as in any container. */
  readonly hasHome: boolean;
  /** A full trace: which system calls were made as well. */
  readonly allCalls?: boolean;
  readonly exposure?: Exposure;
}

/**
 * A container of the pristine image whose application runs under the trace, as PID 1 and as the user it would have
 * without. Commands executed in it are traced too.
 */
export class TracedContainer implements Subject, AsyncDisposable {
  readonly #container: Container;
  readonly #image: EngineImage;
  /** What the agent is told about every command: as whom it runs, and how much is traced. */
  readonly #tracing: readonly string[];
  /** Of commands that failed: one that the container's end came before never began, and wrote nothing. */
  readonly #failed = new Set<string>();
  readonly #runs: { readonly file: string; readonly command: readonly string[]; readonly mode: 'init' | 'exec' }[];

  private constructor(container: Container, image: EngineImage, run: RunOptions, tracing: readonly string[]) {
    this.#container = container;
    this.#tracing = tracing;
    this.#image = image;
    this.#runs = [{ file: 'init.trace', command: containerCommand(run, image.config), mode: 'init' }];
  }

  static async create(
    engine: Engine,
    image: EngineImage,
    run: RunOptions,
    { hasHome, allCalls = false, exposure }: TracedContainerOptions,
  ): Promise<TracedContainer> {
    const { user: _user, entrypoint: _entrypoint, command: _command, ...rest } = run;
    const tracing = [...identityArguments(run, image, hasHome), ...(allCalls ? [fullTraceFlag] : [])];
    const command = [
      'trace',
      '--out',
      `${agentDirectory}/init.trace`,
      ...tracing,
      '--',
      ...containerCommand(run, image.config),
    ];
    const spec = { ...rest, command, ...(exposure === undefined ? {} : { exposure }) };
    return new TracedContainer(await openAgentContainer(engine, image, spec), image, run, tracing);
  }

  /** The engine's ID of it. */
  get id(): string {
    return this.#container.id;
  }

  start(): Promise<void> {
    return this.#container.start();
  }

  async runToEnd(options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Output | 'timeout'> {
    const output = await this.#container.runToEnd(options);
    if (output !== 'timeout' && output.exitCode === cannotTraceExitCode) throwIfUntraceable(output.stderr);
    return output;
  }

  state(): Promise<ContainerState> {
    return this.#container.state();
  }

  async waitForEnd(signal: AbortSignal): Promise<number> {
    return await this.#container.waitForEnd(signal);
  }

  connect(port: number, signal: AbortSignal) {
    return this.#container.connect(port, signal);
  }

  lastLogLines(lines: number): Promise<string[]> {
    return this.#container.lastLogLines(lines);
  }

  async exec(command: readonly string[], options: { readonly timeoutMs?: number } = {}): Promise<Output> {
    const file = `exec-${this.#runs.length}.trace`;
    this.#runs.push({ file, command, mode: 'exec' });
    const traced = [agentPath, 'trace', '--mode', 'exec', '--out', `${agentDirectory}/${file}`];
    const output = await this.#container.exec([...traced, ...this.#tracing, '--', ...command], {
      user: '0:0',
      ...options,
    });
    if (output.exitCode === cannotTraceExitCode) throwIfUntraceable(output.stderr);
    if (output.exitCode !== 0) this.#failed.add(file);
    return output;
  }

  /**
   * The TCP ports that somebody in the container listens on, ascending; with `--network host`, anybody on the machine.
   * None once the container has ended. The engine's own resolver is left out.
   */
  async listeningPorts(): Promise<readonly number[]> {
    const command = [agentPath, 'listening'];
    const { exitCode, stdout, stderr } = await this.#container.exec(command, {
      user: '0:0',
      timeoutMs: answerTimeoutMs,
    });
    if (exitCode === 0) return parsePorts(stdout.toString('latin1'));
    if (!(await this.state()).isRunning) return [];
    const cause = new Error(stderr.trim() || `exit code ${exitCode}`);
    throw new SlimtraceError('engine-command', { what: 'read the ports a container listens on' }, { cause });
  }

  /** The engine's own HEALTHCHECK would run untraced, so it is switched off, and its command executed here. */
  async health(): Promise<ContainerState['health']> {
    const command = healthCommand(this.#image.config);
    if (command === undefined) return 'none';
    return (await this.exec(command, { timeoutMs: healthTimeoutMs })).exitCode === 0 ? 'healthy' : 'starting';
  }

  /** Ends the application with its stop signal and reads what was traced. Throws `trace-incomplete`. */
  async finish(graceSeconds: number): Promise<Trace> {
    const hasEnded = !(await this.state()).isRunning;
    await this.#container.stop(graceSeconds);
    const { exitCode } = await this.#container.state();
    if (exitCode === cannotTraceExitCode) throwIfUntraceable((await this.lastLogLines(20)).join('\n'));
    const files = await this.#collect();
    const mayLack = (file: string) => hasEnded && this.#failed.has(file);
    const traced = this.#runs.filter(({ file }) => files.has(file) || !mayLack(file));
    const [first, ...rest] = traced.map((run): Trace => {
      const bytes = files.get(run.file);
      if (bytes === undefined) throw new SlimtraceError('trace-incomplete', { reason: `${run.file} was not written` });
      // Death by a signal gives no chance to say so; the engine reports it as 128 + the signal's number.
      const recorded = parseRecordedRun(bytes, run.mode === 'init' && exitCode < 128);
      return {
        image: tracedImage(this.#image),
        runs: [{ command: run.command, mode: run.mode, end: recorded.end }],
        paths: withoutOwn(recorded.paths).map((touched) => ({ ...touched, runs: onlyRun })),
        ...(this.#tracing.includes(fullTraceFlag) ? { syscalls: recorded.syscalls ?? [] } : {}),
      };
    });
    if (first === undefined) throw new Error('a traced container has at least its own run');
    return mergeTraces(first, ...rest);
  }

  async #collect(): Promise<Map<string, Buffer>> {
    await using copy = this.#container.copyOut(`${agentDirectory}/.`);
    const wanted = new Set(this.#runs.map(({ file }) => file));
    const files = new Map<string, Buffer>();
    for await (const member of readTar(copy.stdout)) {
      const name = member.name.replace(/^\.\//, '');
      if (!member.isFile || !wanted.has(name)) continue;
      if (member.sizeBytes > maxTraceBytes)
        throw new SlimtraceError('trace-incomplete', { reason: `${name} is larger than 1 GiB` });
      const chunks: Uint8Array[] = [];
      for await (const chunk of member.body) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks));
    }
    const { exitCode, stderr } = await copy.ended;
    if (exitCode !== 0)
      throw new SlimtraceError(
        'engine-command',
        { what: 'copy the trace out of the container' },
        { cause: new Error(stderr.trim()) },
      );
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container[Symbol.asyncDispose]();
  }
}

function identityArguments(run: RunOptions, image: EngineImage, hasHome: boolean): string[] {
  const user = run.user ?? image.config.User ?? '';
  return ['--user', user, ...(hasHome ? [] : ['--set-home']), '--drop-caps', 'sys_admin,sys_ptrace'];
}

function parsePorts(printed: string): number[] {
  return printed.split('\n').flatMap((line) => (/^\d{1,5}$/.test(line) ? [Number(line)] : []));
}

function withoutOwn(paths: readonly Touched[]): Touched[] {
  return paths.filter(({ path }) => path !== agentDirectory && !path.startsWith(`${agentDirectory}/`));
}

function throwIfUntraceable(stderr: string): void {
  const reason = /^slimtrace-agent: (cannot trace\b.*)$/m.exec(stderr)?.[1];
  if (reason !== undefined) throw new SlimtraceError('cannot-trace', { reason });
}
