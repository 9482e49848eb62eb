import { readSync } from 'node:fs';
import { tarBlockBytes } from '../tar-header.js';

/** Small files lie closer together than this, so that one read often brings several headers. */
const windowBytes = 8 * 1024;

/** A tar as it lies in an open file. */
export interface TarRange {
  readonly fd: number;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Reads blocks of a tar by their position (bytes from the start of the file). */
export class TarWindow {
  readonly #fd: number;
  readonly #end: number;
  readonly #bytes = Buffer.allocUnsafe(windowBytes);
  #start = 0;
  #filled = 0;

  constructor({ fd, offset, sizeBytes }: TarRange) {
    this.#fd = fd;
    this.#end = offset + sizeBytes;
  }

  /** One block, valid until the next call; fewer bytes where the tar ends. */
  block(at: number): Buffer {
    const length = Math.max(0, Math.min(tarBlockBytes, this.#end - at));
    if (at < this.#start || at + length > this.#start + this.#filled) {
      this.#start = at;
      this.#filled = this.#read(this.#bytes, at, Math.min(windowBytes, this.#end - at));
    }
    return this.#bytes.subarray(at - this.#start, Math.min(at - this.#start + length, this.#filled));
  }

  /** A copy of `length` bytes; fewer where the tar ends. */
  bytes(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.#end - at)));
    return bytes.subarray(0, this.#read(bytes, at, bytes.length));
  }

  #read(into: Buffer, at: number, length: number): number {
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.#fd, into, filled, length - filled, at + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }
}
