import { type FileHandle, open } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';
import { type Digest, DigestMeter, digestOf } from '../system/digest.js';
import { renderTarHeader, tarBlockBytes, tarEnd, tarPadding } from './tar-header.js';

/** An image's config blob without its layers: they are added when they are known. */
export interface ImageConfigBlob {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly created: string;
  readonly config: object;
  readonly history: readonly object[];
}

export interface WrittenImage {
  /** The config's digest: the image ID of engines that go by it. */
  readonly id: Digest;
  readonly manifestDigest: Digest;
  readonly diffIds: readonly Digest[];
  /** Sum of the layers, uncompressed. */
  readonly layersBytes: number;
}

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/**
 * Writes one image as one tar that is an OCI layout (image-spec image-layout.md) and a docker-archive (`manifest.json`)
 * at once, as `docker save` has done since 25: every engine loads it. Layers are written uncompressed, and nothing in
 * the file depends on when or where it was written.
 *
 * @param name the name the image is loaded under
 */
export async function writeImageArchive(
  file: string,
  name: string,
  blob: ImageConfigBlob,
  layers: readonly AsyncIterable<Uint8Array>[],
): Promise<WrittenImage> {
  const archive = await ArchiveFile.create(file);
  try {
    const written: { readonly digest: Digest; readonly sizeBytes: number }[] = [];
    for (const layer of layers) written.push(await archive.addLayer(layer));
    return await finishArchive(archive, name, blob, written);
  } catch (error) {
    throw asWriteError(error, file);
  } finally {
    await archive.close();
  }
}

async function finishArchive(
  archive: ArchiveFile,
  name: string,
  blob: ImageConfigBlob,
  layers: readonly { readonly digest: Digest; readonly sizeBytes: number }[],
): Promise<WrittenImage> {
  const diffIds = layers.map(({ digest }) => digest);
  const config = JSON.stringify({ ...blob, rootfs: { type: 'layers', diff_ids: diffIds } });
  const describe = (mediaType: string, bytes: string) => ({
    mediaType,
    digest: digestOf(bytes),
    size: Buffer.byteLength(bytes),
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: describe(mediaTypes.config, config),
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: mediaTypes.layer, digest, size: sizeBytes })),
  });
  const descriptor = describe(mediaTypes.manifest, manifest);
  await archive.add(blobPath(digestOf(config)), config);
  await archive.add(blobPath(descriptor.digest), manifest);
  const entryPoints = renderEntryPoints(name, descriptor, digestOf(config), diffIds);
  for (const [member, text] of Object.entries(entryPoints)) await archive.add(member, text);
  await archive.finish();
  const layersBytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { id: digestOf(config), manifestDigest: descriptor.digest, diffIds, layersBytes };
}

/** What points to a blob (OCI image-spec descriptor.md). */
export interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/**
 * The members by which engines find their way into an archive, by name: `index.json` and `oci-layout` (OCI image-spec
 * image-layout.md), `manifest.json` (docker image spec v1.2, "Combined Image JSON + Filesystem Changeset Format").
 */
export function renderEntryPoints(
  name: string,
  { digest, size }: Descriptor,
  configDigest: string,
  diffIds: readonly string[],
): Readonly<Record<string, string>> {
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
  };
  const manifests = [{ mediaType: mediaTypes.manifest, digest, size, annotations }];
  return {
    'index.json': JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }),
    'oci-layout': JSON.stringify({ imageLayoutVersion: '1.0.0' }),
    'manifest.json': JSON.stringify([
      { Config: blobPath(configDigest), RepoTags: [name], Layers: diffIds.map(blobPath) },
    ]),
  };
}

/** Where a blob is in an archive (OCI image-spec image-layout.md, "Blobs"). */
export function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

/** Bytes are collected up to this before they are written: a layer comes in many small chunks. */
const writeBatchBytes = 1024 * 1024;

class ArchiveFile {
  readonly #file: FileHandle;
  #offset = 0;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  readonly #layers = new Set<Digest>();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<ArchiveFile> {
    try {
      return new ArchiveFile(await open(path, 'w'));
    } catch (cause) {
      throw new SlimtraceError('output-unwritable', { file: path }, { cause });
    }
  }

  async add(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.#append(memberHeader(name, bytes.length));
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

  async close(): Promise<void> {
    await this.#file.close();
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

function asWriteError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EIO' && code !== 'EDQUOT') return error;
  return new SlimtraceError('output-unwritable', { file }, { cause: error });
}
