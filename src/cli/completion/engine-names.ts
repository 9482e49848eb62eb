import { pendingRepository } from '../../engine/pending-image.js';
import { runCommand } from '../../system/process.js';

/** Nobody waits longer after a key is pressed; an engine that takes more has no names then. */
const answerTimeoutMs = 1500;

/** More than anybody chooses from. */
const maxOutputBytes = 1024 * 1024;

const questions = {
  images: ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'],
  containers: ['ps', '--format', '{{.Names}}'],
} as const;

/** What names of images and containers are made of; whatever else an engine prints is for no command line. */
const plainName = /^[\w][\w./:@+-]*$/;

/** The names that an engine knows: Docker's, and Podman's where Docker has no answer; none when neither answers in time. */
export async function engineNames(
  kind: keyof typeof questions,
  engine: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const commands = engine === 'docker' || engine === 'podman' ? [engine] : ['docker', 'podman'];
  if (engine === 'embedded') return [];
  for (const command of commands) {
    const options = { signal, timeoutMs: answerTimeoutMs, maxOutputBytes };
    const { exitCode, stdout } = await runCommand(command, questions[kind], options);
    if (exitCode !== 0) continue;
    const names = stdout.toString('utf8').split('\n');
    return [...new Set(names)].filter((name) => plainName.test(name) && !name.startsWith(`${pendingRepository}/`));
  }
  return [];
}
