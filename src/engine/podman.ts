import { dirname } from 'node:path';
import { DockerEngine, type DockerOptions } from './docker.js';
import type { Reach } from './docker-container.js';
import { type ImageInspect, toEngineImage } from './docker-image.js';
import { listArguments, type SessionContainer, sessionContainer } from './docker-sweep.js';
import type { Container, ContainerSpec, Engine, EngineImage } from './engine.js';
import { PodmanCli } from './podman-cli.js';
import { PodmanContainer } from './podman-container.js';
import { asDockerImage, type PodmanImageInspect, readConfigBlob } from './podman-image.js';
import { podmanCreateArguments } from './podman-run-arguments.js';

/** A Podman engine, local or remote, rootful or rootless, through its command line. Aborting `signal` ends every command under way. */
export function openPodman(options: DockerOptions): Engine {
  return new Podman(new PodmanCli(options.command ?? 'podman', options.signal), options);
}

/** What we read of `podman info` (podman-info(1)). */
interface PodmanInfo {
  readonly host: {
    readonly arch: string;
    readonly serviceIsRemote: boolean;
    readonly security: { readonly rootless: boolean };
  };
  readonly store: { readonly graphRoot: string; readonly graphDriverName: string };
  readonly version: { readonly Version: string };
}

/** What we read of `podman ps --format json` (podman-ps(1)). */
interface PodmanListing {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** Seconds since 1970. */
  readonly Created: number;
}

/** Docker's command line on libpod: what Podman does its own way is here. */
class Podman extends DockerEngine {
  override readonly kind = 'podman';
  #info: Promise<PodmanInfo> | undefined;

  override async probe() {
    const { version, host } = await this.#knownInfo();
    return { version: version.Version, architecture: host.arch, limits: [] };
  }

  async #knownInfo(): Promise<PodmanInfo> {
    this.#info ??= this.ask(['info', '--format', 'json']).then((printed) => JSON.parse(printed) as PodmanInfo);
    try {
      return await this.#info;
    } catch (error) {
      this.#info = undefined;
      throw error;
    }
  }

  protected override async readImage(inspected: ImageInspect): Promise<EngineImage> {
    const { host, store } = await this.#knownInfo();
    const blob = host.serviceIsRemote ? undefined : await readConfigBlob(store, inspected.Id);
    return toEngineImage(asDockerImage(inspected as PodmanImageInspect, blob));
  }

  protected override createArguments(spec: ContainerSpec, labels: readonly string[]): string[] {
    return podmanCreateArguments(spec, labels);
  }

  protected override openContainer(id: string, spec: ContainerSpec, reach: Reach): Container {
    return new PodmanContainer(this.cli, id, spec, reach);
  }

  /**
   * `podman load` takes our archives for the OCI layouts they are as well, and then knows no HEALTHCHECK: OCI has none.
   * As docker-archives they keep it. Only a Podman on this machine can be told to read a file as one.
   */
  protected override async loadArguments(archiveFile: string): Promise<string[]> {
    const { host } = await this.#knownInfo();
    // A colon would end the path (containers-transports(5)).
    if (host.serviceIsRemote || archiveFile.includes(':')) return await super.loadArguments(archiveFile);
    return ['pull', '--quiet', `docker-archive:${archiveFile}`];
  }

  /**
   * Podman puts each layer into a file below TMPDIR first (containers/image, storage_image.go), and leaves it there when it is
   * ended midway: so below the archive's directory, which goes in any case.
   */
  override async saveImage(id: string, file: string): Promise<void> {
    const args = ['save', '--output', file, id];
    await this.cli.run(args, `save the image ${id}`, { env: { TMPDIR: dirname(file) } });
  }

  protected override async listContainers(): Promise<SessionContainer[]> {
    const printed = await this.cli.run([...listArguments, 'json'], 'list containers');
    return (JSON.parse(printed) as PodmanListing[]).map(({ Id, Labels, Created }) =>
      sessionContainer(Id, Created * 1000, (name) => Labels?.[name]),
    );
  }

  /** Rootless containers are in a network of their own, whose addresses may be somebody else's here. */
  protected override async isOnThisNetwork(): Promise<boolean> {
    const { host } = await this.#knownInfo();
    return process.platform === 'linux' && !host.serviceIsRemote && !host.security.rootless;
  }
}
