import type { Digest } from '../system/digest.js';
import type { FileTree } from './file-tree.js';
import type { ContentSource, ImageConfig, Platform } from './image.js';

/** The blob of a layer as registries have it. */
export interface CompressedLayer {
  readonly compression: 'gzip' | 'zstd';
  /** OCI's word for it (image-spec media-types.md). */
  readonly mediaType: string;
  /** Of the compressed bytes. */
  readonly digest: Digest;
  /** Of the compressed bytes. */
  readonly sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** One layer of a base image, as it is. */
export interface BaseLayer {
  /** Of the uncompressed tar (OCI image-spec config.md, "Layer DiffID"). */
  readonly diffId: Digest;
  /** Of the uncompressed tar, in bytes. */
  readonly sizeBytes: number;
  /** The uncompressed tar, byte by byte as it was. */
  open(): AsyncIterable<Uint8Array>;
  /** What it was before it was inflated; absent when it never was compressed. */
  readonly compressed?: CompressedLayer;
}

/** An image that others stand on: its layers come first in theirs, unchanged. Leaving its scope forgets the files. */
export interface BaseImage extends AsyncDisposable {
  /** The name a user would pull it by, or the archive it is in. */
  readonly name: string;
  /** Absent when only the archive names it: where that lies on this machine is nobody else's business. */
  readonly pullName?: string;
  /** Its digest in a registry where it has one (`sha256:…`), else its manifest's in the archive, else its ID on the engine. */
  readonly digest: string;
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** The `history` of its config, one object for each layer or empty step (OCI image-spec config.md). */
  readonly history: readonly object[];
  /** Bottom first. */
  readonly layers: readonly BaseLayer[];
  readonly tree: FileTree;
  readonly contents: ContentSource;
}
