import { DamagedDatabase, type DatabaseBytes, maxBlobBytes, readExactly } from './database-bytes.js';
import { decodeRecord, readVarint, type SqliteValue } from './sqlite-record.js';

const leafTable = 0x0d;
const interiorTable = 0x05;
const fileHeaderBytes = 100;

/**
 * The rows of one table of an SQLite 3 database (sqlite.org/fileformat2.html), in no order, each as its columns; none
 * when there is no such table. Each page is read once and the rows together are no longer than the file, whatever its
 * pages say. Throws DamagedDatabase.
 */
export function* readSqliteRows(file: DatabaseBytes, table: string): Generator<readonly SqliteValue[]> {
  const header = readExactly(file, 0, fileHeaderBytes);
  const magic = Buffer.from(header.buffer, header.byteOffset, 16).toString('latin1');
  if (magic !== 'SQLite format 3\0') throw new DamagedDatabase('it does not begin as an SQLite database does');
  const pageBytes = header.getUint16(16) === 1 ? 65536 : header.getUint16(16);
  const usableBytes = pageBytes - header.getUint8(20);
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0 || usableBytes < 480)
    throw new DamagedDatabase('its pages have no size that SQLite knows');
  for (const [, name, , rootPage] of new TableWalk(file, pageBytes, usableBytes).rows(1)) {
    if (!(name instanceof Uint8Array) || Buffer.from(name).toString('utf8') !== table) continue;
    if (typeof rootPage !== 'number') throw new DamagedDatabase('a table of it has no first page');
    yield* new TableWalk(file, pageBytes, usableBytes).rows(rootPage);
    return;
  }
}

class TableWalk {
  readonly #file: DatabaseBytes;
  readonly #pageBytes: number;
  readonly #usableBytes: number;
  readonly #seen = new Set<number>();
  #payloadBytes = 0;

  constructor(file: DatabaseBytes, pageBytes: number, usableBytes: number) {
    this.#file = file;
    this.#pageBytes = pageBytes;
    this.#usableBytes = usableBytes;
  }

  *rows(rootPage: number): Generator<readonly SqliteValue[]> {
    const pending = [rootPage];
    for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
      const page = this.#page(number);
      const at = number === 1 ? fileHeaderBytes : 0;
      const type = page.getUint8(at);
      if (type !== leafTable && type !== interiorTable) throw new DamagedDatabase('a page of a table is none');
      const pointers = at + (type === leafTable ? 8 : 12);
      const cells = page.getUint16(at + 3);
      if (pointers + cells * 2 > this.#usableBytes) throw new DamagedDatabase('a page holds more than fits');
      if (type === interiorTable) pending.push(page.getUint32(at + 8));
      for (let cell = 0; cell < cells; cell++) {
        const start = page.getUint16(pointers + cell * 2);
        if (start + 4 > this.#usableBytes) throw new DamagedDatabase('a cell lies outside its page');
        if (type === interiorTable) pending.push(page.getUint32(start));
        else yield decodeRecord(this.#payload(page, start));
      }
    }
  }

  /** Pages count from 1. One that is met again would lead in a circle. */
  #page(number: number): DataView {
    if (number < 1 || this.#seen.has(number)) throw new DamagedDatabase('its pages lead in a circle');
    this.#seen.add(number);
    return readExactly(this.#file, (number - 1) * this.#pageBytes, this.#pageBytes);
  }

  /** What a cell of a leaf holds: its length, the row's number, as much as belongs on the page, the page of the rest. */
  #payload(page: DataView, start: number): Uint8Array {
    const length = readVarint(page, start);
    const rowNumber = readVarint(page, length.end);
    this.#payloadBytes += length.value;
    if (length.value > maxBlobBytes || this.#payloadBytes > this.#file.sizeBytes)
      throw new DamagedDatabase('its rows are longer than the whole');
    const localBytes = this.#localBytes(length.value);
    if (rowNumber.end + localBytes > this.#usableBytes) throw new DamagedDatabase('a cell lies outside its page');
    const payload = new Uint8Array(length.value);
    payload.set(new Uint8Array(page.buffer, page.byteOffset + rowNumber.end, localBytes));
    let next = localBytes < length.value ? viewUint32(page, rowNumber.end + localBytes, this.#usableBytes) : 0;
    for (let filled = localBytes; filled < payload.length; ) {
      const overflow = this.#page(next);
      const bytes = Math.min(this.#usableBytes - 4, payload.length - filled);
      payload.set(new Uint8Array(overflow.buffer, overflow.byteOffset + 4, bytes), filled);
      filled += bytes;
      next = overflow.getUint32(0);
    }
    return payload;
  }

  /** "Cell payload overflow pages": what SQLite leaves on the page itself. */
  #localBytes(length: number): number {
    const most = this.#usableBytes - 35;
    if (length <= most) return length;
    const least = Math.floor(((this.#usableBytes - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (this.#usableBytes - 4));
    return fitting <= most ? fitting : least;
  }
}

function viewUint32(page: DataView, at: number, end: number): number {
  if (at + 4 > end) throw new DamagedDatabase('a cell lies outside its page');
  return page.getUint32(at);
}
