import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Digest, DigestMeter } from '../../system/digest.js';
import type { ArchiveSink } from './archive-sink.js';
import { blobPath } from './descriptor.js';

/** Writes an archive's files into an empty directory (OCI image-spec image-layout.md). */
export async function writeLayoutFiles<T>(directory: string, work: (sink: ArchiveSink) => Promise<T>): Promise<T> {
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  return await work(new LayoutSink(directory));
}

class LayoutSink implements ArchiveSink {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async add(path: string, text: string): Promise<void> {
    await writeFile(join(this.#directory, path), text);
  }

  async addLayer(chunks: AsyncIterable<Uint8Array>): Promise<{ digest: Digest; sizeBytes: number }> {
    const nameless = join(this.#directory, 'blobs/sha256/layer');
    const meter = new DigestMeter();
    await pipeline(measure(chunks, meter), createWriteStream(nameless, { highWaterMark: 1024 * 1024 }));
    const digest = meter.digest();
    await rename(nameless, join(this.#directory, blobPath(digest)));
    return { digest, sizeBytes: meter.sizeBytes };
  }
}

async function* measure(chunks: AsyncIterable<Uint8Array>, meter: DigestMeter): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    meter.update(chunk);
    yield chunk;
  }
}
