import type { ContainerSpec } from './engine.js';

/** Where a hardened container can write, beside the volumes its image declares and what was asked for. */
interface WritablePlaces {
  /** An empty tmpfs that everybody may write to, and that no program runs from. */
  readonly tmpfs: readonly string[];
  /** A volume: it begins with what the image has there, with its owners and modes. */
  readonly volumes: readonly string[];
}

/**
 * The usual places, but for those where the spec itself mounts something. What an image has in /tmp is of no use to
 * anybody, but in /run are the directories that its packages made for their sockets and PID files.
 */
export function writablePlaces(spec: ContainerSpec): WritablePlaces {
  if (spec.isHardened !== true) return { tmpfs: [], volumes: [] };
  const mounted = [...spec.volumes.map(targetOf), ...(spec.anonymousVolumes ?? []), ...(spec.tmpfs ?? [])];
  const taken = new Set(mounted.map((path) => path.replace(/(?<=.)\/+$/, '')));
  const isFree = (path: string) => !taken.has(path);
  return { tmpfs: ['/tmp', '/var/tmp'].filter(isFree), volumes: ['/run'].filter(isFree) };
}

/** `SOURCE:TARGET[:OPTIONS]`, or `TARGET` alone (docker-run(1), --volume). */
function targetOf(volume: string): string {
  const [first = '', target = first] = volume.split(':');
  return target;
}
