import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inflate } from '../../../src/selection/java/inflate.ts';

describe('inflate', () => {
  test('gives back what zlib packed, at each level', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }),
      fc
        .array(fc.constantFrom('java/awt/', 'class ', '\n', 'x'), { maxLength: 2000 })
        .map((words) => Buffer.from(words.join(''))),
    );
    fc.assert(
      fc.property(bytes, fc.constantFrom(0, 1, 6, 9), (data, level) => {
        const packed = deflateRawSync(data, { level });
        expect(Buffer.from(inflate(packed, 100_000) ?? []).equals(Buffer.from(data))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('refuses more than it was told to make', () => {
    expect(inflate(deflateRawSync(Buffer.alloc(10_000)), 9999)).toBeUndefined();
    expect(inflate(deflateRawSync(Buffer.alloc(10_000)), 10_000)).toHaveLength(10_000);
  });

  test('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        expect(inflate(data, 10_000)?.length ?? 0).toBeLessThanOrEqual(10_000);
      }),
      { numRuns: 500 },
    );
  });
});
