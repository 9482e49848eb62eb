import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';

const chunkBytes = 1024 * 1024;

/** Part of a file, in bytes from its start. */
export interface FileRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Streams part of an open file. Throws `archive-invalid` when it ends before the range does; `name` is for that. */
export async function* readRange(
  handle: FileHandle,
  { offset, sizeBytes }: FileRange,
  name: string,
): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < sizeBytes; ) {
    const wanted = Math.min(chunkBytes, sizeBytes - done);
    // Each chunk has its own memory: whoever takes it may keep it.
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, offset + done);
    if (bytesRead === 0) throw new SlimtraceError('archive-invalid', { reason: `${name} ends early` });
    yield buffer.subarray(0, bytesRead);
    done += bytesRead;
  }
}

/** Part of an open file at once, whole. Throws `archive-invalid` when it ends before the range does; `name` is for that. */
export function readRangeSync(handle: FileHandle, { offset, sizeBytes }: FileRange, name: string): Uint8Array {
  const bytes = Buffer.alloc(Math.max(0, sizeBytes));
  for (let filled = 0; filled < bytes.length; ) {
    const count = readSync(handle.fd, bytes, filled, bytes.length - filled, offset + filled);
    if (count === 0) throw new SlimtraceError('archive-invalid', { reason: `${name} ends early` });
    filled += count;
  }
  return bytes;
}
