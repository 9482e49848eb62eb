import { DamagedDatabase } from './database-bytes.js';

/** A column's value: text and blobs as bytes; undefined stands for NULL and for fractions, which nobody here reads. */
export type SqliteValue = Uint8Array | number | undefined;

/** Bytes of the integers of serial types 1 to 6, and of a fraction (7). */
const numberBytes = [0, 1, 2, 3, 4, 6, 8, 8];

/** SQLITE_MAX_COLUMN, as high as it can be set. */
const maxColumns = 32_767;

/** Decodes a row (sqlite.org/fileformat2.html, "Record Format"). Throws DamagedDatabase. */
export function decodeRecord(record: Uint8Array): SqliteValue[] {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const header = readVarint(view, 0);
  const values: SqliteValue[] = [];
  let at = header.value;
  for (let typeAt = header.end; typeAt < header.value; ) {
    const type = readVarint(view, typeAt);
    typeAt = type.end;
    if (values.length === maxColumns) throw new DamagedDatabase('a row has more columns than any');
    const bytes = type.value >= 12 ? (type.value - 12 - (type.value % 2)) / 2 : (numberBytes[type.value] ?? 0);
    if (at + bytes > record.length) throw new DamagedDatabase('a row is shorter than its columns');
    const value = record.subarray(at, at + bytes);
    if (type.value >= 12) values.push(value);
    else if (type.value === 8 || type.value === 9) values.push(type.value - 8);
    else values.push(type.value === 0 || type.value === 7 ? undefined : integerOf(value));
    at += bytes;
  }
  return values;
}

function integerOf(bytes: Uint8Array): number {
  const [first = 0] = bytes;
  return bytes.reduce((value, byte) => value * 256 + byte, first > 0x7f ? -1 : 0);
}

/** An integer of one to nine bytes, most significant first, seven bits in each but the ninth. Throws DamagedDatabase. */
export function readVarint(view: DataView, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    if (at + index >= view.byteLength) throw new DamagedDatabase('a number is cut off');
    const byte = view.getUint8(at + index);
    if (index === 8) return { value: value * 256 + byte, end: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  throw new DamagedDatabase('a number has no end');
}
