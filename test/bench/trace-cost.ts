// What tracing costs: the same program plain, under the agent and under `strace --seccomp-bpf`, in turn, so that a noisy machine is
// noisy for all three, and below a seccomp filter as in any container. `npx tsx test/bench/trace-cost.ts [ROUNDS]`, as root; exits 1 when a bar is missed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const agent = join(
  repository,
  'src/agent/prebuilt',
  process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  'slimtrace-agent',
);
const program = join(repository, 'test/bench/trace-cost.py');

type Way = 'plain' | 'agent' | 'strace';
const ways: readonly Way[] = ['plain', 'agent', 'strace'];

/** A bar of the issue: what is compared, and when it is met. */
type Bar = { readonly what: string; readonly limit: string; readonly value: string; readonly isMet: boolean };

/** Microseconds (starts: milliseconds), one sample per round. */
type Samples = Map<string, Record<Way, number[]>>;

const scratch = mkdtempSync(join(tmpdir(), 'slimtrace-trace-cost-'));
let runs = 0;

function wrap(way: Way, command: readonly string[]): readonly string[] {
  if (way === 'agent') return [agent, 'trace', '--out', join(scratch, `trace-${runs++}`), '--', ...command];
  if (way === 'strace') return ['strace', '-f', '--seccomp-bpf', '-e', 'trace=%file', '-o', '/dev/null', ...command];
  return command;
}

function run(way: Way, command: readonly string[]): { stdout: string; elapsedMs: number } {
  const [file = '', ...rest] = wrap(way, command);
  const begin = process.hrtime.bigint();
  const ran = spawnSync(file, rest, { encoding: 'utf8', cwd: scratch });
  const elapsedMs = Number(process.hrtime.bigint() - begin) / 1e6;
  if (ran.status !== 0) throw new Error(`${file} ${rest.join(' ')} ended with ${ran.status}: ${ran.stderr}`);
  return { stdout: ran.stdout, elapsedMs };
}

function addSample(samples: Samples, name: string, way: Way, value: number): void {
  const sample = samples.get(name) ?? { plain: [], agent: [], strace: [] };
  sample[way].push(value);
  samples.set(name, sample);
}

/** The starts the bar names, where the machine has the runtime. */
function startCommands(): { name: string; command: string[] }[] {
  writeFileSync(join(scratch, 'Hello.java'), 'class Hello { public static void main(String[] a) {} }');
  const candidates = [
    { name: 'start of python', command: ['/usr/bin/python3', '-c', 'import json, http.client'] },
    { name: 'start of node', command: ['node', '-e', 'require("http")'] },
    { name: 'start of java', command: ['java', '-cp', scratch, 'Hello'] },
  ];
  if (spawnSync('javac', ['-d', scratch, join(scratch, 'Hello.java')]).status !== 0) candidates.pop();
  return candidates.filter(({ command }) => spawnSync(command[0] ?? '', ['--version']).error === undefined);
}

function measure(rounds: number): Samples {
  const samples: Samples = new Map();
  const starts = startCommands();
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      const { stdout } = run(way, ['/usr/bin/python3', program, way === 'strace' ? '0.2' : '1']);
      for (const [name, value] of Object.entries(JSON.parse(stdout) as Record<string, number>))
        addSample(samples, name, way, value);
    }
    for (const { name, command } of starts)
      for (let repeat = 0; repeat < 3; repeat++)
        for (const way of ways) addSample(samples, name, way, run(way, command).elapsedMs);
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return samples;
}

function judge(name: string, cost: Record<Way, number>): Bar[] {
  const [added, addedByStrace] = [cost.agent - cost.plain, cost.strace - cost.plain];
  const percent = (cost.agent / cost.plain - 1) * 100;
  const relative = (limit: number): Bar[] => [
    { what: name, limit: `within ${limit} % of plain`, value: `${percent.toFixed(1)} %`, isMet: percent <= limit },
  ];
  if (name === 'getppid' || name.startsWith('write')) return relative(5);
  if (name.startsWith('spawn') || name.startsWith('start of')) return relative(15);
  return [
    { what: name, limit: 'adds at most 5 µs', value: `${added.toFixed(1)} µs`, isMet: added <= 5 },
    {
      what: name,
      limit: "at most a fifth of strace's addition",
      value: `${((added / addedByStrace) * 100).toFixed(0)} %`,
      isMet: added <= addedByStrace / 5,
    },
  ];
}

function print(samples: Samples): boolean {
  const medians = [...samples].map(([name, sample]) => {
    return { name, plain: median(sample.plain), agent: median(sample.agent), strace: median(sample.strace) };
  });
  console.log(
    'medians: µs per call, ms per start\n\n| | plain | agent | strace --seccomp-bpf |\n| --- | --- | --- | --- |',
  );
  for (const { name, plain, agent, strace } of medians)
    console.log(`| ${name} | ${plain.toFixed(2)} | ${agent.toFixed(2)} | ${strace.toFixed(2)} |`);
  const bars = medians.flatMap(({ name, ...cost }) => judge(name, cost));
  console.log('\n| bar | limit | measured | |\n| --- | --- | --- | --- |');
  for (const { what, limit, value, isMet } of bars)
    console.log(`| ${what} | ${limit} | ${value} | ${isMet ? 'met' : 'MISSED'} |`);
  return bars.every(({ isMet }) => isMet);
}

/** Runs this very program again as a container runs one; gives its exit code, or undefined when it runs so already. */
function runAsInContainer(): number | undefined {
  if (!/^Seccomp:\t0$/m.test(readFileSync('/proc/self/status', 'utf8'))) return undefined;
  const launcher = join(repository, 'test/bench/as-in-a-container.py');
  const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return spawnSync('/usr/bin/python3', [launcher, ...self], { stdio: 'inherit' }).status ?? 1;
}

try {
  const exitCode = runAsInContainer() ?? (print(measure(Number(process.argv[2] ?? 5))) ? 0 : 1);
  process.exitCode = exitCode;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
