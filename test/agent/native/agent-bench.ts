import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { parseTraceRecords, type TraceRecords } from './trace-records.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

export const nativeSources = join(repository, 'src/agent/native');
const programSources = join(repository, 'test/agent/programs');

/** The shipped agent for an architecture. */
export function prebuiltAgent(architecture: 'x86_64' | 'aarch64'): string {
  return join(repository, 'src/agent/prebuilt', architecture, 'slimtrace-agent');
}

/** The agent that runs on this machine: the one being worked on, where SLIMTRACE_TEST_AGENT names it. */
export const agent = process.env.SLIMTRACE_TEST_AGENT ?? prebuiltAgent(process.arch === 'arm64' ? 'aarch64' : 'x86_64');

/**
 * Why tests that need these commands can't run here, or undefined. In CI nothing may be missing: there it throws.
 * Root is needed for the filter (CAP_SYS_ADMIN), the rest is checked by name.
 */
export function missingPrerequisite(...commands: string[]): string | undefined {
  const missing = [
    ...(process.platform === 'linux' ? [] : ['Linux']),
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...commands.filter((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0),
  ];
  if (missing.length === 0) return undefined;
  const reason = `needs ${missing.join(', ')}`;
  if (process.env.CI) throw new Error(`these tests must run in CI, but this machine ${reason}`);
  return reason;
}

/** A scratch directory under the real temporary directory (no links in its name), gone with `dispose`. */
export function openScratch(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'slimtrace-agent-'));
  chmodSync(path, 0o711); // programs that drop root must get through
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Compiles test/agent/programs/NAME.c into a directory and gives the program's path. */
export function compileProgram(name: string, directory: string, flags: readonly string[] = []): string {
  const program = join(directory, `${name}${flags.includes('-m32') ? '-i386' : ''}`);
  const source = join(programSources, `${name}.c`);
  execFileSync('gcc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', program, source, ...flags, '-lpthread']);
  return program;
}

/** Flags for a program without libc (calls.c). */
export const freestanding = ['-static', '-nostdlib', '-ffreestanding', '-fno-stack-protector', '-fno-pic', '-no-pie'];

/** How a traced run goes. `isPid1`: in a pid namespace of its own, as in a container. */
export type TraceOptions = {
  readonly directory: string;
  readonly mode?: 'init' | 'exec';
  readonly isPid1?: boolean;
  readonly options?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
};

export type TracedRun = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly records: TraceRecords;
};

/** The command line of a traced run, and where its trace goes. */
function traceCommand(command: readonly string[], options: TraceOptions): { argv: string[]; out: string } {
  const out = join(options.directory, `trace-${Math.random().toString(36).slice(2)}`);
  const namespace = options.isPid1 ? ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] : [];
  const argv = [...namespace, agent, 'trace', '--out', out, '--mode', options.mode ?? 'init'];
  return { argv: [...argv, ...(options.options ?? []), '--', ...command], out };
}

/** Runs a command under the agent to its end and reads the trace. */
export function runTraced(command: readonly string[], options: TraceOptions): TracedRun {
  const { argv, out } = traceCommand(command, options);
  const [file = '', ...rest] = argv;
  const { env, cwd, input } = { env: process.env, cwd: '/', input: '', ...options };
  const ran = spawnSync(file, rest, { env, cwd, input, encoding: 'latin1', maxBuffer: 1 << 28, timeout: 100_000 });
  if (ran.error) throw ran.error;
  return { code: ran.status, signal: ran.signal, stdout: ran.stdout, stderr: ran.stderr, records: readTrace(out) };
}

/** Reads a trace file. */
export function readTrace(path: string): TraceRecords {
  return parseTraceRecords(readFileSync(path));
}

/** Starts a traced command without waiting for its end; a test that fails doesn't leave it behind. */
export function startTraced(command: readonly string[], options: TraceOptions) {
  const { argv, out } = traceCommand(command, options);
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, out };
}

/** Waits until something holds; fails after ten seconds. */
export async function waitUntil(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The agent's own processes whose trace file lies at `out`, as seen from here: pid and name. */
export function recordersOf(out: string): { readonly pid: number; readonly name: string }[] {
  const listed = spawnSync('sh', ['-c', 'for d in /proc/[0-9]*/fd; do ls -l "$d" 2>/dev/null | sed "s|^|$d |"; done']);
  const pids = listed.stdout
    .toString()
    .split('\n')
    .filter((line) => line.endsWith(` -> ${out}`))
    .map((line) => Number(/^\/proc\/(\d+)\//.exec(line)?.[1]));
  return [...new Set(pids)]
    .filter((pid) => existsSync(`/proc/${pid}/comm`))
    .map((pid) => ({ pid, name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }));
}
