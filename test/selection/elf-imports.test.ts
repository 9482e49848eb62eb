import { describe, expect, it } from 'vitest';
import type { ReadBytes } from '../../src/selection/elf-file.js';
import { parseElfImports } from '../../src/selection/elf-imports.js';
import { writeElf } from './elf-writer.js';

const readerOf =
  (bytes: Uint8Array): ReadBytes =>
  (offset, length) =>
    bytes.subarray(offset, offset + length);

const symbols = { imports: ['dlopen', 'iconv_open'], exports: ['main'], needed: ['libc.so.6'] };

describe('parseElfImports', () => {
  it.each([
    { elfClass: 64, isBigEndian: false },
    { elfClass: 64, isBigEndian: true },
    { elfClass: 32, isBigEndian: false },
    { elfClass: 32, isBigEndian: true },
  ] as const)('names what a $elfClass-bit file takes from others, big-endian $isBigEndian', (layout) => {
    const file = writeElf({ ...symbols, ...layout });
    expect([...parseElfImports(readerOf(file))]).toEqual(['dlopen', 'iconv_open']);
  });

  it('takes nothing from what is no ELF file', () => {
    for (const text of ['', '#!/bin/sh\n', '\x7fELF'])
      expect(parseElfImports(readerOf(Buffer.from(text))).size).toBe(0);
  });

  it('a file cut anywhere neither throws nor hangs', () => {
    const whole = writeElf(symbols);
    for (let length = 0; length < whole.length; length += 1) {
      const names = parseElfImports(readerOf(whole.subarray(0, length)));
      for (const name of names) expect(symbols.imports).toContain(name);
    }
  });

  it('any byte turned over neither throws nor reads a gigabyte', () => {
    const whole = writeElf(symbols);
    let mostBytes = 0;
    for (let at = 0; at < whole.length; at += 1) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      let asked = 0;
      parseElfImports((offset, length) => {
        asked += length;
        return broken.subarray(offset, offset + length);
      });
      mostBytes = Math.max(mostBytes, asked);
    }
    expect(mostBytes).toBeLessThan(2 ** 27);
  });
});
