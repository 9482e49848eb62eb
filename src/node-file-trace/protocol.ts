import type { TreeEntry } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';

/** What the worker is started with. */
export interface WorkerInput {
  /** The main file of @vercel/nft on the host. */
  readonly library: string;
  readonly entries: readonly TreeEntry[];
  /** Contents that are there from the start, by real path. */
  readonly contents: readonly (readonly [ImagePath, Uint8Array])[];
  /** The files it begins at. */
  readonly entryPoints: readonly ImagePath[];
  readonly workingDirectory: string;
  /** Conditions of `exports` besides `import`, `require` and `default`. */
  readonly conditions: readonly string[];
}

export type FromWorker =
  /** Wants the contents of a regular file. */
  | { readonly kind: 'want'; readonly path: ImagePath }
  /** Ends it: each file that is reached, with those that reach it. Names are as @vercel/nft has them, relative to `/`. */
  | { readonly kind: 'reached'; readonly files: readonly (readonly [string, readonly string[]])[] };

/** The contents that were wanted; undefined for what is too large to be JavaScript, or to go on with. */
export interface ToWorker {
  readonly path: ImagePath;
  readonly bytes: Uint8Array | undefined;
}
