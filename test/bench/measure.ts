import { readFileSync } from 'node:fs';
import { execa } from 'execa';

export interface Run {
  readonly seconds: number;
  /** Largest resident set of the process itself, in MB; children not counted. */
  readonly peakMegabytes: number;
}

/** Runs a command to its end, which must be good, and measures it from outside. */
export async function measure(file: string, args: readonly string[]): Promise<Run> {
  const startedMs = performance.now();
  const subprocess = execa(file, args, { stdout: 'ignore', stdin: 'ignore' });
  let peakKilobytes = 0;
  const timer = setInterval(() => {
    peakKilobytes = Math.max(peakKilobytes, readPeakKilobytes(subprocess.pid));
  }, 20);
  try {
    await subprocess;
  } finally {
    clearInterval(timer);
  }
  return { seconds: (performance.now() - startedMs) / 1000, peakMegabytes: peakKilobytes / 1024 };
}

/** VmHWM of proc_pid_status(5); 0 once the process has ended. */
function readPeakKilobytes(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints one bar: what was promised, what was seen. Returns whether it is met. */
export function judge(name: string, seen: number, limit: number, unit: string): boolean {
  const isMet = seen <= limit;
  console.log(
    `${isMet ? 'met   ' : 'MISSED'}  ${name}: ${seen.toFixed(2)} ${unit} (at most ${limit.toFixed(2)} ${unit})`,
  );
  return isMet;
}
