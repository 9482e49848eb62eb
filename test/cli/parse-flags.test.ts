import { expect, test } from 'vitest';
import { parseNodeFileTrace, parseTimes } from '../../src/cli/parse-flags.js';
import { locateNodeFileTrace } from '../../src/node-file-trace/locate.js';

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1500ms', 1500],
])('--timeout %s', (timeout, timeoutMs) => {
  expect(parseTimes({ timeout, stopTimeout: '3' })).toEqual({ timeoutMs, stopGraceSeconds: 3 });
});

test.each(['', '0', '500ms', '90 s', '-1', '1d', 'soon', '25h', '1e3'])('--timeout "%s" is refused', (timeout) => {
  expect(() => parseTimes({ timeout, stopTimeout: '3' })).toThrow('is not a time of 1 to 86400 seconds');
});

test('--nft without @vercel/nft says what to install, and only when it is to be asked', () => {
  const locate = () =>
    locateNodeFileTrace((name) => {
      throw new Error(`Cannot find module '${name}'`);
    });
  const asked = () => parseNodeFileTrace({ nft: true }, new Set(), locate);
  expect(asked).toThrow(
    expect.objectContaining({
      code: 'nft-missing',
      exitCode: 3,
      hint: expect.stringContaining('npm install @vercel/nft'),
    }),
  );
  expect(parseNodeFileTrace({}, new Set(), locate)).toBeUndefined();
  expect(parseNodeFileTrace({ nft: true }, new Set(['node']), locate)).toBeUndefined();
});
