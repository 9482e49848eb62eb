import { dirname } from 'node:path';
import { SlimtraceError } from '../errors.js';
import type { Session } from '../system/session.js';
import { DockerCli } from './docker-cli.js';
import { DockerContainer, type Reach, relayPath } from './docker-container.js';
import { type ImageInspect, toEngineImage } from './docker-image.js';
import { createArguments } from './docker-run-arguments.js';
import { listDockerContainers, type SessionContainer, sessionLabels, sweepEngine } from './docker-sweep.js';
import type { Container, ContainerSpec, Engine, EngineImage, FoundContainer, NetworkMember } from './engine.js';
import { type FoundInspect, toFoundContainer } from './found-container.js';
import { type MemberInspect, toNetworkMember } from './network-members.js';

/** A Docker engine through its command-line client. Aborting `signal` ends every command under way. */
export function openDocker(options: DockerOptions): Engine {
  return new DockerEngine(new DockerCli(options.command ?? 'docker', options.signal), options);
}

export interface DockerOptions {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Finds the static executable with a `relay HOST PORT` command for an architecture (GOARCH). */
  readonly relayFile: (architecture: string) => string;
  readonly command?: string;
}

/** An engine that has Docker's command line. What another one does its own way, it overrides. */
export class DockerEngine implements Engine {
  readonly kind: Engine['kind'] = 'docker';
  readonly keepsImages = true;
  readonly hasNetworks = true;
  protected readonly cli: DockerCli;
  readonly #session: Session;
  readonly #relayFile: (architecture: string) => string;
  #isLocal: Promise<boolean> | undefined;

  constructor(cli: DockerCli, options: DockerOptions) {
    this.cli = cli;
    this.#session = options.session;
    this.#relayFile = options.relayFile;
  }

  async probe(): ReturnType<Engine['probe']> {
    const answer = await this.ask(['version', '--format', '{{.Server.Version}} {{.Server.Arch}}']);
    const [version = '', architecture = ''] = answer.split(' ');
    return { version, architecture, limits: [] };
  }

  /** A question any engine that works answers. Throws `engine-unreachable` when it doesn't. */
  protected async ask(args: readonly string[]): Promise<string> {
    const result = await this.cli.try(args, { timeoutMs: answerTimeoutMs });
    if (result.exitCode === 0) return result.stdout.toString('utf8').trim();
    const cause = new Error(result.stderr.trim() || `it gave no answer within ${answerTimeoutMs / 1000} s`);
    throw new SlimtraceError('engine-unreachable', { command: this.cli.command }, { cause });
  }

  async inspectImage(reference: string): Promise<EngineImage> {
    const result = await this.cli.try(['image', 'inspect', '--', reference]);
    const details = { image: reference, command: this.cli.command };
    if (result.exitCode !== 0) {
      const error = this.cli.failure(result, `inspect the image ${reference}`);
      if (!isUnknownImage(result.stderr)) throw error;
      throw new SlimtraceError('image-not-found', details, { cause: error.cause });
    }
    const [inspected] = JSON.parse(result.stdout.toString('utf8')) as ImageInspect[];
    if (inspected === undefined) throw new SlimtraceError('image-not-found', details);
    return await this.readImage(inspected);
  }

  protected async readImage(inspected: ImageInspect): Promise<EngineImage> {
    return toEngineImage(inspected);
  }

  async createContainer(spec: ContainerSpec): Promise<Container> {
    const args = this.createArguments(spec, sessionLabels(this.#session));
    // Whatever can fail comes before there is something to lose.
    this.#isLocal ??= this.isOnThisNetwork();
    const isLocal = await this.#isLocal;
    const id = await this.cli.make(
      async (options) => (await this.cli.run(args, `create a container of ${spec.image}`, options)).trim(),
      (made) => this.cli.removeContainer(made),
    );
    const startSidecar = () => this.#startSidecar(id, spec.image);
    return this.openContainer(id, spec, { isLocal, startSidecar });
  }

  async findContainer(name: string): Promise<FoundContainer | undefined> {
    const result = await this.cli.try(['container', 'inspect', '--', name]);
    if (result.exitCode !== 0) {
      if (isUnknownContainer(result.stderr)) return undefined;
      throw this.cli.failure(result, `inspect the container ${name}`);
    }
    const [inspected] = JSON.parse(result.stdout.toString('utf8')) as FoundInspect[];
    return inspected === undefined ? undefined : toFoundContainer(inspected);
  }

  async membersOf(network: string): Promise<readonly NetworkMember[]> {
    const what = `list the containers of the network ${network}`;
    const listed = await this.cli.run(['ps', '--all', '--quiet', '--no-trunc', '--filter', `network=${network}`], what);
    const ids = listed.split('\n').filter((id) => id !== '');
    if (ids.length === 0) return [];
    const result = await this.cli.try(['container', 'inspect', '--', ...ids]);
    // One may go meanwhile; the others are told about all the same.
    if (result.exitCode !== 0 && !isUnknownContainer(result.stderr)) throw this.cli.failure(result, what);
    const inspected = JSON.parse(result.stdout.toString('utf8')) as MemberInspect[];
    return inspected.map((member) => toNetworkMember(member, network));
  }

  protected createArguments(spec: ContainerSpec, labels: readonly string[]): string[] {
    return createArguments(spec, labels);
  }

  protected openContainer(id: string, spec: ContainerSpec, reach: Reach): Container {
    return new DockerContainer(this.cli, id, spec, reach);
  }

  /** A container in another one's network namespace, for connections a remote daemon doesn't let us make directly. */
  async #startSidecar(beside: string, image: string): Promise<Container> {
    const { platform } = await this.inspectImage(image);
    const sidecar = await this.createContainer({
      image,
      env: [],
      envFiles: [],
      volumes: [],
      network: `container:${beside}`,
      user: '0:0',
      workdir: '/',
      entrypoint: relayPath,
      command: ['hold'],
      anonymousVolumes: [dirname(relayPath)],
      healthcheck: 'none',
      keepLogs: false,
    });
    try {
      await sidecar.copyIn(this.#relayFile(platform.architecture), relayPath);
      await sidecar.start();
      return sidecar;
    } catch (error) {
      await sidecar[Symbol.asyncDispose]();
      throw error;
    }
  }

  async loadImage(archiveFile: string, name: string): Promise<string> {
    const args = await this.loadArguments(archiveFile);
    await this.cli.make(
      (options) => this.cli.run(args, 'load an image into the engine', options),
      () => this.removeImageName(name),
    );
    return (await this.inspectImage(name)).id;
  }

  async saveImage(id: string, file: string): Promise<void> {
    await this.cli.run(['save', '--output', file, id], `save the image ${id}`);
  }

  protected async loadArguments(archiveFile: string): Promise<string[]> {
    return ['load', '--quiet', '--input', archiveFile];
  }

  async tagImage(id: string, name: string): Promise<void> {
    await this.cli.run(['tag', id, name], `name the image ${name}`);
  }

  async removeImageName(name: string): Promise<void> {
    const result = await this.cli.cleanUp(['image', 'rm', '--', name]);
    if (result.exitCode !== 0 && !isUnknownImage(result.stderr))
      throw this.cli.failure(result, `remove the image ${name}`);
  }

  async sweep(): Promise<number> {
    return await sweepEngine(this.cli, this.#session, await this.listContainers());
  }

  /** The containers of any session, running or not. */
  protected async listContainers(): Promise<SessionContainer[]> {
    return await listDockerContainers(this.cli);
  }

  /** Everything on the engine belongs to a container or an image that is disposed of by itself. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** True when containers' addresses are this machine's to dial directly. */
  protected async isOnThisNetwork(): Promise<boolean> {
    if (process.platform !== 'linux') return false;
    const format = '{{.Endpoints.docker.Host}}';
    const endpoint =
      process.env.DOCKER_HOST ??
      (await this.cli.run(['context', 'inspect', '--format', format], 'read the docker context'));
    return endpoint.trim().startsWith('unix://');
  }
}

/** A daemon may have to be woken first. */
const answerTimeoutMs = 30_000;

function isUnknownContainer(stderr: string): boolean {
  return /no such container|no container with/i.test(stderr);
}

function isUnknownImage(stderr: string): boolean {
  return /no such image|image not known/i.test(stderr);
}
