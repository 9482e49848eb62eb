import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SlimtraceError } from '../errors.js';

/** The agent's directory name for each architecture (GOARCH) it is built for. */
const builds: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** Where the agent is in a container. The directory is an anonymous volume. */
export const agentDirectory = '/.slimtrace';
export const agentPath = `${agentDirectory}/slimtrace-agent`;

/** The prebuilt static agent for an architecture, inside this package. Throws `unsupported-platform`. */
export function agentFile(architecture: string): string {
  const build = builds[architecture];
  if (build === undefined) {
    throw new SlimtraceError('unsupported-platform', {
      what: `the architecture ${architecture} (amd64 and arm64 are supported)`,
    });
  }
  return join(packageRoot(), 'src', 'agent', 'prebuilt', build, 'slimtrace-agent');
}

/** The package's directory: this module may be a source file or part of a bundle. */
function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'src', 'agent', 'prebuilt'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('the prebuilt agent is missing from the package');
    directory = parent;
  }
  return directory;
}
