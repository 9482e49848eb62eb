import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packagesOf, readDatabase } from './database-image.js';
import { writeHeader } from './header-writer.js';
import { pageBytes, writeSqlite } from './sqlite-writer.js';

const sqlitePath = '/usr/lib/sysimage/rpm/rpmdb.sqlite';
const ndbPath = '/var/lib/rpm/Packages.db';

const many = Array.from({ length: 300 }, (_, at): [number, string] => [at % 2, `file-${at}`]);
const bash = writeHeader(
  'bash',
  ['/usr/bin/', '/etc/'],
  [
    [0, 'bash'],
    [1, 'bashrc'],
    [0, 'sh'],
  ],
);
const sqlite = writeSqlite([bash, writeHeader('many', ['/a/', '/b/'], many), writeHeader('none', [], [])]);
/** Made by rpm 4.18's own lib/backend/ndb/rpmpkg.c of the headers of two packages. */
const ndb = readFileSync(new URL('Packages.db', import.meta.url));

/** A copy with other bytes at some places. */
function patched(bytes: Buffer, patch: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  patch(copy);
  return copy;
}

describe('readRpmDatabase', () => {
  test('SQLite: rows on their page and on pages behind it', async () => {
    const read = packagesOf(await readDatabase(sqlitePath, sqlite));
    expect(read.bash).toEqual(['/etc/bashrc', '/usr/bin/bash', '/usr/bin/sh']);
    expect(read.many).toEqual(many.map(([at, name]) => `${at === 0 ? '/a/' : '/b/'}${name}`).sort());
    expect(read.none).toEqual([]);
  });

  test('ndb, as rpm writes it', async () => {
    expect(packagesOf(await readDatabase(ndbPath, ndb))).toEqual({
      acme: ['/opt/acme', '/opt/acme/data', '/opt/acme/data/with space', '/opt/acme/link', '/opt/acme/run'],
      tools: ['/opt/tools', '/opt/tools/data', '/opt/tools/data/with space', '/opt/tools/link', '/opt/tools/run'],
    });
  });

  test('a key that packages are signed with is no package', async () => {
    const bytes = writeSqlite([writeHeader('gpg-pubkey', [], []), bash]);
    expect(Object.keys(packagesOf(await readDatabase(sqlitePath, bytes)))).toEqual(['bash']);
  });

  test('what is not read is unknown, with why', async () => {
    expect(await readDatabase('/var/lib/rpm/Packages', Buffer.from('x'))).toEqual({
      problem: expect.stringMatching(/Berkeley DB/),
    });
    expect(await readDatabase('/var/lib/rpm/Something', Buffer.from('x'))).toEqual({
      problem: expect.stringMatching(/no kind that is known/),
    });
    const wal = '/usr/lib/sysimage/rpm/rpmdb.sqlite-wal';
    expect(await readDatabase(wal, Buffer.from('x'), [sqlitePath])).toEqual({ problem: expect.stringMatching(/log/) });
    expect(await readDatabase('/usr/bin/rpm', Buffer.from('x'))).toBeUndefined();
  });
});

describe('a hostile database', () => {
  const sqliteDisasters: Record<string, readonly [Buffer, RegExp]> = {
    'is empty': [Buffer.alloc(0), /ends too early/],
    'ends in the middle of a page': [sqlite.subarray(0, pageBytes * 3 - 7), /ends too early/],
    'has pages of no size': [patched(sqlite, (copy) => copy.writeUInt16BE(0, 16)), /pages/],
    'has a tree that leads back to its root': [
      patched(sqlite, (copy) => copy.writeUInt32BE(2, pageBytes + 8)),
      /circle/,
    ],
    'has a page of a billion cells': [
      patched(sqlite, (copy) => copy.writeUInt16BE(0xffff, pageBytes + 3)),
      /than fits/,
    ],
    'has overflow pages in a circle': [patched(sqlite, circleInOverflow), /circle/],
    'has a row of exabytes': [patched(sqlite, (copy) => copy.fill(0xff, leafCell(copy), leafCell(copy) + 9)), /longer/],
    'has a cell beyond its page': [patched(sqlite, (copy) => copy.writeUInt16BE(0xfff0, 2 * pageBytes + 8)), /outside/],
    'has a page that is no page': [patched(sqlite, (copy) => copy.writeUInt8(0x42, 2 * pageBytes)), /is none/],
  };
  test.each(Object.entries(sqliteDisasters))('SQLite: %s', async (_name, [bytes, problem]) => {
    expect(await readDatabase(sqlitePath, bytes)).toEqual({ problem: expect.stringMatching(problem) });
  });

  const ndbDisasters: Record<string, readonly [Buffer, RegExp]> = {
    'is of a later version': [patched(ndb, (copy) => copy.writeUInt32LE(1, 4)), /later version/],
    'has a billion pages of slots': [patched(ndb, (copy) => copy.writeUInt32LE(1e9, 12)), /slot|early/],
    'has all slots on one package': [patched(ndb, slotsOnOne), /longer than the whole/],
    'has a package of gigabytes': [
      patched(ndb, (copy) => copy.writeUInt32LE(0xffffffff, 4096 + 12)),
      /longer than any/,
    ],
    'has a slot that leads into nothing': [patched(ndb, (copy) => copy.writeUInt32LE(0xffffff, 32 + 8)), /early/],
  };
  test.each(Object.entries(ndbDisasters))('ndb: %s', async (_name, [bytes, problem]) => {
    expect(await readDatabase(ndbPath, bytes)).toEqual({ problem: expect.stringMatching(problem) });
  });

  const huge = (at: number) => patched(bash, (copy) => copy.writeUInt32BE(0xffffffff, at));
  const headerDisasters: Record<string, readonly [Buffer, RegExp]> = {
    'has more entries than bytes': [huge(0), /cut off/],
    'has more data than bytes': [huge(4), /cut off/],
    'counts four billion directory indexes': [huge(8 + 12), /cut off/],
    'counts four billion names': [huge(8 + 2 * 16 + 12), /more files than any/],
    'has its names beyond its end': [huge(8 + 2 * 16 + 8), /cut off/],
    'has no name': [patched(bash, (copy) => copy.writeUInt32BE(9999, 8 + 16)), /no name/],
    'mixes up types': [patched(bash, (copy) => copy.writeUInt32BE(4, 8 + 2 * 16 + 4)), /types/],
    'stands for names without end': [
      writeHeader(
        'x',
        [`/${'d'.repeat(100_000)}/`],
        Array.from({ length: 3000 }, () => [0, 'f'] as const),
      ),
      /longer names/,
    ],
  };
  test.each(Object.entries(headerDisasters))('a header that %s', async (_name, [header, problem]) => {
    const database = await readDatabase(sqlitePath, writeSqlite([header]));
    expect(database).toEqual({ problem: expect.stringMatching(problem) });
  });

  test('a file in a directory that is not listed, or relative, is left out', async () => {
    const header = writeHeader(
      'x',
      ['/a/', 'b/'],
      [
        [0, 'one'],
        [1, 'two'],
        [7, 'three'],
      ],
    );
    expect(packagesOf(await readDatabase(sqlitePath, writeSqlite([header])))).toEqual({ x: ['/a/one'] });
  });

  test('any bytes anywhere: it ends, and nothing is thrown', async () => {
    const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xff) });
    const databases = fc.constantFrom([sqlitePath, sqlite] as const, [ndbPath, ndb] as const);
    await fc.assert(
      fc.asyncProperty(
        databases,
        fc.array(change, { maxLength: 20 }),
        fc.nat(),
        async ([path, bytes], changes, cut) => {
          const copy = Buffer.from(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length));
          // The first bytes of pages and slots decide most.
          for (const { at, byte } of changes) copy[at % Math.min(copy.length, at % 2 === 0 ? 600 : copy.length)] = byte;
          const database = await readDatabase(path, copy);
          if (database !== undefined && 'packages' in database) packagesOf(database);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** Where the cell of the third page, the first package's, begins. */
function leafCell(database: Buffer): number {
  return 2 * pageBytes + database.readUInt16BE(2 * pageBytes + 8);
}

/** The second package has several overflow pages after its leaf, page 4: the second leads back to the first. */
function circleInOverflow(database: Buffer): void {
  const first = 5;
  database.writeUInt32BE(first, first * pageBytes);
}

function slotsOnOne(database: Buffer): void {
  for (let at = 48; at < 4096; at += 16) database.copy(database, at, 32, 48);
}
