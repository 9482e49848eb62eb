import { FileTree } from '../../../src/image/file-tree.js';
import { type RpmDatabase, readRpmDatabase } from '../../../src/image/rpm/read-rpm-database.js';
import { entryOf } from '../tree-of.js';

/** Reads a database as if an image had these bytes at `path`, and empty files beside it. */
export async function readDatabase(
  path: string,
  bytes: Uint8Array,
  beside: readonly string[] = [],
): Promise<RpmDatabase> {
  const tree = new FileTree([entryOf(path, { sizeBytes: bytes.length }), ...beside.map((other) => entryOf(other))]);
  return await readRpmDatabase(tree, {
    fetch: async () => {},
    read: (_path, offset, length) => bytes.subarray(offset, offset + length),
    stream: async function* () {},
  });
}

/** What a database says, as far as it can be read: every package with its files, sorted by name. */
export function packagesOf(database: RpmDatabase): Record<string, readonly string[]> {
  if (database === undefined || 'problem' in database) throw new Error(database?.problem ?? 'no database');
  return Object.fromEntries(database.packages.map(({ name, files }) => [name, [...files].sort()]).sort());
}
