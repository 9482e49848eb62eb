import type { Reason } from '../reason.js';

/** How an image differs from what a lock says of it, or from the build that a trace was made of. Plain data. */
export interface Drift {
  readonly against: 'lock' | 'trace';
  /** In the order they are to be read. */
  readonly changes: readonly DriftChange[];
}

/** One thing that is not as it was. */
export interface DriftChange {
  /** `renamed`: another build's name of the same file, such as a patched library's. */
  readonly kind: 'added' | 'removed' | 'changed' | 'renamed';
  /** Of the image's configuration, the options that shape the result, its paths, or their setuid bits and capabilities. */
  readonly of: 'config' | 'option' | 'path' | 'privilege';
  /** The path, or the name of the setting: as it was, unless it was added. */
  readonly what: string;
  /** What it was; null where `what` says it all. */
  readonly was: string | null;
  /** What it is now: the paths that took its place, or the value; empty when it is gone. */
  readonly now: readonly string[];
  /** Why the path was kept, in words; empty when nobody said. */
  readonly why: string;
  /** Why a path that was added is kept. */
  readonly reason?: Reason;
  /** It needs no review: the same rule holds for another build of the same file. */
  readonly isExpected: boolean;
}

/** Whether nothing in it needs a review. */
export function holds({ changes }: Drift): boolean {
  return changes.every(({ isExpected }) => isExpected);
}
