import { expect, test } from 'vitest';
import { isFileOnly, parseGranularity } from '../../src/selection/granularity.js';

test('one for all paths, and overrides in the order they were given', () => {
  expect(parseGranularity([])).toEqual({ default: 'file', overrides: [] });
  expect(parseGranularity(['/a=b/**=directory', 'package', '*.so=file'])).toEqual({
    default: 'package',
    overrides: [
      { pattern: '/a=b/**', granularity: 'directory' },
      { pattern: '*.so', granularity: 'file' },
    ],
  });
});

test.each(['folder', '', '/srv=', '=package', '/srv=folder'])('%j is refused, with what would do', (value) => {
  expect(() => parseGranularity([value])).toThrow(
    expect.objectContaining({ code: 'usage', details: expect.objectContaining({ hint: expect.any(String) }) }),
  );
});

test('whether anything ever comes along', () => {
  expect(isFileOnly(parseGranularity(['file', '/srv=file']))).toBe(true);
  expect(isFileOnly(parseGranularity(['file', '/srv=directory']))).toBe(false);
  expect(isFileOnly(parseGranularity(['package', '/srv=file']))).toBe(false);
});
