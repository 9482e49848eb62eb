import type { ImagePath } from '../image/path.js';

/** What a helper of the user's choice (`--nft`) says: a kept `parent` reaches `path`. Both are real paths of the tree. */
export interface AssistedFile {
  readonly path: ImagePath;
  readonly parent: ImagePath;
}
