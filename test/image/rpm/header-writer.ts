/** An rpm header with the tags of a package's name and files, as it is in rpm's databases (rpm's format_v4.md). */
export function writeHeader(
  name: string,
  directories: readonly string[],
  files: readonly (readonly [directory: number, baseName: string])[],
  /** Other tags by their numbers: a string, or a 32-bit number. */
  more: Readonly<Record<number, string | number>> = {},
): Buffer {
  const data: Buffer[] = [];
  const entries: Buffer[] = [];
  const add = (tag: number, type: number, count: number, value: Buffer) => {
    const offset = data.reduce((sum, { length }) => sum + length, 0);
    const entry = Buffer.alloc(16);
    for (const [at, number] of [tag, type, offset, count].entries()) entry.writeUInt32BE(number, at * 4);
    entries.push(entry);
    data.push(value);
  };
  const strings = (values: readonly string[]) => Buffer.from(values.map((value) => `${value}\0`).join(''));
  const indexes = Buffer.alloc(files.length * 4);
  for (const [at, [directory]] of files.entries()) indexes.writeUInt32BE(directory, at * 4);
  add(1116, 4, files.length, indexes);
  add(1000, 6, 1, strings([name]));
  add(1117, 8, files.length, strings(files.map(([, baseName]) => baseName)));
  add(1118, 8, directories.length, strings(directories));
  for (const [tag, value] of Object.entries(more)) {
    const number = Buffer.alloc(4);
    if (typeof value === 'number') number.writeUInt32BE(value);
    add(Number(tag), typeof value === 'number' ? 4 : 6, 1, typeof value === 'number' ? number : strings([value]));
  }
  const head = Buffer.alloc(8);
  head.writeUInt32BE(entries.length, 0);
  head.writeUInt32BE(
    data.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  return Buffer.concat([head, ...entries, ...data]);
}
