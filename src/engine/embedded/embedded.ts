import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname as machineName } from 'node:os';
import { join } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import type { Image } from '../../image/image.js';
import { runCommand } from '../../system/process.js';
import { Resources } from '../../system/resources.js';
import { abandonedTempDirs, openTempDir, type TempDir } from '../../system/temp-dir.js';
import type { Container, ContainerSpec, Engine, EngineImage } from '../engine.js';
import { containerEnvironment } from './container-environment.js';
import type { ContainerPlan } from './container-plan.js';
import { type BindMount, parseVolumes } from './container-volumes.js';
import { openControlGroup, sweepControlGroups } from './control-group.js';
import { EmbeddedAgent } from './embedded-agent.js';
import { EmbeddedContainer } from './embedded-container.js';
import { EmbeddedImages } from './embedded-images.js';
import { writeNetworkFiles } from './network-files.js';
import { makeOverlay } from './root-layout.js';
import { findUserMapping, renderUserMapping, type UserMapping } from './user-mapping.js';

export interface EmbeddedOptions {
  readonly signal: AbortSignal;
  /** Finds the agent for an architecture (GOARCH). */
  readonly agentFile: (architecture: string) => string;
  readonly version: string;
}

/**
 * Runs containers of image archives by itself: the agent makes the namespaces (namespaces(7)) on an unpacked tree. Linux
 * only. What it makes is gone when its scope ends. Aborting `signal` ends what is under way.
 */
export function openEmbedded(options: EmbeddedOptions): Engine {
  return new Embedded(options);
}

/** Node.js names of the architectures the agent is built for, and Go's. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

class Embedded implements Engine {
  readonly kind = 'embedded';
  readonly keepsImages = false;
  readonly hasNetworks = false;
  readonly #options: EmbeddedOptions;
  readonly #images: EmbeddedImages;
  #directory: Promise<TempDir> | undefined;
  #agent: Promise<EmbeddedAgent> | undefined;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    const directory = async () => (await this.#tempDir()).path;
    this.#images = new EmbeddedImages({ agent: () => this.#openAgent(), directory, signal: options.signal });
  }

  async probe() {
    const { mapping } = await this.#openAgent();
    return { version: this.#options.version, architecture: hostArchitecture(), limits: limitsOf(mapping) };
  }

  async inspectImage(reference: string): Promise<EngineImage> {
    return (await this.#images.open(reference)).image;
  }

  async openImage(reference: string): Promise<Image> {
    return await this.#images.openPristine(reference);
  }

  async createContainer(spec: ContainerSpec): Promise<Container> {
    requireKnownNetwork(spec.network);
    const opened = await this.#images.open(spec.image);
    const { config } = opened.image;
    const id = randomBytes(6).toString('hex');
    await using held = new Resources();
    const { binds, directories } = parseVolumes(spec.volumes);
    const hasHostNetwork = spec.network === 'host';
    const hostname = hasHostNetwork ? machineName() : id;
    const environment = await containerEnvironment(spec, config, hostname);
    const agent = await this.#openAgent();
    const lower = await this.#images.unpacked(spec.image);
    const directory = join((await this.#tempDir()).path, `container-${id}`);
    await mkdir(directory);
    held.use({ [Symbol.asyncDispose]: () => agent.remove(directory) });
    const volumes = await makeVolumes(directory, spec.anonymousVolumes ?? []);
    const controlGroup = await openControlGroup(`slimtrace-${process.pid}-${id}`);
    if (controlGroup !== undefined) held.use(controlGroup);
    const networkFiles = await writeNetworkFiles(directory, hostname, hasHostNetwork);
    const plan: ContainerPlan = {
      ...{ spec, config, hostname, environment },
      binds: [
        ...networkFiles.map((file) => ({ ...file, isReadOnly: spec.isHardened === true })),
        ...asBinds(volumes),
        ...binds,
      ],
      directories: [...Object.keys(config.Volumes ?? {}), ...directories],
      controlGroup: controlGroup?.directory,
    };
    const layout = await makeOverlay(lower, directory, opened.layers.tree.get('/'));
    const unpackCopy = async () => ({
      kind: 'copy' as const,
      root: await this.#images.unpackInto(opened, join(`container-${id}`, 'root')),
    });
    held.move();
    const { signal } = this.#options;
    return new EmbeddedContainer({ id, agent, plan, directory, volumes, layout, unpackCopy, controlGroup, signal });
  }

  async loadImage(archiveFile: string, name: string): Promise<string> {
    const reference = `oci-archive:${archiveFile}`;
    const { image } = await this.#images.open(reference);
    this.#images.alias(name, reference);
    return image.id;
  }

  async tagImage(id: string, name: string): Promise<void> {
    this.#images.alias(name, id);
  }

  async removeImageName(name: string): Promise<void> {
    this.#images.forget(name);
  }

  /** Containers end with the run that started them, however it ends; their files may stay. */
  async sweep(): Promise<number> {
    const left = await abandonedTempDirs();
    const agent = await this.#openAgent();
    // Somebody else may be removing it at the same time; what stays is for the next run.
    const removed = await Promise.allSettled(left.map((directory) => agent.remove(directory)));
    await sweepControlGroups();
    return removed.filter(({ status }) => status === 'fulfilled').length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#images[Symbol.asyncDispose]();
    if (this.#directory === undefined) return;
    const directory = await this.#directory;
    // Most of it may belong to other users by now; without an agent nothing was unpacked.
    const agent = await this.#agent?.catch(() => undefined);
    await agent?.remove(directory.path);
    await directory[Symbol.asyncDispose]();
  }

  #tempDir(): Promise<TempDir> {
    this.#directory ??= openTempDir();
    return this.#directory;
  }

  #openAgent(): Promise<EmbeddedAgent> {
    this.#agent ??= this.#startAgent();
    return this.#agent;
  }

  /** The best mapping that the kernel grants: what is written down somewhere need not work. */
  async #startAgent(): Promise<EmbeddedAgent> {
    const { agentFile, signal } = this.#options;
    const file = agentFile(hostArchitecture());
    const wanted = await findUserMapping();
    const fallback: UserMapping = { kind: wanted.kind === 'all' ? 'none' : 'self' };
    const refusals: string[] = [];
    for (const mapping of [wanted, fallback]) {
      const args = ['in-userns', '--userns', renderUserMapping(mapping), '--', 'version'];
      const { exitCode, stderr } = await runCommand(file, args, { signal });
      if (exitCode === 0) return new EmbeddedAgent(file, mapping, signal);
      refusals.push(stderr.trim() || `the agent ended with exit code ${exitCode}`);
    }
    throw new SlimtraceError('embedded-unavailable', { reason: refusals.at(-1) ?? '' });
  }
}

function hostArchitecture(): string {
  if (process.platform !== 'linux')
    throw new SlimtraceError('embedded-unavailable', { reason: `it needs Linux, and this is ${process.platform}` });
  return architectures[process.arch] ?? process.arch;
}

function limitsOf({ kind }: UserMapping): string[] {
  if (kind === 'none')
    return [
      'no user namespace is to be had here (a chroot, or forbidden): containers run as root of this machine, confined as Docker does',
    ];
  if (kind !== 'self') return [];
  return [
    'you have no subordinate user IDs (newuidmap, /etc/subuid): in the container everything belongs to root, and what switches to another user fails',
  ];
}

function requireKnownNetwork(network: string | undefined): void {
  if (network === undefined || ['none', 'host', 'bridge', 'default'].includes(network)) return;
  throw new SlimtraceError('usage', {
    problem: `--network ${network}: the embedded engine has no networks of its own`,
    hint: 'leave it out for a loopback of its own, or give --network host',
  });
}

/** Host directories for anonymous volumes, by where they are in the container. */
async function makeVolumes(directory: string, targets: readonly string[]): Promise<Map<string, string>> {
  const volumes = new Map<string, string>();
  for (const [index, target] of targets.entries()) {
    const volume = join(directory, `volume-${index}`);
    await mkdir(volume, { mode: 0o755 });
    volumes.set(target, volume);
  }
  return volumes;
}

function asBinds(volumes: ReadonlyMap<string, string>): BindMount[] {
  return [...volumes].map(([target, source]) => ({ source, target, isReadOnly: false }));
}
