import { type FileHandle, open } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import { type Digest, DigestMeter } from '../../system/digest.js';
import { renderTarHeader, tarBlockBytes, tarEnd, tarPadding } from '../tar-header.js';
import type { ArchiveSink } from './archive-sink.js';
import { blobPath } from './descriptor.js';

/** Bytes are collected up to this before they are written: a layer comes in many small chunks. */
const writeBatchBytes = 1024 * 1024;

/** Writes an archive's files as a tar over whatever `path` holds. Throws `output-unwritable` when it can't be opened. */
export async function writeTarFiles<T>(path: string, work: (sink: ArchiveSink) => Promise<T>): Promise<T> {
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw new SlimtraceError('output-unwritable', { file: path }, { cause });
  });
  try {
    const sink = new TarSink(file);
    const result = await work(sink);
    await sink.finish();
    return result;
  } finally {
    await file.close();
  }
}

class TarSink implements ArchiveSink {
  readonly #file: FileHandle;
  #offset = 0;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  readonly #layers = new Set<Digest>();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(path: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.#append(memberHeader(path, bytes.length));
    await this.#append(bytes);
    await this.#append(tarPadding(bytes.length));
  }

  /** A blob's name is its digest, known only when it is written: its header is filled in afterwards. */
  async addLayer(chunks: AsyncIterable<Uint8Array>): Promise<{ digest: Digest; sizeBytes: number }> {
    const headerOffset = this.#offset;
    await this.#append(Buffer.alloc(tarBlockBytes));
    const meter = new DigestMeter();
    for await (const chunk of chunks) {
      meter.update(chunk);
      await this.#append(chunk);
    }
    await this.#append(tarPadding(meter.sizeBytes));
    await this.#flush();
    const layer = { digest: meter.digest(), sizeBytes: meter.sizeBytes };
    if (this.#layers.has(layer.digest)) {
      this.#offset = headerOffset; // the same layer twice: one blob
    } else {
      const header = memberHeader(blobPath(layer.digest), layer.sizeBytes);
      // The room left for the header is that of a size which ustar can say (8 GiB).
      if (header.length !== tarBlockBytes)
        throw new SlimtraceError('unsupported-platform', { what: 'a slim layer of 8 GiB or more' });
      await this.#file.write(header, 0, header.length, headerOffset);
    }
    this.#layers.add(layer.digest);
    return layer;
  }

  async finish(): Promise<void> {
    await this.#append(tarEnd);
    await this.#flush();
    await this.#file.truncate(this.#offset);
  }

  async #append(chunk: Uint8Array): Promise<void> {
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    this.#offset += chunk.length;
    if (this.#batchBytes >= writeBatchBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        written,
        bytes.length - written,
        this.#offset - bytes.length + written,
      );
      written += bytesWritten;
    }
  }
}

function memberHeader(name: string, sizeBytes: number): Buffer {
  return renderTarHeader({
    name,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes,
    mtime: { seconds: 0, nanoseconds: 0 },
  });
}
