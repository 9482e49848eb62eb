import { SlimtraceError } from '../../errors.js';
import type { Digest } from '../../system/digest.js';
import type { BaseLayer } from '../base-image.js';
import type { ArchiveSink } from './archive-sink.js';
import { mediaTypes } from './media-types.js';
import type { ArchiveTransport } from './reference.js';

/** A layer to be written: a tar as it comes, or one that is there already and stays as it is. */
export type LayerSource = AsyncIterable<Uint8Array> | BaseLayer;

/** A layer of an archive that was written. */
export interface WrittenLayer {
  readonly mediaType: string;
  /** Of the bytes as they are stored. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly diffId: Digest;
  /** Uncompressed. */
  readonly tarBytes: number;
}

/**
 * Writes one layer into an archive of a kind. A base's goes in as registries have it where whoever reads the archive
 * takes that. Throws `archive-invalid` when it isn't what its digests say.
 */
export async function addLayer(
  sink: ArchiveSink,
  source: LayerSource,
  transport: ArchiveTransport,
): Promise<WrittenLayer> {
  if (Symbol.asyncIterator in source) return asWritten(await sink.addLayer(source));
  const { diffId, compressed, sizeBytes: tarBytes } = source;
  if (compressed === undefined || !takes(transport, compressed.compression)) {
    const written = await sink.addLayer(source.open());
    requireSame(written.digest, diffId);
    return asWritten(written);
  }
  const { digest, sizeBytes } = await sink.addLayer(compressed.open());
  requireSame(digest, compressed.digest);
  return { mediaType: compressed.mediaType, digest, sizeBytes, diffId, tarBytes };
}

/** A plain tar may be loaded by an engine: Docker before 23 inflates gzip and no zstd; Docker's own archives hold plain tars. */
function takes(transport: ArchiveTransport, compression: 'gzip' | 'zstd'): boolean {
  if (transport === 'file') return compression === 'gzip';
  return transport !== 'docker-archive';
}

function asWritten({ digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number }): WrittenLayer {
  return { mediaType: mediaTypes.layer, digest, sizeBytes, diffId: digest, tarBytes: sizeBytes };
}

function requireSame(found: Digest, promised: Digest): void {
  if (found !== promised)
    throw new SlimtraceError('archive-invalid', {
      reason: `a layer of the base has the digest ${found}, and should have ${promised}`,
    });
}
