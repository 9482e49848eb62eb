import { SlimtraceError } from '../../errors.js';
import type { ImageConfig } from '../../image/image.js';
import { readGivenText } from '../../system/given-file.js';
import type { RunOptions } from '../engine.js';

/** What an engine sets when the image doesn't (moby, oci_linux.go). */
const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a container as `docker run` makes it: the default PATH and HOSTNAME, then the image's, then env
 * files, then `--env`; later ones win in the earlier one's place. A name without a value takes this process's. HOME is the agent's business: it depends on the user. Throws `file-unreadable`, `usage`.
 */
export async function containerEnvironment(
  run: Pick<RunOptions, 'env' | 'envFiles'>,
  config: ImageConfig,
  hostname: string,
): Promise<string[]> {
  const variables = new Map<string, string>();
  const set = (variable: string) => variables.set(nameOf(variable), variable);
  for (const variable of [defaultPath, `HOSTNAME=${hostname}`, ...(config.Env ?? [])]) set(variable);
  for (const file of run.envFiles) for (const line of await readEnvFile(file)) set(withValue(line) ?? '');
  for (const variable of run.env) {
    if (nameOf(variable) === '') throw new SlimtraceError('usage', { problem: `--env ${variable} has no name` });
    const complete = withValue(variable);
    // On the command line, the name of something unset takes away what the image sets; in a file it says nothing.
    if (complete === undefined) variables.delete(variable);
    else set(complete);
  }
  variables.delete('');
  for (const variable of variables.values()) requireShort(variable);
  return [...variables.values()];
}

/** As much as Linux takes in one string (execve(2), MAX_ARG_STRLEN), less our own prefix. */
const maxVariableBytes = 131_000;

function requireShort(variable: string): void {
  const sizeBytes = Buffer.byteLength(variable);
  if (sizeBytes <= maxVariableBytes) return;
  throw new SlimtraceError('usage', {
    problem: `the variable ${nameOf(variable).slice(0, 100)} has ${sizeBytes} bytes; a program can be given ${maxVariableBytes}`,
    hint: 'give a shorter one with --env',
  });
}

/** A name alone stands for the variable of this process; undefined when there is none. */
function withValue(variable: string): string | undefined {
  if (variable.includes('=')) return variable;
  const value = process.env[variable];
  return value === undefined ? undefined : `${variable}=${value}`;
}

function nameOf(variable: string): string {
  return variable.split('=', 1)[0] ?? '';
}

/** One variable a line; leading blanks, empty lines and comments are left out (docker-run(1), --env-file). */
async function readEnvFile(file: string): Promise<string[]> {
  const text = await readGivenText(file);
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
