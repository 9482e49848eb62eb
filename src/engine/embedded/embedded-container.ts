import { constants, copyFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { SlimtraceError } from '../../errors.js';
import { healthCommand } from '../../image/health-command.js';
import { aborted, startDeadline } from '../../system/deadline.js';
import { runCommand, startCommand } from '../../system/process.js';
import type { Container, ContainerState, Output, RunningExec } from '../engine.js';
import { openRelay } from '../relay.js';
import { CollectedOutput } from './collected-output.js';
import {
  agentEnvironment,
  type ContainerPlan,
  containArguments,
  enterArguments,
  relayArguments,
} from './container-plan.js';
import type { BindMount } from './container-volumes.js';
import type { ControlGroup } from './control-group.js';
import { copyDirectoryOut } from './copy-out.js';
import { watchDisk } from './disk-watch.js';
import type { EmbeddedAgent } from './embedded-agent.js';
import { HealthMonitor } from './health-monitor.js';
import { Keeper, type StartFailure } from './keeper.js';
import { type RootLayout, rootArguments } from './root-layout.js';
import { stopSignalNumber } from './stop-signal.js';

const sigkill = 9;

export interface EmbeddedContainerOptions {
  readonly id: string;
  readonly agent: EmbeddedAgent;
  readonly plan: ContainerPlan;
  /** The container's own directory on this machine; removed with it. */
  readonly directory: string;
  /** Host directories of its anonymous volumes, by where they are in the container. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly layout: RootLayout;
  /** A root of its own, for where the overlay can't be mounted. */
  readonly unpackCopy: () => Promise<RootLayout>;
  readonly controlGroup: ControlGroup | undefined;
  readonly signal: AbortSignal;
}

/** One container of the embedded engine: namespaces made by the agent, gone with it. */
export class EmbeddedContainer implements Container {
  readonly id: string;
  readonly #options: EmbeddedContainerOptions;
  #keeper: Keeper | undefined;
  #failure: StartFailure | undefined;
  #exitCode: number | undefined;
  #health: HealthMonitor | undefined;
  #diskWatch: Disposable | undefined;
  #isDiskFull = false;
  readonly #over = new AbortController();
  readonly #copied: BindMount[] = [];
  #disposal: Promise<void> | undefined;

  constructor(options: EmbeddedContainerOptions) {
    this.#options = options;
    this.id = options.id;
  }

  async copyIn(hostFile: string, path: string): Promise<void> {
    const file = this.#volumeFile(path);
    if (file === undefined) throw new Error(`${path} is not in an anonymous volume`);
    await copyFile(hostFile, file, constants.COPYFILE_EXCL);
    // What is executed later, with more rights than the application has, the application must not be able to change.
    this.#copied.push({ source: file, target: path, isReadOnly: true });
  }

  copyOut(path: string): RunningExec {
    const [, volume] = [...this.#options.volumes].find(([target]) => path === `${target}/.`) ?? [];
    // A directory that isn't there says so, in the way of a copy that fails.
    return copyDirectoryOut(volume ?? join(this.#options.directory, 'no-such-volume', path), this.#options.signal);
  }

  async start(): Promise<void> {
    this.#options.signal.throwIfAborted();
    const failure = await this.#run(this.#options.layout);
    if (failure !== undefined) throw this.#startError(failure);
  }

  async runToEnd(options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Output | 'timeout'> {
    const collected = new CollectedOutput();
    using deadline = startDeadline(options.timeoutMs, options.signal);
    const failure = await this.#run(this.#options.layout, (stream, chunk) => collected.add(stream, chunk));
    if (failure !== undefined) throw this.#startError(failure);
    await Promise.race([this.#keeper?.ended, aborted(deadline.signal), collected.full]);
    options.signal.throwIfAborted();
    if (collected.isTruncated) return collected.output(cutOffExitCode);
    return this.#exitCode === undefined ? 'timeout' : collected.output(this.#exitCode);
  }

  async state(): Promise<ContainerState> {
    const isRunning = this.#keeper?.hostPid !== undefined && this.#exitCode === undefined;
    return {
      isRunning,
      exitCode: this.#failure?.exitCode ?? this.#exitCode ?? 0,
      isOutOfMemory: (await this.#options.controlGroup?.hasKilled()) ?? false,
      problem: this.#failure?.problem ?? (this.#isDiskFull ? 'it filled the disk' : ''),
      health: this.#health?.status ?? 'none',
      addresses: isRunning ? ['127.0.0.1'] : [],
      published: [],
    };
  }

  async waitForEnd(signal: AbortSignal): Promise<number> {
    await Promise.race([this.#keeper?.ended, aborted(signal)]);
    signal.throwIfAborted();
    return this.#exitCode ?? 0;
  }

  async exec(
    command: readonly string[],
    options: { readonly user?: string; readonly timeoutMs?: number } = {},
  ): Promise<Output> {
    const place = this.#place();
    if (place === undefined) return notRunning();
    const { agent, plan, signal } = this.#options;
    const args = enterArguments(plan, place, command, options.user);
    const { timeoutMs } = options;
    const env = agentEnvironment(plan);
    return await runCommand(agent.file, args, { signal, env, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  startExec(command: readonly string[], options: { readonly user?: string } = {}): RunningExec {
    const place = this.#place();
    if (place === undefined)
      throw new SlimtraceError('engine-command', { what: 'execute a command in a container that is not running' });
    const { agent, plan, signal } = this.#options;
    const env = agentEnvironment(plan);
    return startCommand(agent.file, enterArguments(plan, place, command, options.user), { signal, env });
  }

  async stop(graceSeconds: number): Promise<void> {
    if (this.#keeper === undefined || this.#exitCode !== undefined) return;
    this.#keeper.signal(stopSignalNumber(this.#options.plan.config.StopSignal));
    using grace = startDeadline(graceSeconds * 1000, this.#options.signal);
    await Promise.race([this.#keeper.ended, aborted(grace.signal)]);
    if (this.#exitCode !== undefined) return;
    this.#keeper.signal(sigkill);
    await this.#keeper.ended;
  }

  async lastLogLines(lines: number): Promise<string[]> {
    const printed = this.#keeper?.log.lastLines(lines) ?? [];
    return this.#isDiskFull ? [...printed, '(ended by slimtrace: it filled the disk)'].slice(-lines) : printed;
  }

  async connect(port: number, signal: AbortSignal): Promise<Duplex> {
    const place = this.#place();
    if (place === undefined) throw Object.assign(new Error('the container is not running'), { code: 'ECONNREFUSED' });
    if (this.#options.plan.spec.network === 'host') return await dial(port, signal);
    return await openRelay(startCommand(this.#options.agent.file, relayArguments(place, port)), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    await this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.#diskWatch?.[Symbol.dispose]();
    await this.#keeper?.[Symbol.asyncDispose]();
    try {
      await this.#options.controlGroup?.[Symbol.asyncDispose]();
    } finally {
      await this.#options.agent.remove(this.#options.directory);
    }
  }

  async #run(
    layout: RootLayout,
    listener?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
  ): Promise<StartFailure | undefined> {
    const { agent, unpackCopy } = this.#options;
    const plan = { ...this.#options.plan, binds: [...this.#options.plan.binds, ...this.#copied] };
    const args = containArguments(plan, agent.mappingText, rootArguments(layout));
    const keeper = new Keeper(agent.file, args, agentEnvironment(plan));
    if (listener !== undefined) keeper.log.listen(listener);
    this.#keeper = keeper;
    const failure = await keeper.started;
    if (failure?.problem.startsWith('overlay:') && layout.kind === 'overlay') {
      await keeper.ended;
      return await this.#run(await unpackCopy(), listener);
    }
    this.#failure = failure;
    if (failure === undefined) this.#watch(keeper);
    return failure;
  }

  #watch(keeper: Keeper): void {
    const { directory, plan } = this.#options;
    void keeper.ended.then((exitCode) => {
      this.#exitCode = exitCode;
      this.#diskWatch?.[Symbol.dispose]();
      this.#over.abort();
    });
    this.#diskWatch = watchDisk(directory, () => {
      this.#isDiskFull = true;
      keeper.signal(sigkill);
    });
    const command = healthCommand(plan.config);
    const { healthcheck } = plan.spec;
    if (command === undefined || healthcheck === 'none' || plan.config.Healthcheck === undefined) return;
    this.#health = new HealthMonitor({
      healthcheck: plan.config.Healthcheck,
      intervalMs: healthcheck === undefined ? undefined : healthcheck * 1000,
      run: (timeoutMs) => this.exec(command, { timeoutMs }),
      signal: AbortSignal.any([this.#options.signal, this.#over.signal]),
    });
  }

  #place(): { hostPid: number; keeperPid: number } | undefined {
    const keeper = this.#keeper;
    if (keeper?.hostPid === undefined || this.#exitCode !== undefined) return undefined;
    return { hostPid: keeper.hostPid, keeperPid: keeper.pid };
  }

  #startError({ problem }: StartFailure): SlimtraceError {
    const what = `start a container of ${this.#options.plan.spec.image}`;
    return new SlimtraceError('engine-command', { what }, { cause: new Error(problem) });
  }

  #volumeFile(path: string): string | undefined {
    for (const [target, volume] of this.#options.volumes) {
      const name = path.startsWith(`${target}/`) ? path.slice(target.length + 1) : undefined;
      if (name !== undefined && !name.includes('/') && name !== '..') return join(volume, name);
    }
    return undefined;
  }
}

const cutOffExitCode = 255;

/** As `docker exec` answers for a container that has ended. */
function notRunning(): Output {
  const stderr = 'the container is not running\n';
  return { exitCode: 1, stdout: Buffer.alloc(0), stderr, isTruncated: false, hasTimedOut: false };
}

function dial(port: number, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: '127.0.0.1', port, signal });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
