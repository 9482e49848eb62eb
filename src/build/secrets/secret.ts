import type { ImagePath } from '../../image/path.js';

/** Something in an image that nobody outside should see. Its value is never told. */
export interface Secret {
  /** A file, or where in the config: `Env DB_PASSWORD`, `Labels maintainer`. */
  readonly where:
    | { readonly kind: 'file'; readonly path: ImagePath }
    | { readonly kind: 'config'; readonly field: string };
  /** What it is, in words: `a private key (PEM)`. */
  readonly what: string;
  /** From 1; absent where the file as a whole is meant, or has no lines. */
  readonly line?: number;
}

/** `PATH:LINE`, or the place in the config. */
export function renderPlace({ where, line }: Secret): string {
  if (where.kind === 'config') return where.field;
  return line === undefined ? where.path : `${where.path}:${line}`;
}
