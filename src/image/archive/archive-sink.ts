import type { Digest } from '../../system/digest.js';

/** What takes the files of an archive that is being made. */
export interface ArchiveSink {
  /** Adds a blob, whose name is its digest; the same one twice is one blob. */
  addLayer(chunks: AsyncIterable<Uint8Array>): Promise<{ readonly digest: Digest; readonly sizeBytes: number }>;
  add(path: string, text: string): Promise<void>;
}
