/** What zstd itself accepts unasked (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`, zstd.h): a frame that asks for more could fill the memory. */
const maxWindowBytes = 128 * 1024 * 1024;

/** RFC 8878, "Blocks": Block_Maximum_Size. */
const maxBlockBytes = 128 * 1024;

/** A piece of a zstd frame. Frames that hold no data (RFC 8878, "Skippable Frames") are left out. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/**
 * Cuts zstd data at the ends of its frames. Throws before a frame or block that asks for more memory than any honest one,
 * and when the data end within a frame.
 */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece> {
  const walk = new FrameWalk();
  for await (const chunk of source) yield* walk.cut(chunk);
  if (walk.isWithin) throw new Error('the zstd data end within a frame');
}

/** Goes from header to header (RFC 8878, "Zstandard Frames"), whatever pieces the bytes come in. */
class FrameWalk {
  #head = Buffer.alloc(0);
  #skipBytes = 0;
  /** Blocks are still to come. */
  #isInFrame = false;
  #isSkippable = false;
  #hasChecksum = false;

  get isWithin(): boolean {
    return this.#isInFrame || this.#skipBytes > 0 || this.#head.length > 0;
  }

  /** Headers belong to their frame: they are passed on when it is known which kind it is. */
  *cut(chunk: Uint8Array): Generator<FramePiece> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#skipBytes > 0) {
        const bytes = chunk.subarray(at, at + this.#skipBytes);
        this.#skipBytes -= bytes.length;
        at += bytes.length;
        yield* this.#piece(bytes);
        continue;
      }
      const missing = this.#headBytes() - this.#head.length;
      this.#head = Buffer.concat([this.#head, chunk.subarray(at, at + missing)]);
      at += missing;
      if (this.#head.length < this.#headBytes()) continue;
      const head = this.#head;
      if (this.#isInFrame) this.#enterBlock();
      else this.#enterFrame();
      this.#head = Buffer.alloc(0);
      yield* this.#piece(head);
    }
  }

  *#piece(bytes: Uint8Array): Generator<FramePiece> {
    if (!this.#isSkippable) yield { bytes, isLast: !this.#isInFrame && this.#skipBytes === 0 };
  }

  /** How long the header is that is being read, as far as its beginning tells. */
  #headBytes(): number {
    if (this.#isInFrame) return 3;
    if (this.#head.length < 5) return 5;
    if (isSkippable(this.#head)) return 8;
    return 5 + frameFields(this.#head).totalBytes;
  }

  #enterFrame(): void {
    this.#isSkippable = isSkippable(this.#head);
    if (this.#isSkippable) {
      this.#skipBytes = this.#head.readUInt32LE(4);
      return;
    }
    if (this.#head.readUInt32LE(0) !== 0xfd2fb528) throw new Error('there is no zstd frame where one is due');
    const windowBytes = windowOf(this.#head);
    if (windowBytes > maxWindowBytes) throw new Error(`a zstd frame asks for a window of ${windowBytes} bytes`);
    this.#hasChecksum = ((this.#head[4] as number) & 4) !== 0;
    this.#isInFrame = true;
  }

  #enterBlock(): void {
    const block = this.#head.readUIntLE(0, 3);
    const sizeBytes = block >> 3;
    if (sizeBytes > maxBlockBytes) throw new Error(`a zstd block has ${sizeBytes} bytes`);
    const isRepeatedByte = ((block >> 1) & 3) === 1;
    this.#skipBytes = isRepeatedByte ? 1 : sizeBytes;
    if ((block & 1) === 0) return;
    this.#isInFrame = false;
    if (this.#hasChecksum) this.#skipBytes += 4;
  }
}

function isSkippable(head: Buffer): boolean {
  return (head.readUInt32LE(0) & ~0xf) === 0x184d2a50;
}

/** The lengths of a frame header's optional fields, which its descriptor tells. */
function frameFields(head: Buffer) {
  const descriptor = head[4] as number;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const windowBytes = isSingleSegment ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const contentBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  return { isSingleSegment, dictionaryBytes, contentBytes, totalBytes: windowBytes + dictionaryBytes + contentBytes };
}

function windowOf(head: Buffer): number {
  const { isSingleSegment, dictionaryBytes, contentBytes } = frameFields(head);
  if (!isSingleSegment) {
    const descriptor = head[5] as number;
    const base = 2 ** (10 + (descriptor >> 3));
    return base + (base / 8) * (descriptor & 7);
  }
  const field = head.subarray(5 + dictionaryBytes, 5 + dictionaryBytes + contentBytes);
  if (contentBytes === 8) return Number(field.readBigUInt64LE(0));
  return field.readUIntLE(0, contentBytes) + (contentBytes === 2 ? 256 : 0);
}
