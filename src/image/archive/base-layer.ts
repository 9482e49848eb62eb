import type { FileHandle } from 'node:fs/promises';
import type { BaseLayer, CompressedLayer } from '../base-image.js';
import { compressionOf } from './decompress.js';
import { readRange } from './file-range.js';
import type { LayerBlob } from './layer-blob.js';
import type { LayerTar } from './layer-cache.js';
import { ociLayerType } from './media-types.js';

/** A layer of an opened image as another image's, unchanged; `source` is the archive it came in, open. */
export async function asBaseLayer(tar: LayerTar, source: FileHandle): Promise<BaseLayer> {
  const compressed = await compressedLayer(tar.layer, source);
  return {
    diffId: tar.layer.diffId,
    sizeBytes: tar.sizeBytes,
    open: () => readRange(tar.handle, tar, tar.path),
    ...(compressed === undefined ? {} : { compressed }),
  };
}

/** The blob as registries have it; undefined when it isn't compressed, or nothing that can be trusted says how. */
async function compressedLayer(layer: LayerBlob, source: FileHandle): Promise<CompressedLayer | undefined> {
  const { digest, sizeBytes, mediaType } = layer;
  const declared = mediaType === undefined ? undefined : ociLayerType(mediaType);
  if (digest === undefined || declared === undefined || declared.compression === 'none') return undefined;
  const { bytesRead, buffer } = await source.read(Buffer.alloc(6), 0, Math.min(6, sizeBytes), layer.offset);
  if (compressionOf(buffer.subarray(0, bytesRead)) !== declared.compression) return undefined;
  const open = () => readRange(source, layer, layer.file);
  return { compression: declared.compression, mediaType: declared.mediaType, digest, sizeBytes, open };
}
