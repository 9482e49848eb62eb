import type { SlimtraceError } from '../../errors.js';
import type { Digest } from '../../system/digest.js';
import type { ImageConfig, Platform } from '../image.js';
import type { LayerBlob } from './layer-blob.js';

/** One image of an archive: what it is, and where its layers lie. */
export interface ArchiveImage {
  /** What names it alone in the archive, as `parseArchiveReference` reads it. */
  readonly reference: string;
  /** The config's digest, as engines count it. */
  readonly id: Digest;
  /** Undefined where only a `manifest.json` names it. */
  readonly manifestDigest: Digest | undefined;
  /** Full names: `app:1`. */
  readonly names: readonly string[];
  /** What it is called where that is no full name: `1`. */
  readonly tags: readonly string[];
  readonly platform: Platform;
  /** RFC 3339. */
  readonly created: string;
  readonly config: ImageConfig;
  /** What its config tells of how it was made (OCI image-spec config.md), field by field as it is there. */
  readonly history: readonly object[];
  /** Bottom first. */
  readonly layers: readonly LayerBlob[];
}

/** What is known of an image before it is chosen. */
export interface StoredImage {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  /** Where it stands in `index.json` or `manifest.json`, from 0. */
  readonly positions: readonly number[];
  readonly manifestDigest: Digest | undefined;
  /** Undefined when nothing that could be read says so. */
  readonly platform: Platform | undefined;
  /** False for an artifact, such as a signature. */
  readonly isImage: boolean;
  /** The image itself, or why it can't be used. */
  readonly contents: Omit<ArchiveImage, 'reference' | 'names' | 'tags' | 'manifestDigest'> | SlimtraceError;
}
