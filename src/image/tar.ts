import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { SlimtraceError } from '../errors.js';

/** One member of a tar that is read as a stream. Its body must be read before the next member comes. */
export interface TarMember {
  readonly name: string;
  readonly isFile: boolean;
  readonly sizeBytes: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Reads a tar stream member by member. For tars whose names are known to be plain ASCII only: PAX names pass through
 * UTF-8 here. Throws `archive-invalid` when the stream is damaged or ends early.
 */
export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const extraction = extract();
  const feeding = feed(stream, extraction);
  // Awaited at the end; a failure in between reaches us through the extraction.
  feeding.catch(() => {});
  try {
    for await (const entry of extraction) {
      const { name, type, size = 0 } = entry.header;
      yield {
        name,
        isFile: type === 'file' || type === 'contiguous-file',
        sizeBytes: size,
        body: bodyOf(entry as AsyncIterable<Uint8Array>),
      };
      if (!entry.destroyed) entry.resume();
    }
    await feeding;
  } catch (cause) {
    throw damaged(cause);
  }
}

/** A body that ends early fails where it is read, not where members are. */
async function* bodyOf(entry: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* entry;
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause: unknown): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason: 'the tar stream is damaged or ended early' }, { cause });
}

async function feed(stream: AsyncIterable<Uint8Array>, extraction: ReturnType<typeof extract>): Promise<void> {
  const sink = extraction as unknown as NodeJS.WritableStream & Readable;
  try {
    for await (const chunk of stream) {
      if (sink.destroyed) return;
      if (!sink.write(chunk)) await roomIn(sink);
    }
    sink.end();
  } catch (error) {
    sink.destroy(error as Error);
    throw error;
  }
}

/** Settles when the sink takes more, or never will. */
async function roomIn(sink: NodeJS.WritableStream): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = () => {
      sink.off('drain', settle);
      sink.off('close', settle);
      resolve();
    };
    sink.on('drain', settle);
    sink.on('close', settle);
  });
}
