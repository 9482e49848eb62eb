import { exposedTcpPorts } from './check/plan-checks.js';
import type { ContainerState, Engine, EngineImage, Exposure, RunOptions } from './engine/engine.js';
import { SlimtraceError } from './errors.js';

/** A port of a container, and where it can be reached from this machine. */
export interface ReachablePort {
  readonly port: number;
  readonly host: string;
  readonly hostPort: number;
}

interface Exposed {
  readonly run: RunOptions;
  readonly exposure: Exposure;
}

/**
 * How a container is to be found. Unless the user says something about it, what the image exposes is at free ports of the
 * loopback: nobody could drive it otherwise. Throws `usage` for what the engine can't do.
 */
export function planExposure({ run, exposure }: Exposed, { config }: EngineImage, engine: Engine): Exposure {
  const { publish, publishesAll, name, networkAliases } = exposure;
  const ports = exposedTcpPorts(config);
  // It has the machine's ports as they are.
  const isOnHost = run.network === 'host';
  if (!engine.hasNetworks) {
    const wanted = [
      ...(publish.length > 0 && !isOnHost ? ['--publish'] : []),
      ...(publishesAll ? ['--publish-all'] : []),
    ];
    const asked = [...wanted, ...(name ? ['--name'] : []), ...(networkAliases.length > 0 ? ['--network-alias'] : [])];
    if (asked.length > 0)
      throw withoutNetworks(`${asked.join(', ')}: it has neither networks nor names for containers`);
    if (ports.length > 0 && run.network === undefined)
      throw withoutNetworks(`nobody else reaches the ports of the image (${ports.join(', ')})`);
    return exposure;
  }
  if (networkAliases.length > 0 && run.network === undefined)
    throw new SlimtraceError('usage', {
      problem: '--network-alias is a name in a network of yours, and none is given',
      hint: 'add --network NAME (`docker network ls` lists them; those of Docker Compose are PROJECT_default)',
    });
  if (isOnHost) return { ...exposure, publish: [], publishesAll: false };
  if (publish.length > 0 || publishesAll || run.network !== undefined) return exposure;
  return { ...exposure, publish: ports.map((port) => `127.0.0.1::${port}`) };
}

function withoutNetworks(problem: string): SlimtraceError {
  return new SlimtraceError('usage', {
    problem: `on the embedded engine, ${problem}`,
    hint: 'give --network host: the application’s ports are this machine’s then',
  });
}

/**
 * Where a running container's ports are: published, this machine's own, or at an address of the container's.
 *
 * @param exposure what the user asked for
 */
export function placesOf(
  { published, addresses }: ContainerState,
  { config }: EngineImage,
  { run, exposure }: Exposed,
): readonly ReachablePort[] {
  if (published.length > 0)
    return published.map(({ port, hostAddress, hostPort }) => ({ port, host: hostFor(hostAddress), hostPort }));
  const host = run.network === 'host' ? '127.0.0.1' : addresses[0];
  if (host === undefined || run.network === 'none') return [];
  const chosen = run.network === 'host' ? exposure.publish.flatMap(containerPort) : [];
  const ports = chosen.length > 0 ? chosen : exposedTcpPorts(config);
  return ports.map((port) => ({ port, host, hostPort: port }));
}

function containerPort(published: string): number[] {
  const [, port] = /(?:^|:)(\d+)(?:\/tcp)?$/.exec(published) ?? [];
  return port === undefined ? [] : [Number(port)];
}

/** An address that means all of a machine's is nowhere to connect to. */
function hostFor(address: string): string {
  return ['', '0.0.0.0', '::'].includes(address) ? '127.0.0.1' : address;
}

/** What a driver finds in its environment. */
export function driverVariables(container: string, places: readonly ReachablePort[]): Record<string, string> {
  const [first] = places;
  return {
    SLIMTRACE_CONTAINER: container,
    ...(first === undefined ? {} : { SLIMTRACE_HOST: first.host, SLIMTRACE_PORT: String(first.hostPort) }),
    ...Object.fromEntries(places.map(({ port, hostPort }) => [`SLIMTRACE_PORT_${port}`, String(hostPort)])),
  };
}
