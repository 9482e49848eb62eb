import type { EntryType } from './file-tree.js';
import { encodePathText } from './path.js';

/** What a tar header says of one member. */
export interface TarHeader {
  /** Member name without a leading slash; directories get their trailing slash here. Text as in ImagePath. */
  readonly name: string;
  readonly type: Exclude<EntryType, 'socket'> | 'hard-link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtime: { readonly seconds: number; readonly nanoseconds: number };
  /** A symlink's text, or the member name a hard link stands for. */
  readonly linkTarget?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

export const tarBlockBytes = 512;

const typeFlags: Readonly<Record<TarHeader['type'], string>> = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

/** Largest numbers the octal fields of a ustar header hold (POSIX.1-2017, pax, "ustar Interchange Format"). */
const maxId = 0o7777777;
const maxOctal11 = 0o77777777777;

/**
 * The header blocks of one member: ustar, preceded by a PAX extended header (POSIX.1-2017, pax) for what ustar can't
 * say: long or non-ASCII names, large numbers, sub-second or negative times, xattrs (`SCHILY.xattr.*`, raw bytes).
 */
export function renderTarHeader(header: TarHeader): Buffer {
  const name = encodePathText(header.type === 'directory' ? `${header.name}/` : header.name);
  const link = encodePathText(header.linkTarget ?? '');
  const records = paxRecords(header, name, link);
  const fields = { ...header, name, link };
  if (records.length === 0) return ustarBlock(fields, typeFlags[header.type]);
  const body = Buffer.concat(records);
  const extended = ustarBlock(
    {
      ...fields,
      name: Buffer.from('PaxHeaders/entry'),
      link: Buffer.alloc(0),
      mode: 0o644,
      uid: 0,
      gid: 0,
      sizeBytes: body.length,
      mtime: { seconds: 0 },
    },
    'x',
  );
  return Buffer.concat([extended, body, tarPadding(body.length), ustarBlock(fields, typeFlags[header.type])]);
}

/** The zero bytes that fill a body of `sizeBytes` up to a whole number of blocks. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((tarBlockBytes - (sizeBytes % tarBlockBytes)) % tarBlockBytes);
}

/** Two zero blocks end an archive. */
export const tarEnd = Buffer.alloc(2 * tarBlockBytes);

interface UstarFields {
  readonly name: Buffer;
  readonly link: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtime: { readonly seconds: number };
  readonly device?: { readonly major: number; readonly minor: number };
}

function ustarBlock(fields: UstarFields, typeFlag: string): Buffer {
  const block = Buffer.alloc(tarBlockBytes);
  fields.name.copy(block, 0, 0, 100);
  block.write(octal(fields.mode, 7), 100, 'latin1');
  block.write(octal(Math.min(fields.uid, maxId), 7), 108, 'latin1');
  block.write(octal(Math.min(fields.gid, maxId), 7), 116, 'latin1');
  block.write(octal(Math.min(fields.sizeBytes, maxOctal11), 11), 124, 'latin1');
  block.write(octal(Math.min(Math.max(fields.mtime.seconds, 0), maxOctal11), 11), 136, 'latin1');
  block.fill(' ', 148, 156);
  block.write(typeFlag, 156, 'latin1');
  fields.link.copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257, 'latin1');
  if (fields.device !== undefined) {
    block.write(octal(Math.min(fields.device.major, maxId), 7), 329, 'latin1');
    block.write(octal(Math.min(fields.device.minor, maxId), 7), 337, 'latin1');
  }
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function paxRecords(header: TarHeader, name: Buffer, link: Buffer): Buffer[] {
  const records: Buffer[] = [];
  const add = (keyword: string, value: Uint8Array | string) => records.push(paxRecord(keyword, Buffer.from(value)));
  if (!fitsField(name)) add('path', name);
  if (!fitsField(link)) add('linkpath', link);
  if (header.uid > maxId) add('uid', String(header.uid));
  if (header.gid > maxId) add('gid', String(header.gid));
  if (header.sizeBytes > maxOctal11) add('size', String(header.sizeBytes));
  if (needsPaxTime(header.mtime)) add('mtime', renderPaxTime(header.mtime));
  for (const [xattr, value] of [...(header.xattrs ?? [])].sort(([left], [right]) => (left < right ? -1 : 1))) {
    add(`SCHILY.xattr.${xattr}`, value);
  }
  return records;
}

function fitsField(bytes: Buffer): boolean {
  return bytes.length <= 100 && bytes.every((byte) => byte < 0x80);
}

function needsPaxTime({ seconds, nanoseconds }: TarHeader['mtime']): boolean {
  return nanoseconds !== 0 || seconds < 0 || seconds > maxOctal11;
}

/** Decimal seconds; `seconds` is the floor, so before 1970 the fraction counts back towards it. */
function renderPaxTime({ seconds, nanoseconds }: TarHeader['mtime']): string {
  if (nanoseconds === 0) return String(seconds);
  const isNegative = seconds < 0;
  const whole = isNegative ? -(seconds + 1) : seconds;
  const fraction = isNegative ? 1_000_000_000 - nanoseconds : nanoseconds;
  return `${isNegative ? '-' : ''}${whole}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
}

/** `LENGTH KEYWORD=VALUE\n`, where LENGTH counts itself (POSIX.1-2017, pax Extended Header). */
function paxRecord(keyword: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(keyword) + value.length + 3;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${keyword}=`), value, Buffer.from('\n')]);
}
