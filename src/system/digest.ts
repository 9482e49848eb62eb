import { createHash } from 'node:crypto';

/** `sha256:` and 64 hexadecimal digits (OCI image-spec descriptor.md, "Digests"). */
export type Digest = `sha256:${string}`;

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Computes a digest and a length while bytes flow by. */
export class DigestMeter {
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#sizeBytes += chunk.length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Ends the computation; call it once. */
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
