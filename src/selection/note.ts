import type { ImagePath } from '../image/path.js';

/** Something a user should know about a selection. Data: whoever shows it finds the words. */
export type SelectionNote =
  /** Certificates are wanted, and the image has none. */
  | { readonly kind: 'no-certificates' }
  /** `--include-shell` on an image without one. */
  | { readonly kind: 'no-shell'; readonly shell: string }
  /** A kept ELF file needs a library that is nowhere the loader would look. */
  | { readonly kind: 'library-not-found'; readonly parent: ImagePath; readonly library: string }
  /** A kept program or script names an interpreter that the image lacks. */
  | { readonly kind: 'interpreter-not-found'; readonly parent: ImagePath; readonly interpreter: string }
  /** An excluded path that a kept one (`parent`) or the image's own command needs. */
  | { readonly kind: 'exclude-breaks'; readonly path: ImagePath; readonly pattern: string; readonly parent?: ImagePath }
  | {
      readonly kind: 'pattern-matches-nothing';
      readonly option: 'include' | 'exclude' | 'granularity';
      readonly pattern: string;
    };
