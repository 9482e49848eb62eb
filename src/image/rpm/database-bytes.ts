/** A database of an image, read where it is needed. */
export interface DatabaseBytes {
  readonly sizeBytes: number;
  /** Fewer bytes than asked for at the end. */
  read(offset: number, length: number): Uint8Array;
}

/** A database that isn't what its format says. Its message is a clause, for people. */
export class DamagedDatabase extends Error {}

/** No package's header is near this; rpm itself refuses more than four times as much. */
export const maxBlobBytes = 64 * 1024 * 1024;

/** Exactly `length` bytes. Throws DamagedDatabase when the file ends before. */
export function readExactly(file: DatabaseBytes, offset: number, length: number): DataView {
  if (offset + length > file.sizeBytes) throw new DamagedDatabase('it ends too early');
  const bytes = file.read(offset, length);
  if (bytes.length < length) throw new DamagedDatabase('it ends too early');
  return new DataView(bytes.buffer, bytes.byteOffset, length);
}
