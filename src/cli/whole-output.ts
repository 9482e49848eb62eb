import { fstatSync, writeFileSync } from 'node:fs';
import { type Host, type Stream, withStreams } from './terminal.js';

/**
 * The host, with a standard output that writes a file whole or reports an error. Node.js' own takes a file's short write,
 * which is what a disk that fills up answers first (write(2)), for all of it. Anything else but a file stays as it is.
 */
export function guardFileOutput(host: Host): Host {
  const { fd } = host.stdout;
  return fd === undefined || !isFile(fd) ? host : withStreams(host, { stdout: fileStream(fd), stderr: host.stderr });
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    // Node.js knows what to do with what is no open file.
    return false;
  }
}

function fileStream(fd: number): Stream {
  const listeners: ((error: Error) => void)[] = [];
  let hasFailed = false;
  const write = (text: string) => {
    // What comes after a hole is of no use.
    if (hasFailed) return;
    try {
      // Goes on after a short write, until the disk says why.
      writeFileSync(fd, Buffer.from(text));
    } catch (error) {
      hasFailed = true;
      // Whoever writes goes on first, as with any stream.
      queueMicrotask(() => {
        for (const listener of listeners) listener(error as Error);
      });
    }
  };
  return {
    write(text, done) {
      write(text);
      if (done !== undefined) queueMicrotask(done);
    },
    on: (_event, listener) => listeners.push(listener),
  };
}

/**
 * Resolves when all that was written to a stream has left, or could not (its `error` listeners have been called then), or
 * the signal says that nobody waits for it.
 */
export async function allWritten(stream: Stream, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    // A stream calls back first and reports the error then.
    stream.write('', () => void setImmediate(resolve));
  });
}
