import { type ChildProcess, execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { agent, openScratch, waitUntil } from './agent-bench.ts';

/** Who starts the container, and with which ids (`--userns`). */
export type Mode = {
  readonly name: string;
  readonly userns: string;
  readonly isRoot: boolean;
  readonly hasUsers: boolean;
};

const nobody = 65534;
// Of this process alone: others may run the same tests.
const firstSubordinate = 1_000_000 + (process.pid % 30_000) * 65_536;

/** All the ways to get a container; `hasUsers`: others than root exist in it. */
export const modes: readonly Mode[] = [
  { name: 'root, all ids', userns: 'all', isRoot: true, hasUsers: true },
  { name: 'root, no user namespace', userns: 'none', isRoot: true, hasUsers: true },
  { name: 'unprivileged, its own id', userns: 'self', isRoot: false, hasUsers: false },
  {
    name: 'unprivileged, subordinate ids',
    userns: `sub:${firstSubordinate}:65536:${firstSubordinate}:65536`,
    isRoot: false,
    hasUsers: true,
  },
];

/** A directory for the trees of a test file, and subordinate ids for `nobody` as long as its tests run. */
export function openGround(): string {
  const scratch = openScratch();
  const line = `nobody:${firstSubordinate}:65536\n`;
  const files = ['/etc/subuid', '/etc/subgid'];
  beforeAll(() => {
    for (const file of files) appendFileSync(file, line);
  });
  afterAll(() => {
    for (const file of files) writeFileSync(file, readFileSync(file, 'utf8').replace(line, ''));
    scratch[Symbol.dispose]();
  });
  return scratch.path;
}

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1001:1002:An app:/srv/app:/bin/sh\n';
const group = 'root:x:0:\napp:x:1002:\nextra:x:3000:nobody,app\n';

/** Debian's static busybox with a shell and accounts: `root` or `nobody` owns it, as the mode needs it. */
export function makeTree(directory: string, mode: Mode): string {
  for (const name of ['bin', 'etc', 'tmp', 'srv/app']) mkdirSync(join(directory, name), { recursive: true });
  chmodSync(directory, 0o755); // as an image's root
  copyFileSync('/bin/busybox', join(directory, 'bin/busybox'));
  for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(directory, 'bin', applet));
  }
  writeFileSync(join(directory, 'etc/passwd'), passwd);
  writeFileSync(join(directory, 'etc/group'), group);
  giveTo(directory, mode);
  return directory;
}

/** Makes the mode's user the owner of a tree. */
export function giveTo(path: string, mode: Mode): void {
  if (!mode.isRoot) execFileSync('chown', ['-R', '-h', `${nobody}:${nobody}`, path]);
}

/** A command line, run as the mode's user. */
export function asUser(mode: Mode, command: readonly string[]): string[] {
  if (mode.isRoot) return [...command];
  return ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--inh-caps=-all', ...command];
}

export type ContainerOptions = {
  readonly mode: Mode;
  /** The tree; without it the options tell of an overlay. */
  readonly root?: string;
  readonly options?: readonly string[];
  readonly command: readonly string[];
  /** The agent's own command line goes after this one, and it is found there. */
  readonly wrapper?: readonly string[];
  readonly agentPath?: string;
};

/** Everything a container said; `status` are the lines of the protocol, the process id left out. */
export type Ended = { readonly status: string[]; readonly stdout: string; readonly stderr: string };

export type Started = {
  readonly keeper: ChildProcess;
  /** Resolves to the host's pid of the first process, or undefined where it could not be started. */
  readonly pid: Promise<number | undefined>;
  readonly ended: Promise<Ended>;
  /** What came on standard output so far. */
  readonly output: () => string;
  readonly signal: (number: number) => void;
  readonly close: () => void;
};

function collect(stream: Readable): { readonly text: () => string; readonly done: Promise<string> } {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { text: () => text, done: new Promise((resolve) => stream.once('close', () => resolve(text))) };
}

/** Starts a container; a test that fails doesn't leave it behind. */
export function startContainer({ mode, root, options = [], command, ...how }: ContainerOptions): Started {
  const { wrapper, agentPath } = { wrapper: [], agentPath: agent, ...how };
  const tree = root === undefined ? [] : ['--root', root];
  const own = [
    agentPath,
    'contain',
    '--userns',
    mode.userns,
    ...tree,
    '--env',
    'PATH=/bin',
    ...options,
    '--',
    ...command,
  ];
  const [file = '', ...rest] = [...wrapper, ...asUser(mode, own)];
  const keeper = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], cwd: '/' });
  onTestFinished(() => void keeper.kill('SIGKILL'));
  const [input, output, errors, lines] = keeper.stdio as unknown as [Writable, Readable, Readable, Readable];
  input.on('error', () => undefined); // it may have ended
  const out = collect(output);
  const error = collect(errors);
  const status = collect(lines);
  const pid = new Promise<number | undefined>((resolve) => {
    lines.on('data', () => {
      if (status.text().includes('\n')) resolve(Number(/^started (\d+)$/m.exec(status.text())?.[1]) || undefined);
    });
    lines.once('close', () => resolve(undefined));
  });
  const ended = Promise.all([status.done, out.done, error.done]).then(([told, stdout, stderr]) => ({
    status: told
      .replace(/^started \d+$/m, 'started')
      .trimEnd()
      .split('\n'),
    stdout,
    stderr,
  }));
  return {
    keeper,
    pid,
    ended,
    output: out.text,
    signal: (number) => void input.write(`signal ${number}\n`),
    close: () => void input.end(),
  };
}

/** Runs a container to its end. */
export function contain(options: ContainerOptions): Promise<Ended> {
  return startContainer(options).ended;
}

/** Runs a shell script in a container and gives its output; fails where there was an error. */
export async function script(text: string, options: Omit<ContainerOptions, 'command'>): Promise<string> {
  const { status, stdout, stderr } = await contain({ ...options, command: ['sh', '-c', text] });
  const [, last = status[0]] = status;
  if (last !== 'exit 0' || stderr !== '') throw new Error(`${status.join(', ')}: ${stderr}${stdout}`);
  return stdout;
}

/** Runs a command in a started container. */
export async function enter(
  container: Started,
  mode: Mode,
  args: readonly string[],
  input = '',
): Promise<SpawnSyncReturns<string>> {
  const command = asUser(mode, enterCommand(await container.pid, container, args));
  return spawnSync(command[0] ?? '', command.slice(1), {
    encoding: 'utf8',
    input,
    cwd: '/',
    timeout: 60_000,
    maxBuffer: 1 << 26,
  });
}

/** The command line that enters a container. */
export function enterCommand(pid: number | undefined, container: Started, args: readonly string[]): string[] {
  return [
    agent,
    'enter',
    '--pid',
    String(pid),
    '--keeper',
    String(container.keeper.pid),
    '--env',
    'PATH=/bin',
    ...args,
  ];
}

/** The host's pids of all processes in the PID namespace of one. */
export function processesOf(pid: number): number[] {
  const namespaceOf = (process: string | number) => {
    try {
      return readlinkSync(`/proc/${process}/ns/pid`);
    } catch {
      return undefined; // ended meanwhile
    }
  };
  const namespace = namespaceOf(pid);
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.filter((process) => namespace && namespaceOf(process) === namespace).map(Number);
}

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until none of them runs any more; what still does after ten seconds is killed, and the test has failed. */
export async function waitUntilGone(pids: readonly number[]): Promise<void> {
  try {
    await waitUntil('the processes have ended', () => !pids.some(isRunning));
  } finally {
    for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
  }
}
