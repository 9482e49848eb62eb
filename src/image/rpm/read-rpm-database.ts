import type { FileTree, TreeEntry } from '../file-tree.js';
import type { ContentSource } from '../image.js';
import { DamagedDatabase, type DatabaseBytes } from './database-bytes.js';
import { readNdbBlobs } from './ndb-blobs.js';
import { type PackageHeader, parsePackageHeader } from './package-header.js';
import { readSqliteRows } from './sqlite-rows.js';

/** Where distributions keep it: the traditional place, SUSE's and Fedora's, that of systems made by OSTree. */
export const rpmDirectories = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];

/** Ten times what a large desktop has; a few bytes of a file's entry can stand for a name of thousands. */
const maxNamesLength = 200_000_000;

/** The installed packages, or why they can't be told: a clause. Undefined: the image has no rpm database. */
export type RpmDatabase = { readonly packages: readonly PackageHeader[] } | { readonly problem: string } | undefined;

/**
 * Reads an image's rpm database: SQLite (`rpmdb.sqlite`, rpm 4.16 and later) or ndb (`Packages.db`, SUSE). Berkeley DB
 * (`Packages`, before 4.16) isn't read. Never throws for what the database holds.
 */
export async function readRpmDatabase(tree: FileTree, contents: ContentSource): Promise<RpmDatabase> {
  const places = rpmDirectories.filter((directory) => tree.resolve(directory).entry?.type === 'directory');
  const fileNamed = (name: string): TreeEntry | undefined =>
    places.map((place) => tree.resolve(`${place}/${name}`).entry).find((entry) => entry?.type === 'file');
  const sqlite = fileNamed('rpmdb.sqlite');
  const ndb = fileNamed('Packages.db');
  const database = sqlite ?? ndb;
  if (database !== undefined) {
    if (database === sqlite && (fileNamed('rpmdb.sqlite-wal')?.sizeBytes ?? 0) > 0)
      return { problem: 'the rpm database has changes in a log beside it (rpmdb.sqlite-wal), which is not read' };
    await contents.fetch([database.path]);
    const read = (offset: number, length: number) => contents.read(database.path, offset, length);
    return parseDatabase({ sizeBytes: database.sizeBytes, read }, database === sqlite ? sqliteBlobs : readNdbBlobs);
  }
  if (fileNamed('Packages') !== undefined)
    return { problem: 'the rpm database is a Berkeley DB (of rpm before 4.16), which is not read' };
  const hasOther = places.some((place) => tree.children(tree.resolve(place).entry?.path ?? '').length > 0);
  return hasOther ? { problem: 'the rpm database is of no kind that is known' } : undefined;
}

function parseDatabase(file: DatabaseBytes, blobsOf: (file: DatabaseBytes) => Iterable<Uint8Array>): RpmDatabase {
  try {
    const packages: PackageHeader[] = [];
    let namesLength = 0;
    for (const blob of blobsOf(file)) {
      const header = parsePackageHeader(blob);
      namesLength += header.namesLength;
      if (namesLength > maxNamesLength) throw new DamagedDatabase('its files have longer names than any system has');
      packages.push(header);
    }
    // Keys that packages are signed with are kept among them.
    return { packages: packages.filter(({ name }) => name !== 'gpg-pubkey') };
  } catch (error) {
    if (error instanceof DamagedDatabase) return { problem: `the rpm database is damaged: ${error.message}` };
    throw error;
  }
}

/** The table rpm writes: `CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)`. */
function* sqliteBlobs(file: DatabaseBytes): Generator<Uint8Array> {
  for (const [, blob] of readSqliteRows(file, 'Packages')) {
    if (!(blob instanceof Uint8Array)) throw new DamagedDatabase('a package has no header');
    yield blob;
  }
}
