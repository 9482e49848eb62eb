import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ElfFacts, parseElf } from '../../src/selection/elf.js';
import { writeElf } from './elf-writer.js';

/** Parses bytes and counts what was read. */
function parse(bytes: Uint8Array): { facts: ElfFacts | undefined; readBytes: number; reads: number } {
  let readBytes = 0;
  let reads = 0;
  const facts = parseElf((offset, length) => {
    reads += 1;
    const part = bytes.subarray(offset, offset + length);
    readBytes += part.length;
    return part;
  });
  return { facts, readBytes, reads };
}

const everything = {
  interpreter: '/lib/ld.so.1',
  needed: ['libm.so.6', 'libc.so.6'],
  soname: 'libme.so.1',
  rpath: '$ORIGIN/../lib:/opt/lib',
  runpath: '/r',
  flags1: 0x8000_0800,
};

describe('parseElf', () => {
  it.each([
    { elfClass: 64, isBigEndian: false, machine: 62 },
    { elfClass: 64, isBigEndian: true, machine: 22 },
    { elfClass: 32, isBigEndian: false, machine: 3 },
    { elfClass: 32, isBigEndian: true, machine: 8 },
  ] as const)('reads all facts of a $elfClass-bit file, big-endian $isBigEndian', (layout) => {
    expect(parse(writeElf({ ...everything, ...layout })).facts).toEqual({
      elfClass: layout.elfClass,
      machine: layout.machine,
      interpreter: '/lib/ld.so.1',
      soname: 'libme.so.1',
      needed: ['libm.so.6', 'libc.so.6'],
      rpath: ['$ORIGIN/../lib', '/opt/lib'],
      runpath: ['/r'],
      hasNoDefaultLibraries: true,
    });
  });

  it('takes text, an empty file and a bare magic number for what they are', () => {
    for (const text of ['', '#!/bin/sh\n', '\x7fELF', '\x7fELG\x02\x01']) {
      expect(parse(Buffer.from(text, 'latin1')).facts).toBeUndefined();
    }
  });

  it('a file cut anywhere neither throws nor hangs', () => {
    const whole = writeElf(everything);
    for (let length = 0; length < whole.length; length += 1) {
      const { facts } = parse(whole.subarray(0, length));
      if (length < 64) expect(facts).toBeUndefined();
    }
  });

  it('hostile bytes neither throw nor make it read without end', () => {
    const whole = writeElf(everything);
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const damaged = Uint8Array.from(whole);
        for (const { at, value } of changes) damaged[at] = value;
        damaged.set(whole.subarray(0, 6));
        const { facts, reads } = parse(damaged);
        expect(facts).toBeDefined();
        expect(reads).toBeLessThan(50);
      }),
      { numRuns: 2000 },
    );
  });

  it('a table of a billion needed libraries costs megabytes, not the machine', () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, 1);
    const honest = writeElf({});
    bytes.set(honest);
    // PT_DYNAMIC (the second program header) spans the file, whose every 16 bytes are the same DT_NEEDED.
    bytes.writeBigUInt64LE(BigInt(bytes.length), 64 + 56 + 32);
    for (let at = 64 + 56 * 2; at + 16 < bytes.length; at += 16) {
      bytes.writeBigUInt64LE(1n, at);
      bytes.writeBigUInt64LE(8n, at + 8);
    }
    const { readBytes } = parse(bytes);
    expect(readBytes).toBeLessThan(32 * 1024 * 1024);
  });
});
