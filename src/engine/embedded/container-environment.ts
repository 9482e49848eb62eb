import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import type { ImageConfig } from '../../image/image.js';
import type { RunOptions } from '../engine.js';

/** What an engine sets when the image doesn't (moby, oci_linux.go). */
const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a container as `docker run` makes it: the default PATH and HOSTNAME, then the image's, then env
 * files, then `--env`; later ones win in the earlier one's place. A name without a value takes this process's, and is
 * left out when there is none. HOME is the agent's business: it depends on the user. Throws `file-unreadable`, `usage`.
 */
export async function containerEnvironment(
  run: Pick<RunOptions, 'env' | 'envFiles'>,
  config: ImageConfig,
  hostname: string,
): Promise<string[]> {
  const variables = new Map<string, string>();
  const set = (variable: string) => variables.set(nameOf(variable), variable);
  for (const variable of [defaultPath, `HOSTNAME=${hostname}`, ...(config.Env ?? [])]) set(variable);
  for (const file of run.envFiles) for (const line of await readEnvFile(file)) apply(line, variables);
  for (const variable of run.env) {
    if (nameOf(variable) === '') throw new SlimtraceError('usage', { problem: `--env ${variable} has no name` });
    apply(variable, variables);
  }
  return [...variables.values()];
}

function apply(variable: string, variables: Map<string, string>): void {
  const name = nameOf(variable);
  const value = variable.includes('=') ? variable : fromHost(name);
  // As for docker run: `--env NAME` of something unset takes away what the image sets.
  if (value === undefined) variables.delete(name);
  else variables.set(name, value);
}

function fromHost(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined ? undefined : `${name}=${value}`;
}

function nameOf(variable: string): string {
  return variable.split('=', 1)[0] ?? '';
}

/** One variable a line; leading blanks, empty lines and comments are left out (docker-run(1), --env-file). */
async function readEnvFile(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
  const lines = text.split(/\r?\n/).map((line) => line.trimStart());
  const variables = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const variable of variables) {
    const name = nameOf(variable);
    if (name === '' || /\s/.test(name))
      throw new SlimtraceError('usage', {
        problem: `--env-file ${file}: ${JSON.stringify(variable)} has no valid name`,
      });
  }
  return variables;
}
