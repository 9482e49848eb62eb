import { readdir } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import { type Digest, digestOf } from '../../system/digest.js';
import { openOutputDirectory } from '../../system/output-directory.js';
import { tagOf } from '../name.js';
import { addLayer, type LayerSource, type WrittenLayer } from './add-layer.js';
import type { ArchiveSink } from './archive-sink.js';
import { type Attestation, addAttestations, describeBlob } from './attestation.js';
import { blobPath } from './descriptor.js';
import { writeLayoutFiles } from './layout-directory-writer.js';
import { mediaTypes } from './media-types.js';
import { type ArchiveReference, type ArchiveTransport, isLayoutDirectory } from './reference.js';
import { writeTarFiles } from './tar-archive-writer.js';

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
  /** Of each layer, uncompressed. */
  readonly layerBytes: readonly number[];
  /** Sum of the layers, uncompressed. */
  readonly layersBytes: number;
}

/** Where an image is written to: a layout directory for `oci`, else a tar that can be read as any kind of archive. */
export type ImageTarget = Pick<ArchiveReference, 'transport' | 'path'>;

export interface WriteOptions {
  /** Of the manifest (OCI image-spec annotations.md). */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The statements to store beside the image; given what they are about. */
  readonly attest?: (image: Pick<WrittenImage, 'id' | 'manifestDigest'>) => readonly Attestation[];
}

/**
 * Writes one image as an archive. New layers are written uncompressed, a base's as registries have them where whoever
 * reads this kind of archive takes that: there they are shared by the digest of the compressed bytes. A layer of a base
 * that isn't what its digests say is `archive-invalid`; nothing in the archive depends on when or where it was
 * written. A tar is an OCI layout (image-spec image-layout.md) and a docker-archive (`manifest.json`) at once, as
 * `docker save` has made it since 25, so that every engine loads it; it is written over what is there. A directory
 * appears in its place when it is complete, and replaces an OCI layout only; an empty one is filled. Throws `output-unwritable`.
 *
 * @param name the name the image is loaded under
 */
export async function writeImage(
  { transport, path }: ImageTarget,
  name: string,
  blob: ImageConfigBlob,
  layers: readonly LayerSource[],
  options: WriteOptions = {},
): Promise<WrittenImage> {
  const image = { name, blob, layers, transport, ...options };
  if (transport === 'oci') return await writeDirectory(path, (sink) => compose(sink, image, ['index.json']));
  try {
    return await writeTarFiles(path, (sink) => compose(sink, image, ['index.json', 'manifest.json']));
  } catch (error) {
    throw asWriteError(error, path);
  }
}

async function writeDirectory<T>(path: string, work: (sink: ArchiveSink) => Promise<T>): Promise<T> {
  // It may be somebody's who moves it to its place when it is complete.
  if (await isEmptyDirectory(path)) return await writeLayoutFiles(path, work);
  await using output = await openOutputDirectory(path, isLayoutDirectory);
  const results: T[] = [];
  await output.write(async (partialPath) => results.push(await writeLayoutFiles(partialPath, work)));
  await output.commit();
  return results[0] as T;
}

async function isEmptyDirectory(path: string): Promise<boolean> {
  return await readdir(path).then(
    (names) => names.length === 0,
    () => false,
  );
}

interface ImageParts extends WriteOptions {
  readonly name: string;
  readonly blob: ImageConfigBlob;
  readonly layers: readonly LayerSource[];
  readonly transport: ArchiveTransport;
}

/** @param entryPoints the files by which readers find their way into the archive */
async function compose(
  sink: ArchiveSink,
  { name, blob, layers, transport, annotations, attest }: ImageParts,
  entryPoints: readonly ('index.json' | 'manifest.json')[],
): Promise<WrittenImage> {
  const written: WrittenLayer[] = [];
  for (const layer of layers) written.push(await addLayer(sink, layer, transport));
  const diffIds = written.map(({ diffId }) => diffId);
  const config = JSON.stringify({ ...blob, rootfs: { type: 'layers', diff_ids: diffIds } });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: describeBlob(mediaTypes.config, config),
    layers: written.map(({ mediaType, digest, sizeBytes }) => ({ mediaType, digest, size: sizeBytes })),
    ...(annotations === undefined ? {} : { annotations }),
  });
  const descriptor = describeBlob(mediaTypes.manifest, manifest);
  const id = digestOf(config);
  await sink.add(blobPath(id), config);
  await sink.add(blobPath(descriptor.digest), manifest);
  const attestations = attest?.({ id, manifestDigest: descriptor.digest }) ?? [];
  const entry =
    attestations.length === 0
      ? descriptor
      : await addAttestations(sink, { descriptor, platform: platformOf(blob) }, attestations);
  const rendered = {
    'index.json': renderIndex(name, entry),
    'manifest.json': JSON.stringify([
      { Config: blobPath(id), RepoTags: [name], Layers: written.map(({ digest }) => blobPath(digest)) },
    ]),
  };
  await sink.add('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  for (const path of entryPoints) await sink.add(path, rendered[path]);
  const layerBytes = written.map(({ tarBytes }) => tarBytes);
  const layersBytes = layerBytes.reduce((sum, bytes) => sum + bytes, 0);
  return { id, manifestDigest: descriptor.digest, diffIds, layerBytes, layersBytes };
}

function platformOf({ os, architecture, variant }: ImageConfigBlob): object {
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}

function renderIndex(name: string, descriptor: object): string {
  const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tagOf(name) };
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ ...descriptor, annotations }],
  });
}

function asWriteError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EIO' && code !== 'EDQUOT') return error;
  return new SlimtraceError('output-unwritable', { file }, { cause: error });
}
