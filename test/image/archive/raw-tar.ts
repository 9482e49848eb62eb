import { renderTarHeader, type TarHeader, tarEnd, tarPadding } from '../../../src/image/tar-header.js';

/** A member in few words: a regular file 0644 of root at time 0, but for what is said. */
export type MemberSketch = Partial<TarHeader> & { readonly name: string; readonly body?: string | Uint8Array };

/** An honest member, as renderTarHeader writes it. */
export function memberOf({ body = '', ...sketch }: MemberSketch): Buffer {
  const bytes = Buffer.from(body);
  const header = renderTarHeader({
    type: sketch.linkTarget === undefined ? 'file' : 'symlink',
    mode: sketch.type === 'directory' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    sizeBytes: bytes.length,
    ...sketch,
  });
  return Buffer.concat([header, bytes, tarPadding(bytes.length)]);
}

export function tarOf(members: readonly (MemberSketch | Buffer)[]): Buffer {
  return Buffer.concat([...members.map((member) => (Buffer.isBuffer(member) ? member : memberOf(member))), tarEnd]);
}

export interface RawFields {
  readonly name?: string | Buffer;
  readonly mode?: string;
  readonly uid?: string | Buffer;
  readonly gid?: string | Buffer;
  readonly size?: string | Buffer;
  readonly mtime?: string | Buffer;
  readonly typeFlag?: string;
  readonly linkName?: string | Buffer;
  readonly magic?: string;
  readonly prefix?: string;
  readonly major?: string | Buffer;
  readonly minor?: string | Buffer;
  readonly trailer?: string;
  readonly body?: string | Uint8Array;
  /** Adds the bytes up as signed ones, as old writers did. */
  readonly isSigned?: boolean;
}

/** A member whose header fields are exactly what is said: what no honest writer would write, or only an old one did. */
export function rawMember(fields: RawFields): Buffer {
  const body = Buffer.from(fields.body ?? '');
  const block = Buffer.alloc(512);
  const put = (value: string | Buffer, offset: number, length: number) =>
    Buffer.from(typeof value === 'string' ? Buffer.from(value, 'latin1') : value).copy(block, offset, 0, length);
  put(fields.name ?? 'file', 0, 100);
  put(fields.mode ?? '0000644\0', 100, 8);
  put(fields.uid ?? '0000000\0', 108, 8);
  put(fields.gid ?? '0000000\0', 116, 8);
  put(fields.size ?? `${body.length.toString(8).padStart(11, '0')}\0`, 124, 12);
  put(fields.mtime ?? '00000000000\0', 136, 12);
  put('        ', 148, 8);
  put(fields.typeFlag ?? '0', 156, 1);
  put(fields.linkName ?? '', 157, 100);
  put(fields.magic ?? 'ustar\x0000', 257, 8);
  put(fields.major ?? '', 329, 8);
  put(fields.minor ?? '', 337, 8);
  put(fields.prefix ?? '', 345, 155);
  put(fields.trailer ?? '', 508, 4);
  const sum = block.reduce((total, byte) => total + (fields.isSigned && byte > 127 ? byte - 256 : byte), 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return Buffer.concat([block, body, tarPadding(body.length)]);
}

/** An extended header of type `x` or `g` with these records. */
export function paxMember(records: readonly (readonly [string, string | Uint8Array])[], typeFlag = 'x'): Buffer {
  const body = Buffer.concat(records.map(([keyword, value]) => paxRecord(keyword, Buffer.from(value))));
  return rawMember({ name: 'PaxHeaders/entry', typeFlag, body });
}

function paxRecord(keyword: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(keyword) + value.length + 3;
  const length = rest + String(rest + String(rest).length).length;
  return Buffer.concat([Buffer.from(`${length} ${keyword}=`), value, Buffer.from('\n')]);
}

/** A number as GNU tar writes what octal digits can't hold: big-endian two's complement below a marker bit. */
export function base256(value: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let rest = BigInt.asUintN(length * 8, value);
  for (let at = length - 1; at >= 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}
