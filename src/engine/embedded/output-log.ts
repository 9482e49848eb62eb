import { PassThrough } from 'node:stream';

/** So much of what a container prints is kept, of each stream: the end of it, for people. */
const keptBytes = 256 * 1024;
const longestLine = 400;

/**
 * Drains the outputs of a container, whoever else reads them, so that it is never held up by a full pipe. Keeps the last
 * of both for {@link lastLines}, in the order they came.
 */
export class OutputLog {
  readonly #chunks: Buffer[] = [];
  #sizeBytes = 0;
  readonly #listeners = new Set<(stream: 'stdout' | 'stderr', chunk: Buffer) => void>();

  constructor(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) {
    this.#drain('stdout', stdout);
    this.#drain('stderr', stderr);
  }

  /** Tells of every chunk from now on, until the returned function is called. */
  listen(listener: (stream: 'stdout' | 'stderr', chunk: Buffer) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The last lines that aren't blank, at most `count`, long ones cut. */
  lastLines(count: number): string[] {
    return Buffer.concat(this.#chunks)
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  }

  #drain(name: 'stdout' | 'stderr', stream: NodeJS.ReadableStream): void {
    stream.pipe(new PassThrough()).on('data', (chunk: Buffer) => {
      this.#keep(chunk);
      for (const listener of this.#listeners) listener(name, chunk);
    });
    stream.on('error', () => {}); // it ends with the container
  }

  #keep(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    while (this.#sizeBytes > keptBytes && this.#chunks.length > 1) this.#sizeBytes -= this.#chunks.shift()?.length ?? 0;
  }
}
