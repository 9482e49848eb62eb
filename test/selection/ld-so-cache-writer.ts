import type { LdSoCacheEntry } from '../../src/selection/ld-so-cache.js';

/** The flags ldconfig writes for a libc 6 library of x86-64. */
export const x8664Flags = 0x0303;

/** An ld.so.cache as ldconfig writes it since glibc 2.32, or behind an old one (`--format=compat`), or the old alone. */
export function writeLdSoCache(
  entries: readonly LdSoCacheEntry[],
  format: 'new' | 'compat' | 'old' = 'new',
  isBigEndian = false,
): Buffer {
  const old =
    format === 'new' ? Buffer.alloc(0) : writeOld(format === 'old' ? entries : [], entries.length, isBigEndian);
  return format === 'old' ? old : Buffer.concat([old, writeNew(entries, isBigEndian)]);
}

function writeNew(entries: readonly LdSoCacheEntry[], isBigEndian: boolean): Buffer {
  const head = Buffer.alloc(48 + entries.length * 24);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  head.write('glibc-ld.so.cache1.1', 'latin1');
  view.setUint32(20, entries.length, !isBigEndian);
  view.setUint8(28, isBigEndian ? 3 : 2);
  let strings = Buffer.alloc(0);
  const add = (text: string): number => {
    const at = head.length + strings.length;
    strings = Buffer.concat([strings, Buffer.from(`${text}\0`)]);
    return at;
  };
  entries.forEach(({ name, path, flags, isCpuVariant }, index) => {
    const at = 48 + index * 24;
    view.setUint32(at, flags, !isBigEndian);
    view.setUint32(at + 4, add(name), !isBigEndian);
    view.setUint32(at + 8, add(path), !isBigEndian);
    view.setBigUint64(at + 16, isCpuVariant ? 1n << 62n : 0n, !isBigEndian);
  });
  return Buffer.concat([head, strings]);
}

function writeOld(entries: readonly LdSoCacheEntry[], padCount: number, isBigEndian: boolean): Buffer {
  const count = entries.length === 0 ? padCount : entries.length;
  const head = Buffer.alloc(16 + count * 12);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  head.write('ld.so-1.7.0', 'latin1');
  view.setUint32(12, count, !isBigEndian);
  let strings = Buffer.alloc(0);
  entries.forEach(({ name, path, flags }, index) => {
    view.setUint32(16 + index * 12, flags, !isBigEndian);
    view.setUint32(16 + index * 12 + 4, strings.length, !isBigEndian);
    strings = Buffer.concat([strings, Buffer.from(`${name}\0`)]);
    view.setUint32(16 + index * 12 + 8, strings.length, !isBigEndian);
    strings = Buffer.concat([strings, Buffer.from(`${path}\0`)]);
  });
  const whole = Buffer.concat([head, strings]);
  // In the compat format the new cache begins at the next multiple of eight.
  return entries.length > 0 ? whole : Buffer.concat([whole, Buffer.alloc(-whole.length & 7)]);
}
