import { describe, expect, test } from 'vitest';
import { compareVersions, findLibcVersion } from '../../../src/build/base/libc-version.js';
import { type Entries, readThrough, refusal, restack } from './restack.js';

const tuple = 'x86_64-linux-gnu';
const header = Buffer.concat([Buffer.from('7f454c460201', 'hex'), Buffer.alloc(12), Buffer.from('3e00', 'hex')]);
const elf = (text: string) => Buffer.concat([header, Buffer.from(text)]);

function glibc(version: string, more: Entries = {}): Entries {
  return {
    [`/lib/${tuple}/libc.so.6`]: { body: elf(`libc ${version}`) },
    [`/lib/${tuple}/ld-linux-x86-64.so.2`]: { body: elf(`loader ${version}`) },
    ...more,
  };
}

const words = (version: string) => `GNU C Library stable release version ${version}.`;
const musl: Entries = { '/lib/ld-musl-x86_64.so.1': { body: elf('musl libc (x86_64)\nVersion %s\n\x001.2.3\0') } };
const libm: Entries = {
  [`/lib/${tuple}/libm.so.6`]: { body: 'libm' },
  [`/usr/lib/${tuple}/gconv/EBCDIC.so`]: { body: 'e' },
};

describe('the application’s own loader and libraries win together, or the base is refused', () => {
  test('the same libc is shared', async () => {
    const { written, whiteouts } = await restack(glibc(words('2.36')), glibc(words('2.36'), libm));
    expect([written, whiteouts]).toEqual([[], []]);
  });

  test('a newer one takes the place of all of the base’s, recorded or not: never one’s loader and the other’s libm', async () => {
    const stacked = await restack(glibc(words('2.41')), glibc(words('2.36'), libm));
    expect([...stacked.whiteouts].sort()).toEqual([`/lib/${tuple}/libm.so.6`, `/usr/lib/${tuple}/gconv/EBCDIC.so`]);
    expect(readThrough(stacked, `/lib/${tuple}/libc.so.6`)).toContain('2.41');
  });

  test('2.36 on 2.41: refused', async () => {
    expect(await refusal(restack(glibc(words('2.36')), glibc(words('2.41'))))).toBe(
      'its glibc 2.41 is newer than the image’s 2.36: what else it has may need it',
    );
  });

  test('versions are numbers: 2.9 is older than 2.36', async () => {
    expect(await refusal(restack(glibc(words('2.9')), glibc(words('2.36'))))).toContain('newer');
    expect(compareVersions('2.36', '2.36')).toBe(0);
    expect(compareVersions('2.36.1', '2.36')).toBeGreaterThan(0);
  });

  test('a libc that doesn’t say its version, and isn’t the same: refused', async () => {
    expect(await refusal(restack(glibc('ours'), glibc('theirs')))).toBe(
      `its glibc is another than the image’s, and /lib/${tuple}/libc.so.6 doesn’t say of which version`,
    );
    expect((await restack(glibc('same'), glibc('same'))).written).toEqual([]);
  });

  test('musl and glibc are strangers', async () => {
    expect(await refusal(restack(musl, glibc(words('2.36'))))).toBe('its libc is glibc, and the image’s is musl');
    expect(await refusal(restack(glibc(words('2.36')), musl))).toBe('its libc is musl, and the image’s is glibc');
    expect((await restack(musl, { '/etc/passwd': { body: 'root' } })).files).not.toEqual([]);
    expect((await restack(musl, musl)).written).toEqual([]);
    expect((await restack({ '/server': { body: 'static' } }, glibc(words('2.36')))).whiteouts).toEqual([]);
  });

  test('32-bit libraries are no part of it', async () => {
    const i386 = {
      '/lib/i386-linux-gnu/libc.so.6': {
        body: Buffer.concat([
          Buffer.from('7f454c460101', 'hex'),
          Buffer.alloc(12),
          Buffer.from('0300', 'hex'),
          Buffer.from(words('2.41')),
        ]),
      },
    };
    const { whiteouts } = await restack(glibc(words('2.36')), { ...glibc(words('2.36')), ...i386 });
    expect(whiteouts).toEqual([]);
  });
});

describe('findLibcVersion', () => {
  const border = 4 * 1024 * 1024;

  test('finds it across the border of two reads', () => {
    const bytes = Buffer.alloc(2 * border);
    Buffer.from(words('2.36')).copy(bytes, border - 40);
    const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
    expect(findLibcVersion('glibc', read, bytes.length)).toBe('2.36');
    expect(findLibcVersion('musl', () => Buffer.from([0, ...Buffer.from('1.2.3'), 0]), 10)).toBe('1.2.3');
  });

  test('a libc of a terabyte is given up, not read', () => {
    let asked = 0;
    const read = (_: number, length: number) => {
      asked += length;
      return Buffer.alloc(length);
    };
    expect(findLibcVersion('glibc', read, 1e12)).toBeUndefined();
    expect(asked).toBeLessThan(40 * 1024 * 1024);
  });
});
