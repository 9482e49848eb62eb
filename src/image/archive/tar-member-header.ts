import { decodePathBytes } from '../path.js';
import { tarBlockBytes } from '../tar-header.js';
import { parseOctal, parseTarNumber } from './tar-numbers.js';

/** What stands in one header block, numbers and names decoded, nothing concluded from it. */
export interface MemberHeader {
  /** One character (POSIX.1-2017, pax, "typeflag"). */
  readonly typeFlag: string;
  readonly name: Buffer;
  readonly linkName: Buffer;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly sizeBytes: number | undefined;
  readonly mtime: number | undefined;
  readonly major: number | undefined;
  readonly minor: number | undefined;
}

/** True when the block's checksum is that of its bytes; old writers added them up as signed ones. */
export function hasValidChecksum(block: Buffer): boolean {
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let at = 0; at < tarBlockBytes; at += 1) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] as number;
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  const expected = parseOctal(block, 148, 8);
  return expected === unsigned || expected === signed;
}

export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0);
}

/** Reads a header block of v7, ustar (POSIX.1-2017), star or old GNU tar. Names are copies. */
export function readMemberHeader(block: Buffer): MemberHeader {
  const magic = block.toString('latin1', 257, 265);
  const isUstar = magic.startsWith('ustar');
  return {
    typeFlag: String.fromCharCode(block[156] as number),
    name: nameOf(block, magic),
    linkName: Buffer.from(field(block, 157, 100)),
    mode: parseTarNumber(block, 100, 8),
    uid: parseTarNumber(block, 108, 8),
    gid: parseTarNumber(block, 116, 8),
    sizeBytes: parseTarNumber(block, 124, 12),
    mtime: parseTarNumber(block, 136, 12),
    major: isUstar ? parseTarNumber(block, 329, 8) : 0,
    minor: isUstar ? parseTarNumber(block, 337, 8) : 0,
  };
}

/** Old GNU headers (`ustar` and two blanks) keep times where ustar has the name's beginning; star's is shorter. */
function nameOf(block: Buffer, magic: string): Buffer {
  const name = field(block, 0, 100);
  if (!magic.startsWith('ustar\0')) return Buffer.from(name);
  const isStar = block.toString('latin1', 508, 512) === 'tar\0';
  const prefix = field(block, 345, isStar ? 131 : 155);
  return prefix.length === 0 ? Buffer.from(name) : Buffer.concat([prefix, Buffer.from('/'), name]);
}

function field(block: Buffer, offset: number, length: number): Buffer {
  const bytes = block.subarray(offset, offset + length);
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** A name as text (see ImagePath): what follows a NUL isn't part of it. */
export function decodeName(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decodePathBytes(end === -1 ? bytes : bytes.subarray(0, end));
}
