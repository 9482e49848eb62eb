import { join } from 'node:path';
import { openBusybox } from './build/debug/open-busybox.js';
import { writeToolsImage } from './build/debug/tools-image.js';
import type { Engine, FoundContainer } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import { inTempDir, openTempDir } from './system/temp-dir.js';

export interface DebugOptions {
  /** Instead of a shell, when not empty. */
  readonly command: readonly string[];
  readonly env: readonly string[];
  /** Undefined for root. */
  readonly user: string | undefined;
  /** Undefined for this machine's busybox, or Debian's. */
  readonly busyboxFile: string | undefined;
  /** Our standard streams are a terminal. */
  readonly onTerminal: boolean;
}

/** Where a shell is opened, told before it is. */
export interface DebugPlace {
  readonly container: string;
  readonly engine: Engine['kind'];
  /** Where the application's files are, as seen by the shell; undefined when that can't be told. */
  readonly root: string | undefined;
  /** Version of the busybox. */
  readonly busybox: string;
}

interface DebugContext {
  /** To look for the container on, in this order; at least one. */
  readonly engines: readonly Engine[];
  /** Why others weren't looked at: clauses. */
  readonly unusable: readonly string[];
  readonly signal: AbortSignal;
  readonly onPlace: (place: DebugPlace) => void;
}

/**
 * Opens a shell, or runs a command, in a container of its own that shares the processes and the network of a running one,
 * and returns its exit code. The container is gone then, whatever happens. Throws `container-not-found` and
 * `container-not-running`.
 */
export async function debugContainer(name: string, options: DebugOptions, context: DebugContext): Promise<number> {
  const { signal } = context;
  const { engine, found } = await findRunning(name, context);
  const [{ architecture }] = await Promise.all([engine.probe(), engine.sweep()]);
  const busybox = await openBusybox({ file: options.busyboxFile, architecture, signal });
  const image = await ensureToolsImage(engine, busybox, architecture);
  const root = found.firstProcess === undefined ? undefined : `/proc/${found.firstProcess}/root`;
  const { env, user, command, onTerminal } = options;
  await using container = await engine.createContainer({
    image,
    // The prompt that is set otherwise asks the kernel for the directory.
    env: [`PS1=${found.name}:$PWD # `, ...env],
    envFiles: [],
    volumes: [],
    network: undefined,
    user: user ?? '0:0',
    workdir: undefined,
    entrypoint: undefined,
    command: ['sh', '-c', enterAndRun, 'slimtrace-debug', root ?? '', ...(command.length > 0 ? command : ['sh'])],
    namespaces: found.namespaces,
    securityOptions: found.securityOptions,
    // To look at processes of other users, by which a container's files are reached (ptrace(2), PTRACE_MODE_READ).
    addedCapabilities: ['SYS_PTRACE'],
    attached: onTerminal ? 'terminal' : 'input',
    keepLogs: false,
  });
  if (container.attach === undefined) throw new Error(`${engine.kind} can't attach to a container`);
  context.onPlace({ container: found.name, engine: engine.kind, root, busybox: busybox.version });
  return await container.attach(signal);
}

/**
 * A runtime refuses a working directory outside the container's own files, so the shell goes there by itself. `$PWD` is
 * what lets programs do without asking the kernel, which has no path for it.
 */
const enterAndRun = `root=$1; shift
[ -z "$root" ] || cd "$root" || echo "slimtrace: the application’s files can’t be entered: another user’s need root, and AppArmor, SELinux or a user namespace may forbid it" >&2
exec "$@"`;

async function findRunning(
  name: string,
  { engines, unusable }: DebugContext,
): Promise<{ readonly engine: Engine; readonly found: FoundContainer }> {
  const all: { readonly engine: Engine; readonly found: FoundContainer }[] = [];
  for (const engine of engines) {
    const found = await engine.findContainer?.(name);
    if (found !== undefined) all.push({ engine, found });
  }
  const running = all.find(({ found }) => found.isRunning);
  if (running !== undefined) return running;
  const [stopped] = all;
  if (stopped !== undefined) {
    const { found, engine } = stopped;
    throw new SlimtraceError('container-not-running', { container: name, status: found.status, engine: engine.kind });
  }
  const looked = [...engines.map(({ kind }) => `${kind}: none of that name`), ...unusable].join('; ');
  throw new SlimtraceError('container-not-found', { container: name, looked });
}

/** The image with the tools, on the engine. Its name says what is in it, so that one that is there need not be loaded. */
async function ensureToolsImage(
  engine: Engine,
  busybox: Parameters<typeof writeToolsImage>[2],
  architecture: string,
): Promise<string> {
  await using work = await openTempDir();
  const path = join(work.path, 'tools.tar');
  const write = (as: string) =>
    inTempDir(work, () => writeToolsImage({ transport: 'file', path }, as, busybox, architecture));
  const { id } = await write(`${repository}:none`);
  const name = `${repository}:${id.replace('sha256:', '').slice(0, 12)}`;
  const isThere = await engine.inspectImage(name).then(
    () => true,
    (error: unknown) => {
      if (error instanceof SlimtraceError && error.code === 'image-not-found') return false;
      throw error;
    },
  );
  if (isThere) return name;
  await write(name);
  await engine.loadImage(path, name);
  return name;
}

const repository = 'slimtrace-debug';
