import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLdSoCache } from '../../src/selection/ld-so-cache.js';
import { writeLdSoCache, x8664Flags } from './ld-so-cache-writer.js';

const entries = [
  { name: 'libz.so.1', path: '/lib/glibc-hwcaps/x86-64-v3/libz.so.1', flags: x8664Flags, isCpuVariant: true },
  { name: 'libz.so.1', path: '/lib/x86_64-linux-gnu/libz.so.1', flags: x8664Flags, isCpuVariant: false },
  { name: 'libz.so.1', path: '/lib/i386-linux-gnu/libz.so.1', flags: 3, isCpuVariant: false },
];

describe('parseLdSoCache', () => {
  it.each([
    ['new', false],
    ['new', true],
    ['compat', false],
    ['compat', true],
  ] as const)('reads the %s format, big-endian %s', (format, isBigEndian) => {
    expect(parseLdSoCache(writeLdSoCache(entries, format, isBigEndian))).toEqual(entries);
  });

  it('reads the format of glibc 2.1, which knows no CPU variants', () => {
    const plain = entries.map((entry) => ({ ...entry, isCpuVariant: false }));
    expect(parseLdSoCache(writeLdSoCache(entries, 'old'))).toEqual(plain);
  });

  it('takes anything else for an empty cache', () => {
    for (const text of ['', 'ld.so', 'ld.so-1.7.0', 'glibc-ld.so.cache1.1', 'nothing like it']) {
      expect(parseLdSoCache(Buffer.from(text))).toEqual([]);
    }
  });

  it('a damaged cache neither throws nor hangs', () => {
    const whole = writeLdSoCache(entries, 'compat');
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change), fc.nat(whole.length), (changes, length) => {
        const damaged = Buffer.from(whole);
        for (const { at, value } of changes) damaged[at] = value;
        expect(parseLdSoCache(damaged.subarray(0, length)).length).toBeLessThan(100);
      }),
      { numRuns: 1000 },
    );
  });
});
