import { type Digest, digestOf } from '../../system/digest.js';
import type { ArchiveSink } from './archive-sink.js';
import { blobPath } from './descriptor.js';
import { mediaTypes } from './media-types.js';

/** An in-toto statement about an image (in-toto/attestation, spec/v1/statement.md). */
export interface Attestation {
  readonly predicateType: string;
  /** The statement as JSON. */
  readonly statement: string;
}

/** What a descriptor needs (OCI image-spec descriptor.md). */
interface BlobDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/**
 * Adds attestations to an archive as BuildKit stores them (moby/buildkit, docs/attestations/attestation-storage.md): a
 * manifest for no platform, whose layers are the statements, in an index beside the image. Returns that index's
 * descriptor: an index of its own, so that one name means image and attestations, and they are copied together.
 */
export async function addAttestations(
  sink: ArchiveSink,
  image: { readonly descriptor: BlobDescriptor; readonly platform: object },
  attestations: readonly Attestation[],
): Promise<BlobDescriptor> {
  const layers = attestations.map(({ predicateType, statement }) => ({
    ...describeBlob(mediaTypes.statement, statement),
    annotations: { 'in-toto.io/predicate-type': predicateType },
  }));
  const config = JSON.stringify({
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: describeBlob(mediaTypes.config, config),
    layers,
  });
  const descriptor = describeBlob(mediaTypes.manifest, manifest);
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      { ...image.descriptor, platform: image.platform },
      {
        ...descriptor,
        annotations: {
          'vnd.docker.reference.digest': image.descriptor.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
        platform: { architecture: 'unknown', os: 'unknown' },
      },
    ],
  });
  const blobs = new Set([...attestations.map(({ statement }) => statement), config, manifest, index]);
  for (const text of blobs) await sink.add(blobPath(digestOf(text)), text);
  return describeBlob(mediaTypes.index, index);
}

export function describeBlob(mediaType: string, text: string): BlobDescriptor {
  return { mediaType, digest: digestOf(text), size: Buffer.byteLength(text) };
}
