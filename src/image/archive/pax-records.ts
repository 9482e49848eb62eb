import { decodePathBytes } from '../path.js';

const equals = 0x3d;
const lineFeed = 0x0a;
const blank = 0x20;

/** Only what describes a member here is kept; comments, checksums and names of users are not. */
const kept =
  /^(?:path|linkpath|size|uid|gid|mtime|SCHILY\.dev(?:major|minor)|(?:SCHILY|LIBARCHIVE)\.xattr\..+|GNU\.sparse\..+)$/s;

/**
 * Adds the records of one extended header to `records`: keyword → value, raw (POSIX.1-2017, pax, "pax Extended Header").
 * Returns what is wrong with them, if anything is.
 */
export function addPaxRecords(records: Map<string, Buffer>, bytes: Buffer): string | undefined {
  for (let at = 0; at < bytes.length; ) {
    const gap = bytes.indexOf(blank, at);
    const digits = gap === -1 || gap - at > 10 ? '' : bytes.toString('latin1', at, gap);
    const end = /^\d+$/.test(digits) ? at + Number(digits) : 0;
    if (end <= gap || end > bytes.length || bytes[end - 1] !== lineFeed) return 'a PAX record is malformed';
    const separator = bytes.indexOf(equals, gap);
    if (separator <= gap + 1 || separator >= end) return 'a PAX record has no keyword';
    const keyword = decodePathBytes(bytes.subarray(gap + 1, separator));
    // Copied: a few bytes would keep the whole header alive.
    if (kept.test(keyword)) records.set(keyword, Buffer.from(bytes.subarray(separator + 1, end - 1)));
    at = end;
  }
  return undefined;
}

/** What the records say of extended attributes: as raw bytes (star, GNU tar, Go) or in base 64 (libarchive). */
export function xattrsOf(records: ReadonlyMap<string, Buffer>): Map<string, Uint8Array> | undefined {
  let xattrs: Map<string, Uint8Array> | undefined;
  for (const prefix of ['LIBARCHIVE.xattr.', 'SCHILY.xattr.'])
    for (const [keyword, value] of records) {
      if (!keyword.startsWith(prefix)) continue;
      xattrs ??= new Map();
      const name = keyword.slice(prefix.length);
      if (prefix.startsWith('SCHILY')) xattrs.set(name, value);
      else xattrs.set(decodePercent(name), Buffer.from(value.toString('latin1'), 'base64'));
    }
  return xattrs;
}

/** libarchive writes `%` and two digits for what is not plain ASCII in an attribute's name. */
function decodePercent(name: string): string {
  return name.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
