import { basename } from 'node:path';
import { printable } from '../report/format.js';
import { maskCredentials } from '../system/mask-credentials.js';

/** Longer arguments are cut: a script that a check runs is no reason to fill the screen. */
const longestArgument = 300;

/** What stands for a secret. */
const mask = '…';

const isSecretName = (name: string) =>
  /passw(?:or)?d|passphrase|secret|token|credential|auth|api_?-?key|private_?-?key/i.test(name);

/**
 * A command as it would be typed into a shell, on one line, without what could be secret in it: values of environment
 * variables, whatever they are called, of flags and assignments whose names say so, and credentials in URLs.
 */
export function renderCommandLine(file: string, args: readonly string[]): string {
  // The agent's place on this machine says nothing.
  return [basename(file), ...args.map((argument, at) => withoutSecrets(argument, args[at - 1]))].map(quoted).join(' ');
}

function withoutSecrets(argument: string, before: string | undefined): string {
  if (before === '--env' || before === '-e') return argument.replace(/=[\s\S]*$/, `=${mask}`);
  if (before !== undefined && /^--?\w[\w-]*$/.test(before) && isSecretName(before)) return mask;
  if (/^(?:--env=|-e)\w+=/.test(argument)) return argument.replace(/^(--env=|-e)(\w+)=[\s\S]*$/, `$1$2=${mask}`);
  const [, name] = /^([\w-]+)=/.exec(argument) ?? [];
  if (name !== undefined && isSecretName(name)) return `${name}=${mask}`;
  // Engines know a container or an image by the beginning of its ID too.
  return maskCredentials(argument).replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1');
}

/** In single quotes where a POSIX shell would see more than one plain word. */
function quoted(word: string): string {
  const short = word.length > longestArgument ? `${word.slice(0, longestArgument)}…` : word;
  if (/^[\w@%+=:,./…-]+$/.test(short)) return short;
  return printable(`'${short.replaceAll("'", "'\\''")}'`);
}
