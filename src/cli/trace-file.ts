import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { formatAmount } from '../amount.js';
import type { CollectionFacts } from '../collect-trace.js';
import { SlimtraceError } from '../errors.js';
import type { Emit } from '../events.js';
import { maxDataBytes, readGivenFile } from '../system/given-file.js';
import { openOutputFile, writeWhole } from '../system/output-file.js';
import type { Trace } from '../trace/trace.js';
import { renderTrace } from '../trace/trace-json.js';
import { parseSourceDateEpoch } from './parse-flags.js';
import type { Host } from './terminal.js';
import { version } from './version.js';

/**
 * Reads a trace that slimtrace wrote, compressed or not: 128 MiB, or what unpacks to as much, which are more than a million
 * paths. Throws `file-unreadable` or `trace-invalid`, naming the file.
 */
export async function readTraceFile(file: string, signal: AbortSignal): Promise<Trace> {
  const bytes = await readGivenFile(file, { maxBytes: maxDataBytes, signal });
  const { parseTrace } = await import('../schema/trace-schema.js');
  try {
    const text = (await unpack(bytes)).toString('utf8');
    signal.throwIfAborted();
    return parseTrace(text);
  } catch (error) {
    if (!(error instanceof SlimtraceError)) throw error;
    throw new SlimtraceError(error.code, { ...error.details, file }, { cause: error.cause });
  }
}

/** RFC 1952: what gzip writes begins with these two bytes, and no JSON does. */
async function unpack(bytes: Buffer): Promise<Buffer> {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes;
  return await promisify(gunzip)(bytes, { maxOutputLength: maxDataBytes }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ERR_BUFFER_TOO_LARGE')
      throw new SlimtraceError('trace-invalid', { reason: 'it can’t be unpacked' }, { cause });
    throw new SlimtraceError('trace-invalid', { reason: `it unpacks to more than ${maxDataBytes / 1024 / 1024} MiB` });
  });
}

/** Where a trace goes. */
export interface TraceOutput extends AsyncDisposable {
  write(trace: Trace): Promise<void>;
}

/**
 * A file that can be written, as is made sure of before the work; compressed when its name ends in `.gz`. Without one, the
 * trace goes to standard output. Throws `output-unwritable`.
 */
export async function openTraceOutput(
  file: string | undefined,
  { stdout }: Pick<Host, 'stdout'>,
  emit: Emit,
): Promise<TraceOutput> {
  if (file === undefined)
    return {
      write: async (trace) => void stdout.write(renderTrace(trace)),
      [Symbol.asyncDispose]: async () => {},
    };
  const output = await openOutputFile(file);
  return {
    async write(trace) {
      const text = renderTrace(trace);
      const bytes = file.endsWith('.gz') ? await promisify(gzip)(text) : text;
      await writeWhole(output, bytes);
      emit({ kind: 'note', message: `wrote ${formatAmount(trace.paths.length, 'path')} to ${file}` });
    },
    [Symbol.asyncDispose]: () => output[Symbol.asyncDispose](),
  };
}

/** What a trace file says of this use of slimtrace; SOURCE_DATE_EPOCH, where it is set, is when it was. Throws `usage`. */
export function collectionFacts(name: string | undefined, env: Host['env']): CollectionFacts {
  const epoch = parseSourceDateEpoch(env.SOURCE_DATE_EPOCH);
  const startedAt = (epoch === undefined ? new Date() : new Date(epoch * 1000)).toISOString();
  return { ...(name === undefined ? {} : { name }), startedAt, slimtrace: version };
}
