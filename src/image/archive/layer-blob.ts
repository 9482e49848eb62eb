import type { Digest } from '../../system/digest.js';

/** One layer as it lies in an archive: a range of a host file, compressed or not. */
export interface LayerBlob {
  readonly file: string;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Of these bytes as they are stored (OCI image-spec descriptor.md); archives of `docker save` before 25 don't say. */
  readonly digest: Digest | undefined;
  /** Of the uncompressed tar (OCI image-spec config.md, "Layer DiffID"). */
  readonly diffId: Digest;
  /** As the manifest declares it; what the bytes are is seen from the bytes. */
  readonly mediaType: string | undefined;
}
