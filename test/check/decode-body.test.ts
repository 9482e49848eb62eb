import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBody } from '../../src/check/decode-body.js';

const plain = Buffer.from('hello '.repeat(100));

describe('decodeBody', () => {
  test.each([
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['BR', brotliCompressSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['gzip, br', brotliCompressSync(gzipSync(plain))],
    ['identity', plain],
    [undefined, plain],
  ])('%s', (coding, body) => {
    expect(decodeBody(body, coding, 1000)).toEqual(plain);
  });

  test('what is not encoded as it says, or by what nobody knows, is not decoded', () => {
    expect(decodeBody(plain, 'gzip', 1000)).toBeUndefined();
    expect(decodeBody(gzipSync(plain).subarray(0, 20), 'gzip', 1000)).toBeUndefined();
    expect(decodeBody(plain, 'constructor', 1000)).toBeUndefined();
    expect(decodeBody(plain, 'zstd', 1000)).toBeUndefined();
  });

  test('a few bytes that would be very many are not decoded', () => {
    expect(decodeBody(gzipSync(Buffer.alloc(10_000_000)), 'gzip', 1000)).toBeUndefined();
  });

  test('an answer without a body has nothing to decode', () => {
    expect(decodeBody(Buffer.alloc(0), 'gzip', 1000)).toHaveLength(0);
  });
});
