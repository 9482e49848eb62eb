import { describe, expect, test } from 'vitest';
import { maskCredentials, maskUrl } from '../../src/system/mask-credentials.js';

describe('credentials in a text', () => {
  test.each([
    ['http://u:p@proxy:1', 'http://…@proxy:1'],
    ['http://u:p@ss@proxy:1', 'http://…@proxy:1'],
    ['http://u@corp:p@@ss@proxy:1/', 'http://…@proxy:1/'],
    ['http://u:p/ss@proxy:1', 'http://…@proxy:1'],
    ['http://u:p@s/s@proxy:1', 'http://…@proxy:1'],
    ['http://u:p?a#b@proxy', 'http://…@proxy'],
    ['http://u:p"q\'@proxy', 'http://…@proxy'],
    ['http://u:1@proxy', 'http://…@proxy'],
    ['http://:p@proxy', 'http://…@proxy'],
    ['at tcp://me:hunter2@[::1]:2376: refused', 'at tcp://…@[::1]:2376: refused'],
    ['a http://u:p@x b git+ssh://git@y/z c', 'a http://…@x b git+ssh://…@y/z c'],
    ['http://a/,http://u:p@x', 'http://a/,http://…@x'],
  ])('%s', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
    expect(maskCredentials(masked)).toBe(masked);
  });

  test.each([
    'https://registry.example/@scope/name@1.0',
    'registry.example:5000/app@sha256:abc of https://registry.example:5000/app@sha256:abc',
    'http://[::1]:80/a@b',
    'root@host, http://@x',
    'http://x',
    '',
  ])('%s has none', (text) => {
    expect(maskCredentials(text)).toBe(text);
  });

  test('are looked for in no time', () => {
    for (const piece of ['a://', 'a://b:x', 'a://b@', '@', ':', 'a://b:1/'])
      expect(maskCredentials(`${piece.repeat(100_000)}/@`).length).toBeGreaterThan(0);
  });
});

test.each([
  ['http://u:p w@ss@proxy:1', 'http://…@proxy:1'],
  ['u:p@ss@proxy:1', '…@proxy:1'],
  ['http://u:12/p@proxy:1', 'http://…@proxy:1'],
  ['http://proxy:1', 'http://proxy:1'],
  ['localhost,.corp', 'localhost,.corp'],
])('the URL %s', (url, masked) => {
  expect(maskUrl(url)).toBe(masked);
});
