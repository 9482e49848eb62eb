import { describe, expect, it } from 'vitest';
import { findLibraryNames } from '../../src/selection/library-names.js';

function namesIn(bytes: Buffer): readonly string[] {
  return findLibraryNames((offset, length) => bytes.subarray(offset, offset + length), bytes.length);
}

describe('findLibraryNames', () => {
  it.each([
    ['libfoo.so.2', ['libfoo.so.2']],
    ['x\0libfoo.so\0y', ['libfoo.so']],
    ['"/usr/lib/x/foo-1_2.so.1.2"', ['/usr/lib/x/foo-1_2.so.1.2']],
    ['%s/lib/libjava.so', ['s/lib/libjava.so']],
    ['needs liba.so, libb.so.1.', ['liba.so', 'libb.so.1']],
    ['libstdc++.so.6', ['libstdc++.so.6']],
    ['see it.something and foo.soup', []],
    ['libfoo.sox libfoo.so_', []],
    ['.so', []],
    ['/.so.1', []],
    ['no name at all', []],
  ])('%j', (text, names) => {
    expect(namesIn(Buffer.from(text))).toEqual(names);
  });

  it('a name across the border of two chunks is found whole, and once', () => {
    const name = 'libborder.so.12';
    for (const before of [1, 4, 9, 10, 11, 14]) {
      const bytes = Buffer.alloc(4 * 1024 * 1024 + 100);
      bytes.write(name, 4 * 1024 * 1024 - before, 'latin1');
      expect({ before, names: namesIn(bytes) }).toEqual({ before, names: [name] });
    }
  });

  it('a file of nothing but names ends', () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024);
    for (let at = 0, index = 0; at + 16 < bytes.length; index += 1) at += bytes.write(`l${index}.so\0`, at, 'latin1');
    expect(namesIn(bytes)).toHaveLength(4096);
    expect(namesIn(Buffer.alloc(1024 * 1024, '.so')).length).toBe(0);
  });
});
