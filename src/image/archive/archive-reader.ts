import { SlimtraceError } from '../../errors.js';
import { type Digest, digestOf } from '../../system/digest.js';
import { type ArchiveFiles, readStoredFile, type StoredFile } from './archive-files.js';
import { blobPath, type Descriptor } from './descriptor.js';
import { quoteName } from './entry-name.js';
import { JsonValue } from './json-value.js';

/** As large as a manifest may be in a registry (distribution-spec, "Pushing Manifests"); configs are held to the same. */
const maxJsonBytes = 4 * 1024 * 1024;
/** Of all manifests and configs of an archive, so that one with very many can't take the memory. */
const maxJsonBytesInAll = 64 * 1024 * 1024;

/** Reads the JSON of an archive: bounded, and blobs only with the digest and size that were promised. */
export class ArchiveReader {
  readonly files: ArchiveFiles;
  readonly #signal: AbortSignal;
  #bytesLeft = maxJsonBytesInAll;

  constructor(files: ArchiveFiles, signal: AbortSignal) {
    this.files = files;
    this.#signal = signal;
  }

  async has(path: string): Promise<boolean> {
    return (await this.files.find(path)) !== undefined;
  }

  /** Where a file is; throws `archive-invalid` when there is none. */
  async locate(path: string): Promise<StoredFile> {
    const stored = await this.files.find(path);
    if (stored === undefined) throw invalid(`${quoteName(path)} is missing`);
    return stored;
  }

  /** Where a blob is, which must be as long as its descriptor says. Its digest is for the reader of the bytes to check. */
  async locateBlob({ digest, sizeBytes }: Descriptor): Promise<StoredFile> {
    const stored = await this.locate(blobPath(digest));
    if (stored.sizeBytes !== sizeBytes)
      throw invalid(`${blobPath(digest)} is ${stored.sizeBytes} bytes long, and should be ${sizeBytes}`);
    return stored;
  }

  async readJson(path: string): Promise<JsonValue> {
    return JsonValue.parse(await this.read(path), path);
  }

  /** A manifest, index or config, its digest and size checked. */
  async readJsonBlob(descriptor: Descriptor): Promise<Buffer> {
    const path = blobPath(descriptor.digest);
    const bytes = await this.#readBounded(path, await this.locateBlob(descriptor));
    checkDigest(path, bytes, descriptor.digest);
    return bytes;
  }

  async read(path: string): Promise<Buffer> {
    return await this.#readBounded(path, await this.locate(path));
  }

  async #readBounded(path: string, stored: StoredFile): Promise<Buffer> {
    this.#signal.throwIfAborted();
    if (stored.sizeBytes > maxJsonBytes)
      throw invalid(
        `${quoteName(path)} is ${stored.sizeBytes} bytes long, and at most ${maxJsonBytes} are read of JSON`,
      );
    this.#bytesLeft -= stored.sizeBytes;
    if (this.#bytesLeft < 0) throw invalid(`it has more than ${maxJsonBytesInAll} bytes of manifests and configs`);
    return await readStoredFile(stored);
  }
}

/** Throws `archive-invalid` unless the bytes have the digest that was promised. */
export function checkDigest(path: string, bytes: Uint8Array, promised: Digest): void {
  const digest = digestOf(bytes);
  if (digest !== promised) throw invalid(`${quoteName(path)} has the digest ${digest}, and should have ${promised}`);
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
