import type { CheckRun } from './check.js';
import type { Difference } from './difference.js';
import type { Effort } from './noise/effort.js';
import { looksWrong } from './noise/error-line.js';
import { learnField } from './noise/field-pattern.js';

/** What the containers themselves came to, beside the checks. */
export interface ContainerVerdict {
  readonly differences: readonly Difference[];
  readonly setAside: readonly string[];
  readonly remarks: readonly string[];
}

/**
 * Compares what runs say of their containers. A port that isn't listened on is a difference, and so is a line of the log
 * that tells of an error and that no run of the original printed; other new lines, and being slow, are remarks.
 */
export function compareContainers(originals: readonly CheckRun[], slim: CheckRun, effort: Effort): ContainerVerdict {
  // Without a container there is nothing to compare, and the checks say so.
  const names =
    slim.startFailure === undefined && originals.length > 0
      ? [...new Set([...originals, slim].flatMap(({ fields }) => Object.keys(fields)))]
      : [];
  const patterns = names.map((name) => {
    const fields = originals.map((run) => run.fields[name]);
    return { name, pattern: learnField(name, fields, effort) };
  });
  const found = patterns.flatMap(({ name, pattern }) => pattern.differences(slim.fields[name]));
  const isHarmless = ({ field, slim: line }: Difference) => field === 'log' && !looksWrong(line ?? '');
  return {
    differences: found.filter((difference) => !isHarmless(difference)),
    setAside: patterns.flatMap(({ pattern }) => pattern.masks),
    remarks: [...remarksOnLog(found.filter(isHarmless)), ...remarksOnTime(originals, slim)],
  };
}

const mostLines = 5;

function remarksOnLog(lines: readonly Difference[]): string[] {
  const shown = lines
    .slice(0, mostLines)
    .map(({ slim }) => `the slim image’s log has a line that the original’s has not: ${slim}`);
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `the slim image’s log has ${more} more such lines`] : shown;
}

/** So much longer than the slowest run of the original is more than the machine's mood. */
const slowFactor = 3;
const slowMs = 2000;

function remarksOnTime(originals: readonly CheckRun[], { readyMs }: CheckRun): string[] {
  const slowestMs = Math.max(0, ...originals.map((run) => run.readyMs ?? 0));
  if (readyMs === undefined || slowestMs === 0 || readyMs <= slowFactor * slowestMs + slowMs) return [];
  return [`the slim image was ready after ${seconds(readyMs)}, the original after ${seconds(slowestMs)} at most`];
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
