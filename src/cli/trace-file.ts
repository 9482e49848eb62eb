import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';
import type { Trace } from '../trace/trace.js';
import { parseTrace } from '../trace/trace-json.js';

/** Reads a trace that `slimtrace trace` wrote. Throws `file-unreadable` or `trace-invalid`. */
export async function readTraceFile(file: string): Promise<Trace> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
  return parseTrace(text);
}
