import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SlimtraceError } from '../../errors.js';
import { openArchiveFile } from './archive-files.js';
import { compressionOf, decompressor } from './decompress.js';
import { readRange } from './file-range.js';

export interface InflateArchiveOptions {
  readonly signal: AbortSignal;
  readonly temporaryDirectory: string;
  /** An archive that inflates to more is refused; by default to more than 256 GiB, or than is free. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 256 * 1024 ** 3;

/**
 * The uncompressed tar of an archive: the file itself, or a file in the temporary directory when the archive is
 * compressed as a whole (`docker save | gzip`). Throws `archive-invalid` for damage and for too much, `no-space`.
 */
export async function inflateArchive(file: string, options: InflateArchiveOptions): Promise<string> {
  const { signal, temporaryDirectory } = options;
  const handle = await openArchiveFile(file);
  const inflated = join(temporaryDirectory, `archive-${randomUUID()}.tar`);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(6), 0, 6, 0);
    const compression = compressionOf(buffer.subarray(0, bytesRead));
    if (compression === 'none') return file;
    if (typeof compression === 'object') {
      const { unsupported } = compression;
      throw new SlimtraceError('archive-unsupported', {
        what: `${unsupported} compression`,
        hint: 'decompress it first',
      });
    }
    const { size } = await handle.stat();
    const { bavail, bsize } = await statfs(temporaryDirectory);
    const maxBytes = Math.min(options.maxBytes ?? defaultMaxBytes, bavail * bsize);
    await pipeline(
      readRange(handle, { offset: 0, sizeBytes: size }, file),
      decompressor(compression),
      (chunks: AsyncIterable<Uint8Array>) => atMost(chunks, maxBytes),
      createWriteStream(inflated, { flags: 'wx', mode: 0o600 }),
      { signal },
    );
    return inflated;
  } catch (error) {
    await rm(inflated, { force: true });
    signal.throwIfAborted();
    throw explain(error, temporaryDirectory);
  } finally {
    await handle.close();
  }
}

async function* atMost(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new SlimtraceError('archive-invalid', {
        reason: `it inflates to more than the ${maxBytes} bytes there is room for`,
      });
    yield chunk;
  }
}

function explain(error: unknown, directory: string): unknown {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (/^(?:ENOSPC|EDQUOT)$/.test(code)) return new SlimtraceError('no-space', { directory }, { cause: error });
  if (error instanceof SlimtraceError || syscall !== undefined) return error;
  return new SlimtraceError(
    'archive-invalid',
    { reason: 'its compressed data are damaged or end early' },
    { cause: error },
  );
}
