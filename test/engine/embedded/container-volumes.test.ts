import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseVolumes } from '../../../src/engine/embedded/container-volumes.js';

describe('parseVolumes', () => {
  test.each([
    ['/a:/b', { source: '/a', target: '/b', isReadOnly: false }],
    ['/a:/b:ro', { source: '/a', target: '/b', isReadOnly: true }],
    ['/a:/b:rw,z', { source: '/a', target: '/b', isReadOnly: false }],
    ['./a:/b', { source: resolve('a'), target: '/b', isReadOnly: false }],
  ])('%s is a bind mount', (volume, expected) => {
    expect(parseVolumes([volume])).toEqual({ binds: [expected], directories: [] });
  });

  test('a path alone is a directory that has to be there', () => {
    expect(parseVolumes(['/data'])).toEqual({ binds: [], directories: ['/data'] });
  });

  test.each([
    ['data:/b', 'named volumes'],
    ['/a:b', '"b" is not an absolute path'],
    ['data', '"data" is not an absolute path'],
    ['/a:/b:nocopy', 'unknown option nocopy'],
    ['/a:/b:ro:x', 'too many parts'],
  ])('%s is refused', (volume, words) => {
    expect(() => parseVolumes([volume])).toThrow(words);
  });
});
