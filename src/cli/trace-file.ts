import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { SlimtraceError } from '../errors.js';
import type { Trace } from '../trace/trace.js';
import { renderTrace } from '../trace/trace-json.js';

/** Ten million paths; what unpacks to more was not made by slimtrace. */
const maxTextBytes = 1024 * 1024 * 1024;

/** Reads a trace that slimtrace wrote, compressed or not. Throws `file-unreadable` or `trace-invalid`, naming the file. */
export async function readTraceFile(file: string): Promise<Trace> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
  const { parseTrace } = await import('../schema/trace-schema.js');
  try {
    return parseTrace((await unpack(bytes)).toString('utf8'));
  } catch (error) {
    if (!(error instanceof SlimtraceError)) throw error;
    throw new SlimtraceError(error.code, { ...error.details, file }, { cause: error.cause });
  }
}

/** RFC 1952: what gzip writes begins with these two bytes, and no JSON does. */
async function unpack(bytes: Buffer): Promise<Buffer> {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes;
  return await promisify(gunzip)(bytes, { maxOutputLength: maxTextBytes }).catch((cause: unknown) => {
    throw new SlimtraceError('trace-invalid', { reason: 'it can’t be unpacked' }, { cause });
  });
}

/** A trace as it is to be in a file of this name: compressed when that ends in `.gz`. */
export async function packTrace(trace: Trace, file: string): Promise<string | Uint8Array> {
  const text = renderTrace(trace);
  return file.endsWith('.gz') ? await promisify(gzip)(text) : text;
}
