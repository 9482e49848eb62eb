import { SlimtraceError } from '../errors.js';
import { runCommand } from '../system/process.js';
import type { Engine } from './engine.js';

/** What a user can ask for with `--engine`. */
export type EngineRequest = 'auto' | Engine['kind'];

/** Which engine it is to be. */
export type EngineChoice = CommandChoice | { readonly kind: 'embedded'; readonly why: string };

interface CommandChoice {
  readonly kind: 'docker' | 'podman';
  /** The client to run: Podman's may go by the name of `docker` (podman-docker). */
  readonly command: 'docker' | 'podman';
  /** Completes "engine: KIND (…)". */
  readonly why: string;
}

export interface EngineQuestion {
  readonly requested: EngineRequest;
  /** The image that is to be run names an archive, not an image that an engine holds. */
  readonly isArchive: boolean;
  readonly signal: AbortSignal;
  /** How long each client may take to answer. */
  readonly deadlineMs?: number;
}

/**
 * Chooses the engine for an image: the one asked for; by itself the embedded one for an archive, else Docker if a daemon
 * answers, else Podman if it works. Throws `engine-missing` or `engine-unreachable` when what was asked for can't be
 * used, `no-engine` when nothing can.
 */
export async function chooseEngine(question: EngineQuestion): Promise<EngineChoice> {
  const { requested, isArchive } = question;
  if (requested === 'embedded') return { kind: 'embedded', why: 'as asked' };
  if (requested !== 'auto') return await requireEngine(requested, question);
  if (isArchive) return { kind: 'embedded', why: 'an archive needs no other' };
  const docker = await tryClient('docker', question);
  if (docker.kind !== 'unusable') return docker;
  const podman = await tryClient('podman', question);
  if (podman.kind !== 'unusable') return { ...podman, why: `${podman.why}; docker: ${docker.reason}` };
  throw new SlimtraceError('no-engine', { docker: docker.reason, podman: podman.reason });
}

/** Engines whose containers can be looked at, and why the others' can't: clauses. */
export interface ContainerEngines {
  readonly choices: readonly EngineChoice[];
  readonly unusable: readonly string[];
}

/**
 * The engines to look for a container on: the one asked for, else both that could have it. Throws what {@link chooseEngine}
 * throws.
 */
export async function chooseContainerEngines({
  requested,
  signal,
}: {
  readonly requested: Exclude<EngineRequest, 'embedded'>;
  readonly signal: AbortSignal;
}): Promise<ContainerEngines> {
  const question = { requested, isArchive: false, signal };
  if (requested !== 'auto') return { choices: [await requireEngine(requested, question)], unusable: [] };
  const [docker, podman] = await Promise.all([tryClient('docker', question), tryClient('podman', question)]);
  if (docker.kind === 'unusable' && podman.kind === 'unusable') {
    const hint = 'start the one that runs the container';
    throw new SlimtraceError('no-engine', { docker: docker.reason, podman: podman.reason, hint });
  }
  return {
    choices: [docker, podman].filter((tried) => tried.kind !== 'unusable'),
    unusable: [
      ...(docker.kind === 'unusable' ? [`docker: ${docker.reason}`] : []),
      ...(podman.kind === 'unusable' ? [`podman: ${podman.reason}`] : []),
    ],
  };
}

async function requireEngine(command: CommandChoice['command'], question: EngineQuestion): Promise<EngineChoice> {
  const tried = await tryClient(command, question);
  if (tried.kind !== 'unusable') return { ...tried, why: `as asked; ${tried.why}` };
  if (tried.isMissing) throw new SlimtraceError('engine-missing', { command });
  throw new SlimtraceError('engine-unreachable', { command }, { cause: new Error(tried.reason) });
}

interface Unusable {
  readonly kind: 'unusable';
  readonly isMissing: boolean;
  readonly reason: string;
}

/** What a client is, and whether it has an engine behind it: Docker's own is none. */
async function tryClient(
  command: CommandChoice['command'],
  question: EngineQuestion,
): Promise<CommandChoice | Unusable> {
  const client = await ask(command, ['--version'], question);
  if (typeof client !== 'string') return client;
  // podman-docker puts a script under Docker's name that runs podman.
  const isPodman = /^podman\b/i.test(client);
  const answer = await ask(command, isPodman ? podmanQuestion : dockerQuestion, question);
  if (typeof answer !== 'string') return answer;
  if (!isPodman) return { kind: 'docker', command, why: describeServer(answer) };
  if (command === 'podman') return { kind: 'podman', command, why: `Podman ${answer} works` };
  const why = `the docker command is Podman ${answer}`;
  // The script adds a line of its own to whatever a container prints.
  const podman = await tryClient('podman', question);
  return podman.kind === 'unusable' ? { kind: 'podman', command, why } : { ...podman, why };
}

const dockerQuestion = ['version', '--format', '{{.Server.Version}}|{{range .Server.Components}}{{.Name}},{{end}}'];
const podmanQuestion = ['info', '--format', '{{.Version.Version}}'];

/** Podman's service speaks Docker's protocol too (podman-system-service(1)). */
function describeServer(answer: string): string {
  const [version = '', components = ''] = answer.split('|');
  return components.includes('Podman') ? `Podman ${version} answers Docker’s client` : `Docker ${version} answers`;
}

/** An answer may need a connection to another machine; nobody wants to wait much longer to learn that there is none. */
const defaultDeadlineMs = 10_000;

async function ask(
  command: CommandChoice['command'],
  args: readonly string[],
  { signal, deadlineMs = defaultDeadlineMs }: EngineQuestion,
): Promise<string | Unusable> {
  const unusable = (reason: string, isMissing = false): Unusable => ({ kind: 'unusable', isMissing, reason });
  const { isMissing, hasTimedOut, exitCode, stdout, stderr } = await runCommand(command, args, {
    signal,
    timeoutMs: deadlineMs,
  });
  if (isMissing) return unusable('not found', true);
  if (hasTimedOut) return unusable(`no answer within ${deadlineMs / 1000} s`);
  const answer = stdout.toString('utf8').trim();
  if (exitCode === 0 && answer !== '') return answer;
  return unusable(lastWords(stderr) ?? `exit code ${exitCode} and no word why`);
}

/** The line that says what is wrong: warnings and log lines come before it. */
function lastWords(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines
    .at(-1)
    ?.trim()
    .replace(/^error: /i, '')
    .slice(0, 400);
}
