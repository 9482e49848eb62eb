import type { Duplex } from 'node:stream';
import type { Image, ImageConfig, Platform } from '../image/image.js';

/** What an engine says about an image it holds. */
export interface EngineImage {
  /** `sha256:…`, the engine's ID of the image. */
  readonly id: string;
  readonly names: readonly string[];
  /** Digests it has in registries: `name@sha256:…`. */
  readonly repoDigests: readonly string[];
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** RFC 3339. */
  readonly created: string;
  readonly sizeBytes: number;
  readonly layerCount: number;
  /** Of its layers, bottom first (OCI image-spec config.md, "Layer DiffID"). */
  readonly diffIds: readonly string[];
}

/** Run options as `docker run` has them. */
export interface RunOptions {
  readonly env: readonly string[];
  readonly envFiles: readonly string[];
  readonly volumes: readonly string[];
  readonly network: string | undefined;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  /** `''` clears the image's entrypoint, as for `docker run --entrypoint ''`. */
  readonly entrypoint: string | undefined;
  /** Replaces the image's Cmd when not empty. */
  readonly command: readonly string[];
}

/** How others than slimtrace find a container, as for `docker run`; only where {@link Engine.hasNetworks}. */
export interface Exposure {
  /** `[[IP:]PORT:]PORT[/PROTOCOL]` */
  readonly publish: readonly string[];
  /** Every exposed port, at free ones of the engine's machine. */
  readonly publishesAll: boolean;
  readonly name: string | undefined;
  /** What others in its network call it. */
  readonly networkAliases: readonly string[];
}

/** How a container is to be made: {@link RunOptions} plus what slimtrace itself needs. */
export interface ContainerSpec extends RunOptions {
  readonly image: string;
  readonly addedCapabilities?: readonly string[];
  /** Paths that get an anonymous volume. */
  readonly anonymousVolumes?: readonly string[];
  /** Paths that get an empty tmpfs instead of what the image declares there. */
  readonly tmpfs?: readonly string[];
  /**
   * Read-only root, no capabilities but the added ones, and none to be gained (no_new_privs): as `docker run --read-only
   * --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp --tmpfs /var/tmp --volume /run`. Volumes that the image
   * declares can be written, and begin with what it has there, as ever.
   */
  readonly isHardened?: boolean;
  /** `none` switches the image's HEALTHCHECK off; a number is the interval in seconds to run it at. */
  readonly healthcheck?: 'none' | number;
  /** As for `docker run --security-opt`. */
  readonly securityOptions?: readonly string[];
  /** False: the engine need not keep the container's output. */
  readonly keepLogs?: boolean;
  readonly exposure?: Exposure;
  /** Namespaces of another container that it is to share; only where containers can be found ({@link Engine.findContainer}). */
  readonly namespaces?: SharedNamespaces;
  /** `input`: it reads what {@link Container.attach} is given; `terminal`: as a terminal of its own. */
  readonly attached?: 'input' | 'terminal';
}

/** As for `docker run` or `podman run`, option by option. */
export interface SharedNamespaces {
  readonly pid: string;
  readonly network: string;
  readonly ipc: string | undefined;
  readonly userns: string | undefined;
}

/** A container that is somebody's own, and how another one joins it. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  /** In the engine's word: `running`, `exited` … */
  readonly status: string;
  readonly isRunning: boolean;
  readonly namespaces: SharedNamespaces;
  /** As for `docker run --security-opt`: what one beside it takes to be allowed to look at its processes. */
  readonly securityOptions: readonly string[];
  /** The ID of its first process in its PID namespace; undefined when that is another container's, and it can't be told. */
  readonly firstProcess: number | undefined;
}

/** A container in a network, running or not. */
export interface NetworkMember {
  readonly id: string;
  readonly name: string;
  /** What others in that network find it by, its own name included. */
  readonly names: readonly string[];
  readonly isRunning: boolean;
  /** When it was last started, in the engine's words. */
  readonly startedAt: string;
}

export interface ContainerState {
  readonly isRunning: boolean;
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  /** Why the engine could not start it; empty when it could. */
  readonly problem: string;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** IP addresses in the container's networks. */
  readonly addresses: readonly string[];
  /** TCP ports that others can reach on the engine's machine, ascending. */
  readonly published: readonly PublishedPort[];
}

export interface PublishedPort {
  /** The container's. */
  readonly port: number;
  /** IP address on the engine's machine; empty or unspecified (0.0.0.0, ::) for all it has. */
  readonly hostAddress: string;
  readonly hostPort: number;
}

export interface Output {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** It printed more than is read, and was cut off from us; the exit code means nothing then. */
  readonly isTruncated: boolean;
  /** It took longer than it was given; the exit code means nothing then. */
  readonly hasTimedOut: boolean;
}

/** A command running in a container. Leaving its scope ends our end of it. */
export interface RunningExec extends AsyncDisposable {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: AsyncIterable<Uint8Array> & NodeJS.ReadableStream;
  /** Never rejects. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** One container. Leaving its scope removes it with its anonymous volumes, running or not. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /**
   * Copies a host file into an anonymous volume of the container, keeping its permission bits, before it is started. The
   * container may be unable to change it.
   */
  copyIn(hostFile: string, path: string): Promise<void>;
  /** What is in an anonymous volume of the container (`VOLUME/.`) as a tar stream; works after it has stopped. */
  copyOut(path: string): RunningExec;
  start(): Promise<void>;
  /** Starts it with this process's own standard streams and terminal; the exit code is the container's. Absent where it can't be done. */
  attach?(signal: AbortSignal): Promise<number>;
  /** Starts it and collects its output until it ends; the exit code is the container's. */
  runToEnd(options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Output | 'timeout'>;
  state(): Promise<ContainerState>;
  /** Settles when the container has ended, with its exit code. */
  waitForEnd(signal: AbortSignal): Promise<number>;
  exec(command: readonly string[], options?: { readonly user?: string; readonly timeoutMs?: number }): Promise<Output>;
  startExec(command: readonly string[], options?: { readonly user?: string }): RunningExec;
  /** Sends the stop signal, and SIGKILL when it hasn't ended after the grace time. */
  stop(graceSeconds: number): Promise<void>;
  /** The last lines it printed, both streams, at most `lines`. */
  lastLogLines(lines: number): Promise<string[]>;
  /** Opens a TCP connection to a port of the container; rejects with a Node.js system error when refused. */
  connect(port: number, signal: AbortSignal): Promise<Duplex>;
}

/** Runs containers and holds images. Knows nothing of slimming. Leaving its scope ends what it holds for this run. */
export interface Engine extends AsyncDisposable {
  readonly kind: 'docker' | 'podman' | 'embedded';
  /** False: it takes archives, and forgets images with the run. What is to stay has to be written as an archive. */
  readonly keepsImages: boolean;
  /** False: a container has its own loopback or the machine's network, nothing is published, and nobody else joins it. */
  readonly hasNetworks: boolean;
  /** Checks that the engine answers; throws `engine-missing`, `engine-unreachable` or `embedded-unavailable`. */
  probe(): Promise<{
    readonly version: string;
    /** GOARCH name. */
    readonly architecture: string;
    /** What it can't do for this user, in words. */
    readonly limits: readonly string[];
  }>;
  /** Throws `image-not-found`. */
  inspectImage(reference: string): Promise<EngineImage>;
  /** Opens an image without a container of it; absent where only a container can show what the image holds. */
  openImage?(reference: string): Promise<Image>;
  createContainer(spec: ContainerSpec): Promise<Container>;
  /** A container by its name or ID; undefined when there is none. Absent where there are no containers but ours. */
  findContainer?(name: string): Promise<FoundContainer | undefined>;
  /** The containers of anybody in a network, by its name or ID. Absent where there are no networks. */
  membersOf?(network: string): Promise<readonly NetworkMember[]>;
  /** Writes an image, by its ID, as an archive over a file; absent where images are archives already. */
  saveImage?(id: string, file: string): Promise<void>;
  /** Loads an archive whose image is named `name` in it; returns the engine's ID of the image. */
  loadImage(archiveFile: string, name: string): Promise<string>;
  tagImage(id: string, name: string): Promise<void>;
  /** Removes one name of an image, and the image with its last name; one that isn't there is fine. */
  removeImageName(name: string): Promise<void>;
  /** Removes containers, volumes and images of runs that ended without cleaning up; returns how many. */
  sweep(): Promise<number>;
}
