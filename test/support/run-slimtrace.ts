import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect } from 'vitest';

const executable = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));

/** What came of one run of the command. */
export interface Outcome {
  /** As a shell would report it: 128 + n for a signal that ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What it reads on its standard input; nothing by default. */
  readonly input?: string;
  /** Instead of the sandbox's own. */
  readonly temporaryDirectory?: string;
  /** The engine is away or is to be swept later: only temporary files are looked for at the end. */
  readonly leavesEngineAlone?: boolean;
  /** In a process group of its own, for signals to all of it as a terminal sends them. */
  readonly ownGroup?: boolean;
  /** Whoever runs it, instead of this process's user. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /**
   * The machine's name for it (uts_namespaces(7); as root, who alone may): what it leaves is swept by runs of that name only, not by
   * those that other tests start meanwhile.
   */
  readonly hostname?: string;
  /** Containers may be left (`kill -9`): nothing is looked for at the end. */
  readonly mayLeave?: boolean;
}

/** Settings for runs in a directory with nothing on PATH but Node.js, in its `bin`: no docker, no podman, no tar. */
export async function withoutEngine(directory: string): Promise<RunSettings> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  return { leavesEngineAlone: true, cwd: directory, env: { PATH: bin } };
}

/** A run that is under way. */
export interface Running {
  readonly pid: number;
  /** All it has written to stderr so far. */
  readonly stderr: () => string;
  /** Resolves once stderr has a line that matches; rejects when the command ends before. */
  waitFor(pattern: RegExp): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** As when the terminal is gone: nobody reads stderr any more. */
  closeStderr(): void;
  /** To all of its process group; for a run that has its own. */
  signalGroup(name: NodeJS.Signals): void;
  /** How it ended; also makes sure that nothing is left of it. */
  readonly ended: Promise<Outcome>;
}

/** The command with a state and a temporary directory of its own, for one test file. */
export interface Slimtrace extends AsyncDisposable {
  readonly temporaryDirectory: string;
  readonly stateDirectory: string;
  /** Runs `slimtrace ARGS` to its end and makes sure that nothing is left of it: on the engine, in the file system, as a process. */
  run(args: readonly string[], settings?: RunSettings): Promise<Outcome>;
  start(args: readonly string[], settings?: RunSettings): Running;
}

/** Opens a sandbox around the real command, `node bin/slimtrace.js`. */
export async function openSlimtrace(): Promise<Slimtrace> {
  // Not `slimtrace-…`: the command sweeps that prefix.
  const directory = await mkdtemp(join(tmpdir(), 'e2e-'));
  const temporaryDirectory = join(directory, 'tmp');
  const stateDirectory = join(directory, 'state');
  const cache = join(directory, 'cache');
  await mkdir(temporaryDirectory);
  const start = (args: readonly string[], settings: RunSettings = {}): Running => {
    const temporary = settings.temporaryDirectory ?? temporaryDirectory;
    const env = {
      ...plainEnvironment(),
      XDG_STATE_HOME: stateDirectory,
      XDG_CACHE_HOME: cache,
      TMPDIR: temporary,
      ...settings.env,
    };
    // As the `#!` line has it.
    const command = [...onMachine(settings.hostname), process.execPath, '--', executable, ...args];
    const child = spawn(command[0] ?? '', command.slice(1), {
      env: env as NodeJS.ProcessEnv,
      stdio: [settings.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: settings.ownGroup === true,
      ...(settings.cwd === undefined ? {} : { cwd: settings.cwd }),
      ...settings.user,
    });
    child.stdin?.end(settings.input);
    const volumesBefore = settings.leavesEngineAlone || settings.mayLeave ? undefined : danglingVolumes(settings.env);
    return follow(child, async (pid) => {
      if (settings.mayLeave) return;
      expect(await readdir(temporary), 'temporary files left').toEqual([]);
      expect(await processesOf(temporary), 'processes left').toEqual([]);
      if (volumesBefore === undefined) return;
      expect(await leftOnEngine(pid, settings.env), 'left on the engine').toEqual([]);
      expect(await newVolumes(await volumesBefore, settings.env), 'volumes left').toEqual([]);
    });
  };
  return {
    temporaryDirectory,
    stateDirectory,
    start,
    run: (args, settings) => start(args, settings).ended,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Each execs the next: the process ID is slimtrace's own. */
function onMachine(hostname: string | undefined): string[] {
  if (hostname === undefined || process.getuid?.() !== 0) return [];
  return ['unshare', '--uts', '--', 'sh', '-c', 'hostname "$0" && exec "$@"', hostname];
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NO_COLOR: _no, SOURCE_DATE_EPOCH: _epoch, ...env } = process.env;
  return env;
}

function follow(child: ChildProcess, expectNothingLeft: (pid: number) => Promise<void>): Running {
  const { pid = 0, stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('slimtrace was started without pipes');
  const printed = { stdout: '', stderr: '' };
  stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
  });
  stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const finish = async (): Promise<Outcome> => {
    const [code, signal] = await closed;
    await expectNothingLeft(pid).catch((error: Error) => {
      throw new Error(`${error.message}\nstderr was:\n${printed.stderr}`, { cause: error });
    });
    return { exitCode: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], ...printed };
  };
  const ended = finish();
  // A test that fails before it awaits the end must not fail the whole run with an unhandled rejection.
  ended.catch(() => {});
  return {
    pid,
    ended,
    stderr: () => printed.stderr,
    signal: (name) => void child.kill(name),
    closeStderr: () => void stderr.destroy(),
    signalGroup(name) {
      try {
        process.kill(-pid, name);
      } catch (error) {
        // It was quicker than the signal.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
    async waitFor(pattern) {
      while (!pattern.test(printed.stderr)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`slimtrace ended before ${pattern} appeared:\n${printed.stderr}`);
        await sleep(10);
      }
    },
  };
}

/** Waits for what can only be seen from outside of a run; rejects when it ends before. */
export async function until(run: Running, isTrue: () => Promise<boolean>): Promise<void> {
  let hasEnded = false;
  void run.ended
    .finally(() => {
      hasEnded = true;
    })
    .catch(() => {});
  while (!(await isTrue())) {
    if (hasEnded) throw new Error(`slimtrace ended before the moment came:\n${run.stderr()}`);
    await sleep(20);
  }
}

/** Containers and pending images of a run, by its process ID. */
export async function leftOnEngine(pid: number, env: RunSettings['env'] = {}): Promise<string[]> {
  const label = `label=io.slimtrace.session.pid=${pid}`;
  const containers = await list(['ps', '--all', '--filter', label, '--format', 'container {{.ID}} {{.Command}}'], env);
  const format = 'image {{.Repository}}:{{.Tag}}';
  const images = await list(['image', 'ls', '--filter', 'reference=slimtrace-pending/*', '--format', format], env);
  return [...containers, ...images.filter((line) => line.includes(`.${pid}.`))];
}

/** Volumes no container uses. Anonymous ones carry no label that would say whose they were. */
async function danglingVolumes(env: RunSettings['env'] = {}): Promise<ReadonlySet<string>> {
  return new Set(await list(['volume', 'ls', '--quiet', '--filter', 'dangling=true'], env));
}

/** What has come since and stays; a volume of somebody else's that is just going away gets a moment to do so. */
async function newVolumes(before: ReadonlySet<string>, env: RunSettings['env']): Promise<string[]> {
  let left: string[] | undefined;
  for (let attempt = 0; left?.length !== 0 && attempt < 10; attempt++) {
    if (left !== undefined) await sleep(300);
    const there = await danglingVolumes(env);
    // The same ones each time: runs of other tests come and go meanwhile.
    left = (left ?? [...there]).filter((volume) => there.has(volume) && !before.has(volume));
  }
  return left ?? [];
}

async function list(args: readonly string[], env: RunSettings['env'] = {}): Promise<string[]> {
  const host = env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: env.DOCKER_HOST };
  const { stdout } = await execa('docker', [...args], { env: host });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Processes that were started with this temporary directory, by the environment they were given (proc(5)). */
async function processesOf(temporaryDirectory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environ = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (!environ.split('\0').includes(`TMPDIR=${temporaryDirectory}`)) continue;
    found.push(`${name} ${(await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')}`);
  }
  return found;
}

/** The report that `--json` printed. */
export function parseReport(outcome: Outcome): SlimReportJson {
  return JSON.parse(outcome.stdout) as SlimReportJson;
}

/** What the tests read of `slimtrace slim --json`. */
export interface SlimReportJson {
  readonly passed: boolean;
  readonly original: { readonly id: string; readonly sizeBytes: number };
  readonly slim: { readonly reference: string; readonly id: string; readonly sizeBytes: number };
  readonly checks: readonly {
    readonly check: string;
    readonly result: string;
    readonly problem: string | null;
    readonly differences: readonly { readonly field: string; readonly original?: string; readonly slim?: string }[];
    readonly setAside: readonly string[];
  }[];
  readonly hardened: { readonly runs: boolean; readonly because: readonly string[] } | null;
  readonly packageRecords: { readonly form: string; readonly packages: number; readonly remarks: readonly string[] };
  readonly posture: {
    readonly secrets: readonly { readonly place: string; readonly what: string }[];
    readonly worldWritable: { readonly original: number; readonly slim: readonly string[] };
  };
  readonly notes: readonly string[];
}
