import { expect, test } from 'vitest';
import { formatAmount } from '../src/amount.js';

test.each([
  [0, 'file', '0 files'],
  [1, 'file', '1 file'],
  [48213, 'path', '48,213 paths'],
  [1, 'entry', '1 entry'],
  [2, 'kept entry', '2 kept entries'],
  [2, 'directory', '2 directories'],
  [2, 'key', '2 keys'],
])('%d of %j: %s', (amount, what, words) => {
  expect(formatAmount(amount, what)).toBe(words);
});
