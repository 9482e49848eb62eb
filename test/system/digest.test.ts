import { expect, test } from 'vitest';
import { DigestMeter, digestOf } from '../../src/system/digest.js';

test('the digest of nothing, and of abc, as FIPS 180 has them', () => {
  expect(digestOf('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a meter comes to the same, however the bytes are cut', () => {
  const meter = new DigestMeter();
  for (const chunk of ['a', '', 'bc']) meter.update(Buffer.from(chunk));
  expect(meter.sizeBytes).toBe(3);
  expect(meter.digest()).toBe(digestOf('abc'));
});
