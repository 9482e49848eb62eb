import { dirname } from 'node:path';
import { SlimtraceError } from '../errors.js';
import type { ImageConfig } from '../image/image.js';
import type { Session } from '../system/session.js';
import { DockerCli, failure } from './docker-cli.js';
import { DockerContainer, relayPath } from './docker-container.js';
import { createArguments } from './docker-run-arguments.js';
import { sessionLabels, sweepDocker } from './docker-sweep.js';
import type { Container, ContainerSpec, Engine, EngineImage } from './engine.js';

/** What we read of `docker image inspect` (Docker Engine API v1.41, ImageInspect). */
interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Created: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  readonly Size: number;
  readonly Config: Readonly<Record<string, unknown>> | null;
  readonly RootFS: { readonly Layers?: readonly string[] };
}

/** Fields of an image's config; the rest of what `inspect` prints there belongs to a container. */
const imageConfigFields = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'Healthcheck',
  'OnBuild',
  'Shell',
  'ArgsEscaped',
] as const;

/** A Docker engine through its command-line client. Aborting `signal` ends every command under way. */
export function openDocker(options: DockerOptions): Engine {
  return new Docker(new DockerCli(options.command ?? 'docker', options.signal), options);
}

export interface DockerOptions {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Finds the static executable with a `relay HOST PORT` command for an architecture (GOARCH). */
  readonly relayFile: (architecture: string) => string;
  readonly command?: string;
}

class Docker implements Engine {
  readonly kind = 'docker';
  readonly keepsImages = true;
  readonly #cli: DockerCli;
  readonly #session: Session;
  readonly #relayFile: (architecture: string) => string;
  #isLocal: Promise<boolean> | undefined;

  constructor(cli: DockerCli, options: DockerOptions) {
    this.#cli = cli;
    this.#session = options.session;
    this.#relayFile = options.relayFile;
  }

  async probe() {
    const format = '{{.Server.Version}} {{.Server.Arch}}';
    const result = await this.#cli.try(['version', '--format', format], { timeoutMs: 30_000 });
    if (result.exitCode !== 0) {
      const cause = new Error(result.stderr.trim() || 'it gave no answer within 30 s');
      throw new SlimtraceError('engine-unreachable', {}, { cause });
    }
    const [version = '', architecture = ''] = result.stdout.toString('utf8').trim().split(' ');
    return { version, architecture, limits: [] };
  }

  async inspectImage(reference: string): Promise<EngineImage> {
    const result = await this.#cli.try(['image', 'inspect', '--', reference]);
    if (result.exitCode !== 0) {
      const error = failure(result, `inspect the image ${reference}`);
      if (!/no such image/i.test(result.stderr)) throw error;
      throw new SlimtraceError('image-not-found', { image: reference }, { cause: error.cause });
    }
    const [inspected] = JSON.parse(result.stdout.toString('utf8')) as ImageInspect[];
    if (inspected === undefined) throw new SlimtraceError('image-not-found', { image: reference });
    return toEngineImage(inspected);
  }

  async createContainer(spec: ContainerSpec): Promise<Container> {
    const args = createArguments(spec, sessionLabels(this.#session));
    // Whatever can fail comes before there is something to lose.
    this.#isLocal ??= this.#hasLocalDaemon();
    const isLocal = await this.#isLocal;
    const id = await this.#cli.make(
      async (options) => (await this.#cli.run(args, `create a container of ${spec.image}`, options)).trim(),
      (made) => this.#cli.cleanUp(['rm', '--force', '--volumes', '--', made]),
    );
    const startSidecar = () => this.#startSidecar(id, spec.image);
    return new DockerContainer(this.#cli, id, spec, { isLocal, startSidecar });
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
    await this.#cli.make(
      (options) =>
        this.#cli.run(['load', '--quiet', '--input', archiveFile], 'load the slim image into the engine', options),
      () => this.removeImageName(name),
    );
    return (await this.inspectImage(name)).id;
  }

  async tagImage(id: string, name: string): Promise<void> {
    await this.#cli.run(['tag', id, name], `name the image ${name}`);
  }

  async removeImageName(name: string): Promise<void> {
    const result = await this.#cli.cleanUp(['image', 'rm', '--', name]);
    if (result.exitCode !== 0 && !/no such image/i.test(result.stderr))
      throw failure(result, `remove the image ${name}`);
  }

  async sweep(): Promise<number> {
    return await sweepDocker(this.#cli, this.#session);
  }

  /** Everything on the engine belongs to a container or an image that is disposed of by itself. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** True when the daemon shares this machine's network: only then may a container's address be dialled directly. */
  async #hasLocalDaemon(): Promise<boolean> {
    if (process.platform !== 'linux') return false;
    const format = '{{.Endpoints.docker.Host}}';
    const endpoint =
      process.env.DOCKER_HOST ??
      (await this.#cli.run(['context', 'inspect', '--format', format], 'read the docker context'));
    return endpoint.trim().startsWith('unix://');
  }
}

function toEngineImage(inspected: ImageInspect): EngineImage {
  const config = Object.fromEntries(
    imageConfigFields.flatMap((field) => {
      const value = inspected.Config?.[field];
      return value === undefined || value === null ? [] : [[field, value]];
    }),
  ) as ImageConfig;
  return {
    id: inspected.Id,
    names: (inspected.RepoTags ?? []).filter((name) => !name.startsWith('<none>')),
    repoDigests: inspected.RepoDigests ?? [],
    platform: {
      os: inspected.Os,
      architecture: inspected.Architecture,
      ...(inspected.Variant ? { variant: inspected.Variant } : {}),
    },
    config,
    created: inspected.Created,
    sizeBytes: inspected.Size,
    layerCount: inspected.RootFS.Layers?.length ?? 0,
  };
}
