import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describeThrown } from '../../errors.js';
import { renderTarHeader, tarEnd, tarPadding } from '../../image/tar-header.js';
import type { RunningExec } from '../engine.js';

const chunkBytes = 1024 * 1024;

/**
 * The regular files right in a directory as a tar stream. A container wrote there, as root of its own kind: links are
 * not followed, and whatever isn't a regular file is left out.
 */
export function copyDirectoryOut(directory: string, signal: AbortSignal): RunningExec {
  let failure = '';
  const stdout = Readable.from(
    catching(tarOf(directory, signal), (error) => {
      failure = describeThrown(error);
    }),
    { objectMode: false },
  );
  const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) => {
    stdout.once('close', () => resolve({ exitCode: failure === '' ? 0 : 1, stderr: failure }));
  });
  return {
    stdin: new PassThrough(),
    stdout,
    ended,
    async [Symbol.asyncDispose]() {
      stdout.destroy();
    },
  };
}

async function* catching(
  chunks: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    onError(error);
  }
}

async function* tarOf(directory: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  // Ours are plain ASCII; by its text, a name that isn't UTF-8 would not even be found again.
  const names = (await readdir(directory)).filter((name) => /^[\x20-\x7e]+$/.test(name));
  for (const name of names.sort())
    for await (const chunk of memberOf(directory, name)) {
      signal.throwIfAborted();
      yield chunk;
    }
  yield tarEnd;
}

async function* memberOf(directory: string, name: string): AsyncGenerator<Uint8Array> {
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using file = await open(join(directory, name), flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP' || error.code === 'ENXIO') return undefined;
    throw error;
  });
  if (file === undefined) return;
  const stat = await file.stat();
  if (!stat.isFile()) return;
  const { size: sizeBytes } = stat;
  const mtime = { seconds: Math.floor(stat.mtimeMs / 1000), nanoseconds: 0 };
  yield renderTarHeader({ name, type: 'file', mode: 0o600, uid: 0, gid: 0, sizeBytes, mtime });
  for (let at = 0; at < sizeBytes; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(chunkBytes, sizeBytes - at)), 0, null, at);
    if (bytesRead === 0) throw new Error(`${name} became shorter while it was read`);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
  yield tarPadding(sizeBytes);
}
