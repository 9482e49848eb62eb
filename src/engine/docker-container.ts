import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { SlimtraceError } from '../errors.js';
import { startDeadline } from '../system/deadline.js';
import type { CommandResult } from '../system/process.js';
import type { DockerCli } from './docker-cli.js';
import type { Container, ContainerSpec, ContainerState, Output, PublishedPort, RunningExec } from './engine.js';
import { openRelay } from './relay.js';

/** What we read of `docker inspect` on a container (Docker Engine API v1.41, ContainerInspect). */
interface ContainerInspect {
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    /** Why it could not be started. */
    readonly Error: string;
    readonly Health?: { readonly Status: ContainerState['health'] | '' } | null;
  };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> | null;
    /** By `PORT/PROTOCOL`. */
    readonly Ports?: Readonly<Record<string, readonly PortBinding[] | null>> | null;
  };
}

interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

/** How connections into a container are made. */
export interface Reach {
  /** True when the daemon shares this machine's network: a container's address may be dialled directly. */
  readonly isLocal: boolean;
  /** Otherwise: a started container in the same network namespace, with the relay at {@link relayPath}. */
  readonly startSidecar: () => Promise<Container>;
}

/** Where the relay is in a sidecar. */
export const relayPath = '/.slimtrace/slimtrace-agent';

/** One container of a Docker engine, or of one that copies Docker's command line. */
export class DockerContainer implements Container {
  readonly id: string;
  protected readonly cli: DockerCli;
  protected readonly spec: ContainerSpec;
  readonly #reach: Reach;
  #addresses: readonly string[] | undefined;
  #sidecar: Promise<Container> | undefined;
  #isOutOfReach = false;

  constructor(cli: DockerCli, id: string, spec: ContainerSpec, reach: Reach) {
    this.cli = cli;
    this.id = id;
    this.spec = spec;
    this.#reach = reach;
  }

  async copyIn(hostFile: string, path: string): Promise<void> {
    await this.cli.run(['cp', '--', hostFile, `${this.id}:${path}`], `copy a file to ${path} of the container`);
  }

  copyOut(path: string): RunningExec {
    return this.cli.start(['cp', '--', `${this.id}:${path}`, '-']);
  }

  async start(): Promise<void> {
    await this.cli.run(['start', this.id], `start a container of ${this.spec.image}`);
  }

  async attach(signal: AbortSignal): Promise<number> {
    const exitCode = await this.cli.inForeground(
      // Ctrl-P, by default the first key of the two that detach, is the shell's.
      ['start', '--attach', '--interactive', '--detach-keys', 'ctrl-^,ctrl-_,ctrl-^', this.id],
      { signal, end: () => this[Symbol.asyncDispose]() },
    );
    // The client's own failure has an exit code as well, and its words have been seen.
    if (exitCode !== 0 && (await this.#hasNotStarted())) throw startFailure(this.spec.image, 'the engine refused it');
    return exitCode;
  }

  async #hasNotStarted(): Promise<boolean> {
    const format = '{{.State.StartedAt}}';
    const startedAt = await this.cli.run(['container', 'inspect', '--format', format, '--', this.id], 'inspect it');
    return startedAt.startsWith('0001-01-01');
  }

  async runToEnd(options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Output | 'timeout'> {
    const result = await this.startAttached(options);
    const state = await this.state();
    if (state.problem !== '') throw startFailure(this.spec.image, state.problem);
    if (result.hasTimedOut || (state.isRunning && !result.isTruncated)) return 'timeout';
    const { stdout, stderr, isTruncated, hasTimedOut } = result;
    return { exitCode: state.exitCode, stdout, stderr, isTruncated, hasTimedOut };
  }

  protected async startAttached(options: {
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  }): Promise<CommandResult> {
    return await this.cli.try(['start', '--attach', this.id], options);
  }

  async state(): Promise<ContainerState> {
    const printed = await this.cli.run(['container', 'inspect', '--', this.id], 'inspect a container');
    const [inspected] = JSON.parse(printed) as ContainerInspect[];
    if (inspected === undefined) throw new SlimtraceError('engine-command', { what: 'inspect a container' });
    return {
      isRunning: inspected.State.Running,
      exitCode: inspected.State.ExitCode,
      isOutOfMemory: inspected.State.OOMKilled,
      problem: inspected.State.Error,
      health: inspected.State.Health?.Status || 'none',
      addresses: Object.values(inspected.NetworkSettings.Networks ?? {}).flatMap(({ IPAddress }) =>
        IPAddress ? [IPAddress] : [],
      ),
      published: publishedPorts(inspected),
    };
  }

  async waitForEnd(signal: AbortSignal): Promise<number> {
    return Number(await this.cli.run(['wait', this.id], 'wait for a container', { signal }));
  }

  async exec(
    command: readonly string[],
    options: { readonly user?: string; readonly timeoutMs?: number } = {},
  ): Promise<Output> {
    return await this.cli.try(
      ['exec', ...userArguments(options.user), this.id, ...command],
      options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs },
    );
  }

  startExec(command: readonly string[], options: { readonly user?: string } = {}): RunningExec {
    return this.cli.start(['exec', '--interactive', ...userArguments(options.user), this.id, ...command]);
  }

  async stop(graceSeconds: number): Promise<void> {
    await this.cli.run(['stop', '-t', String(graceSeconds), this.id], 'stop a container');
  }

  async lastLogLines(count: number): Promise<string[]> {
    const result = await this.cli.try(['logs', '--tail', String(count), this.id], { maxOutputBytes: maxLogBytes });
    // Whatever comes first need not end with a newline.
    return [result.stdout.toString('utf8'), result.stderr]
      .flatMap((printed) => printed.split('\n'))
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map((line) => (line.length > maxLogLineLength ? `${line.slice(0, maxLogLineLength)}…` : line));
  }

  async connect(port: number, signal: AbortSignal): Promise<Duplex> {
    const address = await this.#dialableAddress();
    if (address === undefined) return await this.#relay(port, signal);
    try {
      using deadline = startDeadline(dialTimeoutMs, signal);
      return await dial(address, port, deadline.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isOutOfReach(error)) throw error;
      // A local socket to an engine in a virtual machine: from now on through the sidecar.
      this.#isOutOfReach = true;
      return await this.#relay(port, signal);
    }
  }

  /** Where the container can be dialled from here; undefined when only something inside its network can. */
  async #dialableAddress(): Promise<string | undefined> {
    if (!this.#reach.isLocal || this.#isOutOfReach) return undefined;
    if (this.spec.network === 'host') return '127.0.0.1';
    return (await this.#knownAddresses())[0];
  }

  async #relay(port: number, signal: AbortSignal): Promise<Duplex> {
    const [address = '127.0.0.1'] = await this.#knownAddresses();
    this.#sidecar ??= this.#reach.startSidecar().catch((error: unknown) => {
      this.#sidecar = undefined;
      throw error;
    });
    return await openRelay((await this.#sidecar).startExec([relayPath, 'relay', address, String(port)]), signal);
  }

  async #knownAddresses(): Promise<readonly string[]> {
    if (this.#addresses === undefined) {
      const { isRunning, addresses } = await this.state();
      // It has no addresses any more then, and a sidecar can't join its network.
      if (!isRunning) throw Object.assign(new Error('the container is not running'), { code: 'ECONNREFUSED' });
      this.#addresses = addresses;
    }
    return this.#addresses;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#sidecar?.catch(() => undefined))?.[Symbol.asyncDispose]();
    const result = await this.cli.removeContainer(this.id);
    if (result.exitCode !== 0 && !/no such container|no container with/i.test(result.stderr))
      throw this.cli.failure(result, `remove the container ${this.id}`);
  }
}

/** A port may be bound twice, to all addresses of IPv4 and of IPv6. */
function publishedPorts({ NetworkSettings }: ContainerInspect): readonly PublishedPort[] {
  return Object.entries(NetworkSettings.Ports ?? {})
    .flatMap(([name, bindings]) => {
      const [, port] = /^(\d+)\/tcp$/.exec(name) ?? [];
      const [binding] = bindings ?? [];
      if (port === undefined || binding === undefined) return [];
      return [{ port: Number(port), hostAddress: binding.HostIp, hostPort: Number(binding.HostPort) }];
    })
    .sort((left, right) => left.port - right.port);
}

/** What is shown of a container's output is for people. */
const maxLogBytes = 1024 * 1024;
const maxLogLineLength = 400;

function startFailure(image: string, problem: string): SlimtraceError {
  return new SlimtraceError('engine-command', { what: `start a container of ${image}` }, { cause: new Error(problem) });
}

/** A port of a container on this machine answers or refuses at once. */
const dialTimeoutMs = 2000;

/** No way to the address at all, as opposed to nobody listening there. */
function isOutOfReach(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (
    ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ABORT_ERR'].includes(code) || (error as Error).name === 'TimeoutError'
  );
}

function userArguments(user: string | undefined): string[] {
  return user === undefined ? [] : ['--user', user];
}

function dial(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, signal });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
