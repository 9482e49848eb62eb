/** Pages of a small SQLite database, written by sqlite.org/fileformat2.html as far as rpm's table needs it. */
export const pageBytes = 512;

/** A database with the table `Packages`: page 2 leads to a page for each blob, and from there to those of its rest. */
export function writeSqlite(blobs: readonly Uint8Array[]): Buffer {
  const first = Buffer.alloc(pageBytes);
  first.write('SQLite format 3\0', 'latin1');
  first.writeUInt16BE(pageBytes, 16);
  const pages = [first, Buffer.alloc(pageBytes)];
  writeLeaf(pages, 0, 100, record(['table', 'Packages', 'Packages', 2, 'CREATE TABLE Packages (…)']));
  const leaves = blobs.map((blob) => {
    const at = pages.push(Buffer.alloc(pageBytes)) - 1;
    writeLeaf(pages, at, 0, record([undefined, blob]));
    return at + 1;
  });
  writeInterior(pages[1] as Buffer, leaves);
  return Buffer.concat(pages);
}

function writeInterior(page: Buffer, leaves: readonly number[]): void {
  page[0] = 0x05;
  page.writeUInt16BE(Math.max(0, leaves.length - 1), 3);
  page.writeUInt32BE(leaves.at(-1) ?? 0, 8);
  for (const [index, leaf] of leaves.slice(0, -1).entries()) {
    const start = pageBytes - (index + 1) * 5;
    page.writeUInt16BE(start, 12 + index * 2);
    page.writeUInt32BE(leaf, start);
    page[start + 4] = index;
  }
}

function writeLeaf(pages: Buffer[], index: number, at: number, payload: Buffer): void {
  const page = pages[index] as Buffer;
  const most = pageBytes - 35;
  const least = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const fitting = least + ((payload.length - least) % (pageBytes - 4));
  const local = payload.length <= most ? payload.length : fitting <= most ? fitting : least;
  const head = Buffer.concat([varint(payload.length), varint(index)]);
  const start = pageBytes - head.length - local - 4;
  page[at] = 0x0d;
  page.writeUInt16BE(1, at + 3);
  page.writeUInt16BE(start, at + 8);
  head.copy(page, start);
  payload.copy(page, start + head.length, 0, local);
  let link = { page, at: start + head.length + local };
  for (let filled = local; filled < payload.length; filled += pageBytes - 4) {
    const overflow = Buffer.alloc(pageBytes);
    payload.copy(overflow, 4, filled, filled + pageBytes - 4);
    link.page.writeUInt32BE(pages.push(overflow), link.at);
    link = { page: overflow, at: 0 };
  }
}

function record(columns: readonly (string | number | Uint8Array | undefined)[]): Buffer {
  const bodies = columns.map((column) =>
    column === undefined ? Buffer.alloc(0) : Buffer.from(typeof column === 'number' ? [column] : (column as string)),
  );
  const types = columns.map((column, at) => {
    if (column === undefined) return varint(0);
    if (typeof column === 'number') return varint(1);
    return varint((bodies[at]?.length ?? 0) * 2 + (typeof column === 'string' ? 13 : 12));
  });
  const head = Buffer.concat(types);
  return Buffer.concat([varint(head.length + 1), head, ...bodies]);
}

function varint(value: number): Buffer {
  const bytes = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest & 0x7f) | 0x80);
  return Buffer.from(bytes);
}
