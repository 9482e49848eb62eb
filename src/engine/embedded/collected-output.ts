import type { Output } from '../engine.js';

/** As much of a command's output as is kept, like everywhere (system/process). */
const maxOutputBytes = 32 * 1024 * 1024;

/** What a container prints, each stream apart, up to a limit. */
export class CollectedOutput {
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #sizeBytes = 0;
  /** There was more than that: nothing is added any more. */
  isTruncated = false;
  /** Settles when it is. */
  readonly full: Promise<void>;
  #fill: () => void = () => {};

  constructor() {
    this.full = new Promise((resolve) => {
      this.#fill = resolve;
    });
  }

  add(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.isTruncated) return;
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > maxOutputBytes) {
      this.isTruncated = true;
      this.#fill();
      return;
    }
    (stream === 'stdout' ? this.#stdout : this.#stderr).push(chunk);
  }

  output(exitCode: number): Output {
    const [stdout, stderr] = [Buffer.concat(this.#stdout), Buffer.concat(this.#stderr).toString('utf8')];
    return { exitCode, stdout, stderr, isTruncated: this.isTruncated, hasTimedOut: false };
  }
}
