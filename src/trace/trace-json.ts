import { SlimtraceError } from '../errors.js';
import { accessKinds, type Trace, type TracedPath, type TracedRun } from './trace.js';

/** A trace as JSON, one path a line, so that two traces can be compared with ordinary tools. */
export function renderTrace(trace: Trace): string {
  const { paths, ...head } = trace;
  const lines = paths.map((path) => `    ${JSON.stringify(path)}`).join(',\n');
  return `${JSON.stringify(head, undefined, 2).replace(/\n}$/, '')},\n  "paths": [\n${lines}\n  ]\n}\n`;
}

/** Parses {@link renderTrace}'s JSON, trusting nothing. Throws `trace-invalid`. */
export function parseTrace(text: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SlimtraceError('trace-invalid', { reason: 'it is not JSON' }, { cause });
  }
  if (!isObject(value) || value.schemaVersion !== 1) throw invalid('its schemaVersion is not 1');
  if (typeof value.imageId !== 'string') throw invalid('it names no image');
  if (!Array.isArray(value.runs) || !value.runs.every(isRun)) throw invalid('"runs" is not a list of runs');
  if (!Array.isArray(value.paths) || !value.paths.every(isTracedPath))
    throw invalid('"paths" is not a list of traced paths');
  const { syscalls } = value;
  if (syscalls !== undefined && !(isStrings(syscalls) && syscalls.every((name) => syscallPattern.test(name))))
    throw invalid('"syscalls" is not a list of system calls');
  const { imageId, runs, paths } = value;
  return { schemaVersion: 1, imageId, runs, paths, ...(syscalls === undefined ? {} : { syscalls }) };
}

/** Names as in the kernel's tables, and numbers without one. */
const syscallPattern = /^(?:[a-z0-9_]{1,40}|[a-z0-9_]{1,10}:\d{1,4})$/;

const knownAccesses: ReadonlySet<unknown> = new Set(accessKinds);

function isRun(value: unknown): value is TracedRun {
  return (
    isObject(value) &&
    isStrings(value.command) &&
    (value.mode === 'init' || value.mode === 'exec') &&
    typeof value.end === 'string'
  );
}

function isTracedPath(value: unknown): value is TracedPath {
  return (
    isObject(value) &&
    typeof value.path === 'string' &&
    value.path.startsWith('/') &&
    isStrings(value.programs) &&
    isStrings(value.accesses) &&
    value.accesses.every((access) => knownAccesses.has(access)) &&
    (value.reachedThrough === undefined || typeof value.reachedThrough === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('trace-invalid', { reason });
}
