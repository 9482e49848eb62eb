import { expect, test } from 'vitest';
import { readPackageText } from '../../src/image/package-text.js';

const entryOf = (sizeBytes: number) => ({ path: '/var/lib/dpkg/status', type: 'file', sizeBytes }) as never;
const contents = { read: () => Buffer.from('Package: a\xff', 'latin1') } as never;

test('a package database is text in which file names are bytes', () => {
  expect(readPackageText(entryOf(11), contents)).toBe('Package: a\udcff');
});

test('a package database as long as the memory is refused with words', () => {
  expect(() => readPackageText(entryOf(700_000_000), contents)).toThrow(
    'slimtrace cannot handle a package database of 700000000 bytes (/var/lib/dpkg/status)',
  );
});
