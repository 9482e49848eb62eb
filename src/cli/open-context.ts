import { agentFile } from '../agent/agent-file.js';
import { chooseContainerEngines, chooseEngine, type EngineChoice } from '../engine/detect.js';
import { openDocker } from '../engine/docker.js';
import { openEmbedded } from '../engine/embedded/embedded.js';
import type { Engine } from '../engine/engine.js';
import { openPodman } from '../engine/podman.js';
import { SlimtraceError } from '../errors.js';
import type { Emit } from '../events.js';
import { parseArchiveReference } from '../image/archive/reference.js';
import type { SlimContext } from '../observe-image.js';
import { Resources } from '../system/resources.js';
import { startSession } from '../system/session.js';
import { sweepTempDirs } from '../system/temp-dir.js';
import type { CommandContext } from './command-context.js';
import type { EngineFlags } from './flags.js';
import { isVerbose, openVerbose } from './verbose.js';
import { version } from './version.js';

/** What the stories need: engines, a session that names what is created on them, progress, and Ctrl-C's signal. */
export interface OpenedContext extends Omit<SlimContext, 'engine'>, AsyncDisposable {
  /** The engine for an image: as `--engine` says, else by what the image is and what is there. */
  readonly engineOf: (reference: string) => Promise<Engine>;
  /** The engines whose containers are to be looked at, and why the others can't. Not for the embedded one. */
  readonly containerEngines: () => Promise<{
    readonly engines: readonly Engine[];
    readonly unusable: readonly string[];
  }>;
  /** The one engine for several images. Throws `usage` when they are not on the same. */
  readonly engineForAll: (references: readonly string[]) => Promise<Engine>;
}

/** Leaving the context's scope ends what its engines hold for this run. */
export async function openContext(
  { host, signal }: CommandContext,
  emit: Emit,
  { engine: requested = 'auto', verbose }: EngineFlags,
): Promise<OpenedContext> {
  await sweepTempDirs();
  const session = startSession();
  const opened = new Resources();
  // First of all: how the engines are left is told too.
  if (isVerbose({ verbose }, host.env)) opened.use(asAsync(openVerbose(host)));
  const engines = new Map<EngineChoice['kind'], Engine>();
  const open = (choice: EngineChoice): Engine => {
    if (choice.kind === 'embedded') return openEmbedded({ signal, agentFile, version });
    const options = { session, signal, relayFile: agentFile, command: choice.command };
    return choice.kind === 'podman' ? openPodman(options) : openDocker(options);
  };
  const choices = new Map<boolean, Promise<EngineChoice>>();
  const choose = (isArchive: boolean) => {
    const known = choices.get(isArchive) ?? chooseAndTell(requested, isArchive, emit, signal);
    choices.set(isArchive, known);
    return known;
  };
  const engineOf = async (reference: string) => {
    const isArchive = parseArchiveReference(reference) !== undefined;
    const choice = await choose(isArchive);
    if (isArchive && choice.kind !== 'embedded') throw needsLoading(reference, choice.kind);
    return opens(choice);
  };
  const opens = (choice: EngineChoice) => {
    const engine = engines.get(choice.kind) ?? opened.use(open(choice));
    engines.set(choice.kind, engine);
    return engine;
  };
  const containerEngines = async () => {
    if (requested === 'embedded') throw new Error('the embedded engine has no containers of others');
    const { choices, unusable } = await chooseContainerEngines({ requested, signal });
    // The docker command may be Podman's.
    return { engines: [...new Set(choices.map(opens))], unusable };
  };
  const engineForAll = async (references: readonly string[]) => {
    const [first, ...rest] = await Promise.all(references.map(engineOf));
    if (first === undefined) throw new Error('an engine is for an image');
    if (rest.some((engine) => engine !== first))
      throw new SlimtraceError('usage', {
        problem: `${references.join(' and ')} are not on the same engine`,
        hint: 'give two archives, or two images of one engine',
      });
    return first;
  };
  const release = () => opened[Symbol.asyncDispose]();
  return { session, emit, signal, engineOf, engineForAll, containerEngines, [Symbol.asyncDispose]: release };
}

function asAsync(disposable: Disposable): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => disposable[Symbol.dispose]() };
}

function needsLoading(reference: string, kind: 'docker' | 'podman'): SlimtraceError {
  return new SlimtraceError('usage', {
    problem: `${reference} is an archive, and --engine ${kind} runs what it holds`,
    hint: `load it (\`${kind} load --input FILE\`) and give its name, or leave out --engine: the embedded engine takes archives`,
  });
}

async function chooseAndTell(
  requested: NonNullable<EngineFlags['engine']>,
  isArchive: boolean,
  emit: Emit,
  signal: AbortSignal,
): Promise<EngineChoice> {
  const choice = await chooseEngine({ requested, isArchive, signal });
  emit({ kind: 'note', message: `engine: ${choice.kind} (${choice.why})` });
  return choice;
}
