import { expect, test } from 'vitest';
import { stopSignalNumber } from '../../../src/engine/embedded/stop-signal.js';

test.each([
  [undefined, 15],
  ['', 15],
  ['SIGQUIT', 3],
  ['quit', 3],
  ['9', 9],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
  ['SIGNONSENSE', 15],
  ['0', 15],
  ['900', 15],
])('%s is signal %i', (name, expected) => {
  expect(stopSignalNumber(name)).toBe(expected);
});
