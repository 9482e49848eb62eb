import { close, constants, fstat, open, read, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { isatty, ReadStream as Terminal } from 'node:tty';
import { promisify } from 'node:util';
import { SlimtraceError } from '../errors.js';

const MiB = 1024 * 1024;

/** What slimtrace itself writes and reads again, traces and reports: well below what a text can hold in V8, 512 MiB. */
export const maxDataBytes = 128 * MiB;

/** Lists, packs, certificates, Dockerfiles: what people write is far smaller. */
const maxUsualBytes = 16 * MiB;

const chunkBytes = MiB;

export interface GivenFileOptions {
  /** More is an error: 16 MiB when nobody says. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly hintWhenAbsent?: string;
}

/**
 * Reads a whole file that the user named: a regular one, a pipe (`<(…)`, /dev/stdin) or a device. Throws `file-unreadable`,
 * also for more than `maxBytes` (nothing is read of a file that is larger), and the signal's reason.
 */
export async function readGivenFile(file: string, options: GivenFileOptions = {}): Promise<Buffer> {
  const { maxBytes = maxUsualBytes, signal, hintWhenAbsent } = options;
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of readChunks(file, signal, maxBytes)) {
      size += chunk.length;
      if (size > maxBytes) throw new TooLargeError(maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } catch (cause) {
    signal?.throwIfAborted();
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const hint = cause instanceof TooLargeError ? 'check that it is the file you mean' : isAbsent && hintWhenAbsent;
    throw new SlimtraceError('file-unreadable', { file, ...(hint ? { hint } : {}) }, { cause });
  }
}

/** {@link readGivenFile} of UTF-8 text. */
export async function readGivenText(file: string, options?: GivenFileOptions): Promise<string> {
  return (await readGivenFile(file, options)).toString('utf8');
}

class TooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`it is larger than ${maxBytes / MiB} MiB`);
  }
}

/**
 * What a file holds, piece by piece; ends with an error when the signal is aborted, also while a pipe has nothing to read.
 * With `maxBytes`, a regular file that is larger isn't begun.
 */
export async function* readChunks(
  file: string,
  signal: AbortSignal | undefined,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, void, undefined> {
  signal?.throwIfAborted();
  // A pipe without a writer is waited for below, where it can be given up; an open that waits can't be.
  const fd = await promisify(open)(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  const stream = await asStream(fd).catch(async (error: unknown) => {
    await promisify(close)(fd);
    throw error;
  });
  if (stream instanceof Socket) {
    yield* signal === undefined ? stream : addAbortSignal(signal, stream);
    return;
  }
  try {
    if (stream.isFile() && stream.size > maxBytes) throw new TooLargeError(maxBytes);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await promisify(read)(fd, Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await promisify(close)(fd);
  }
}

/** A stream, which closes `fd` itself, for what may let its reader wait; the facts of anything else. */
async function asStream(fd: number): Promise<(Socket & Readable) | Stats> {
  const stats = await promisify(fstat)(fd);
  if (stats.isFIFO()) return new Socket({ fd, readable: true, writable: false });
  return isatty(fd) ? new Terminal(fd) : stats;
}
