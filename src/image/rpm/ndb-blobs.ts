import { DamagedDatabase, type DatabaseBytes, maxBlobBytes, readExactly } from './database-bytes.js';

const pageBytes = 4096;
const slotBytes = 16;
const blockBytes = 16;
const headBytes = 16;
/** Of the first page, two slots are the file's own header. */
const headerSlots = 2;

/**
 * The headers of all packages in rpm's own database format, `Packages.db` (rpm's lib/backend/ndb/rpmpkg.c): pages of
 * slots, each naming the blocks of one blob. All numbers are little-endian. Throws DamagedDatabase.
 */
export function* readNdbBlobs(file: DatabaseBytes): Generator<Uint8Array> {
  const header = readExactly(file, 0, headerSlots * slotBytes);
  if (magicAt(header, 0) !== 'RpmP') throw new DamagedDatabase('it does not begin as an ndb database does');
  if (header.getUint32(4, true) !== 0) throw new DamagedDatabase('it is of a later version');
  const pages = header.getUint32(12, true);
  let blobBytes = 0;
  for (let page = 0; page < pages; page++) {
    const slots = readExactly(file, page * pageBytes, pageBytes);
    for (let at = page === 0 ? headerSlots * slotBytes : 0; at < pageBytes; at += slotBytes) {
      if (magicAt(slots, at) !== 'Slot') throw new DamagedDatabase('a slot of it is none');
      const block = slots.getUint32(at + 8, true);
      if (block === 0) continue;
      const blob = readBlob(file, block * blockBytes, slots.getUint32(at + 4, true));
      blobBytes += blob.length;
      // Slots that share their blocks could make a small file as long as they like.
      if (blobBytes > file.sizeBytes) throw new DamagedDatabase('its packages are longer than the whole');
      yield blob;
    }
  }
}

/** Before the blob: a magic, the package's number, a time, the blob's length. */
function readBlob(file: DatabaseBytes, offset: number, packageNumber: number): Uint8Array {
  const head = readExactly(file, offset, headBytes);
  if (magicAt(head, 0) !== 'BlbS' || head.getUint32(4, true) !== packageNumber)
    throw new DamagedDatabase('a package is not where its slot says');
  const length = head.getUint32(12, true);
  if (length > maxBlobBytes) throw new DamagedDatabase('a package is longer than any');
  const blob = readExactly(file, offset + headBytes, length);
  return new Uint8Array(blob.buffer, blob.byteOffset, length);
}

function magicAt(view: DataView, at: number): string {
  return Buffer.from(view.buffer, view.byteOffset + at, 4).toString('latin1');
}
