import type { ImageConfig } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';

/** Something in an image that nobody outside should see. Its value is never told. */
export interface Secret {
  /** A file, or where in the config: `Env`, `Labels`. */
  readonly where:
    | { readonly kind: 'file'; readonly path: ImagePath }
    | { readonly kind: 'config'; readonly field: string };
  /** What it is, in words: `a private key (PEM)`. */
  readonly what: string;
  /** From 1; absent where the file as a whole is meant. */
  readonly line?: number;
}

export interface SearchedImage {
  readonly config: ImageConfig;
  /** Every file that would ship, with its bytes. */
  readonly files: Iterable<{ readonly path: ImagePath; readonly sizeBytes: number }>;
  read(path: ImagePath, offset: number, length: number): Uint8Array;
}

/** Finds private keys, tokens, credentials, `.env` files and shell histories among what would ship; sorted. */
export function findSecrets(_image: SearchedImage): readonly Secret[] {
  return [];
}
