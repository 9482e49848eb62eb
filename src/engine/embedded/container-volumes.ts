import { isAbsolute, resolve } from 'node:path';
import { SlimtraceError } from '../../errors.js';

/** A host path that a container sees. */
export interface BindMount {
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly isReadOnly: boolean;
}

/** What `--volume` asks for: bind mounts, and directories that only have to be there. */
export interface Volumes {
  readonly binds: readonly BindMount[];
  readonly directories: readonly string[];
}

const usage = (volume: string, problem: string) =>
  new SlimtraceError('usage', {
    problem: `--volume ${volume}: ${problem}`,
    hint: 'the embedded engine takes SOURCE:TARGET[:ro] with a path of this machine, and TARGET alone',
  });

/**
 * Parses `--volume` values as `docker run` has them. A container of the embedded engine is thrown away with all it wrote,
 * so an anonymous volume is just a directory of its own. Throws `usage` for named volumes: there is nowhere they live.
 */
export function parseVolumes(volumes: readonly string[]): Volumes {
  const binds: BindMount[] = [];
  const directories: string[] = [];
  for (const volume of volumes) {
    const [first = '', target, mode, ...rest] = volume.split(':');
    if (rest.length > 0) throw usage(volume, 'too many parts');
    if (target === undefined) {
      directories.push(requireAbsolute(volume, first));
      continue;
    }
    const isPath = isAbsolute(first) || first.startsWith('.');
    if (!isPath) throw usage(volume, 'named volumes need an engine that keeps them');
    binds.push({
      source: resolve(first),
      target: requireAbsolute(volume, target),
      isReadOnly: parseMode(volume, mode),
    });
  }
  return { binds, directories };
}

function requireAbsolute(volume: string, path: string): string {
  if (isAbsolute(path) && !path.includes('\0')) return path;
  throw usage(volume, `${JSON.stringify(path)} is not an absolute path`);
}

/** Options about SELinux labels and propagation mean nothing to a private mount. */
function parseMode(volume: string, mode = 'rw'): boolean {
  const options = mode.split(',');
  for (const option of options)
    if (!/^(?:ro|rw|z|Z|cached|delegated|consistent|r?private)$/.test(option))
      throw usage(volume, `unknown option ${option}`);
  return options.includes('ro');
}
