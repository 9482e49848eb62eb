import { SlimtraceError } from '../errors.js';
import type { TreeEntry } from './file-tree.js';
import type { ContentSource } from './image.js';
import { decodePathBytes } from './path.js';

/** Ten times what a large desktop has; a hostile one could be as long as the image. */
const maxBytes = 100_000_000;

/**
 * Reads a file of a package database that has been fetched; file names in it are bytes, as in trees. Throws
 * `unsupported-platform` for one that is longer than any database.
 */
export function readPackageText({ path, sizeBytes }: TreeEntry, contents: ContentSource): string {
  if (sizeBytes > maxBytes)
    throw new SlimtraceError('unsupported-platform', { what: `a package database of ${sizeBytes} bytes (${path})` });
  return decodePathBytes(contents.read(path, 0, sizeBytes));
}
