import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlimtraceError } from '../../src/errors.js';
import {
  ancestorsOf,
  asImagePath,
  baseName,
  childOf,
  decodePathBytes,
  encodePathText,
  isWithin,
  parentOf,
  parseImagePath,
} from '../../src/image/path.js';

describe('asImagePath', () => {
  it.each(['/', '/a', '/a/b.c', '/..a', '/a/...', '/ '])('takes %j', (text) => {
    expect(asImagePath(text)).toBe(text);
  });

  it.each(['', 'a', '//', '/a/', '/a//b', '/./a', '/a/..', '/a/../b', '/a\0b', './a'])('refuses %j', (text) => {
    expect(() => asImagePath(text)).toThrow(SlimtraceError);
  });
});

describe('parseImagePath', () => {
  it.each([
    ['', '/'],
    ['a/b', '/a/b'],
    ['//a/./b/', '/a/b'],
    ['/a/../b', '/b'],
  ])('%j is %s', (text, expected) => {
    expect(parseImagePath(text)).toBe(expected);
  });

  it.each(['..', '/../etc/passwd', 'a/../../b', '/a\0'])('a path that escapes is refused: %j', (text) => {
    expect(() => parseImagePath(text)).toThrow(SlimtraceError);
  });

  it('always gives a path that asImagePath takes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const parsed = parseImagePath(text);
          expect(asImagePath(parsed)).toBe(parsed);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SlimtraceError);
        }
      }),
    );
  });
});

describe('parts of a path', () => {
  it('knows parents, names and ancestors, at the root too', () => {
    const path = asImagePath('/usr/lib/x');
    expect([parentOf(path), parentOf(asImagePath('/usr')), parentOf(asImagePath('/'))]).toEqual(['/usr/lib', '/', '/']);
    expect([baseName(path), baseName(asImagePath('/'))]).toEqual(['x', '']);
    expect([...ancestorsOf(path)]).toEqual(['/usr/lib', '/usr', '/']);
    expect([...ancestorsOf(asImagePath('/'))]).toEqual([]);
    expect([childOf(asImagePath('/'), 'a'), childOf(path, 'a')]).toEqual(['/a', '/usr/lib/x/a']);
  });

  it('takes no sibling with a longer name for a child', () => {
    expect(isWithin('/usr/lib64/x', '/usr/lib')).toBe(false);
    expect(isWithin('/usr/lib/x', '/usr/lib')).toBe(true);
    expect(isWithin('/usr/lib', '/usr/lib')).toBe(true);
    expect(isWithin('/usr', '/')).toBe(true);
  });
});

describe('file names as bytes', () => {
  it('any bytes survive as text: no file with a Latin-1 name is lost', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(encodePathText(decodePathBytes(bytes)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('UTF-8 stays what it is, and names that look alike stay apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodePathBytes(Buffer.from(text))).toBe(text);
      }),
    );
    expect(decodePathBytes(Buffer.from('\uFFFD'))).toBe('\uFFFD');
    expect(decodePathBytes(Buffer.from([0x61, 0xff]))).toBe('a\uDCFF');
    expect(decodePathBytes(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('\uFEFFa');
    // A surrogate spelled in UTF-8 isn't UTF-8 (table 3-7): its bytes are kept one by one.
    expect(decodePathBytes(Buffer.from([0xed, 0xb3, 0xbf]))).toBe('\uDCED\uDCB3\uDCBF');
  });
});
