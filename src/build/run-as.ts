import type { TreeEntry } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import type { Trace } from '../trace/trace.js';
import type { OwnerChange } from './composition.js';

export interface RunAs {
  /** For the config; undefined when it stays as it is. */
  readonly user: string | undefined;
  readonly owners: readonly OwnerChange[];
}

/** Decides the user that a slim image runs as, and which kept entries have to be that user's for it to write them. */
export function planRunAs(_user: string | undefined, _image: Image, _kept: readonly TreeEntry[], _trace: Trace): RunAs {
  return { user: undefined, owners: [] };
}
