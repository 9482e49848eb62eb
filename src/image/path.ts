import { SlimtraceError } from '../errors.js';

/**
 * A normalised absolute path inside an image: begins with `/`, no empty, `.` or `..` component, no NUL, no trailing
 * slash (but `/` itself). Bytes that are not UTF-8 are carried as lone surrogates U+DC80–U+DCFF (the "surrogateescape"
 * of Python's PEP 383), so every file name Linux allows survives a round trip through a string.
 */
export type ImagePath = string & { readonly __brand: 'ImagePath' };

export const rootPath = '/' as ImagePath;

/** Checks that `text` is a normalised path already; throws `path-invalid` when it is not. */
export function asImagePath(text: string): ImagePath {
  if (isNormalised(text)) return text as ImagePath;
  throw new SlimtraceError('path-invalid', { path: JSON.stringify(text) });
}

/** Makes a path as a user or a config writes it absolute and normal; throws `path-invalid` when it leaves the image. */
export function parseImagePath(text: string): ImagePath {
  if (text.includes('\0')) throw new SlimtraceError('path-invalid', { path: JSON.stringify(text) });
  const components: string[] = [];
  for (const component of text.split('/')) {
    if (component === '' || component === '.') continue;
    if (component !== '..') components.push(component);
    else if (components.pop() === undefined) throw new SlimtraceError('path-invalid', { path: JSON.stringify(text) });
  }
  return `/${components.join('/')}` as ImagePath;
}

function isNormalised(text: string): boolean {
  if (text === '/') return true;
  if (!text.startsWith('/') || text.endsWith('/') || text.includes('\0') || text.includes('//')) return false;
  return !/\/\.\.?(?:\/|$)/.test(text);
}

/** The directory a path is in; `/` is its own parent. */
export function parentOf(path: ImagePath): ImagePath {
  const cut = path.lastIndexOf('/');
  return (cut <= 0 ? '/' : path.slice(0, cut)) as ImagePath;
}

/** The last component; empty for `/`. */
export function baseName(path: ImagePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `name` must be one component, neither `.` nor `..`. */
export function childOf(directory: ImagePath, name: string): ImagePath {
  return (directory === '/' ? `/${name}` : `${directory}/${name}`) as ImagePath;
}

/** All directories above a path, nearest first, ending with `/`. */
export function* ancestorsOf(path: ImagePath): Generator<ImagePath> {
  let current = path;
  while (current !== '/') {
    current = parentOf(current);
    yield current;
  }
}

/** True when `path` is `directory` or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === '/' || path.startsWith(`${directory}/`);
}

const replacement = '\uFFFD';

/** File name bytes → text, lossless (see ImagePath). */
export function decodePathBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!text.includes(replacement) || Buffer.from(text, 'utf8').equals(buffer)) return text;
  return decodeLossless(buffer);
}

function decodeLossless(buffer: Buffer): string {
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const length = validSequenceLength(buffer, at);
    if (length > 0) {
      text += buffer.toString('utf8', at, at + length);
      at += length;
    } else {
      text += String.fromCharCode(0xdc00 + (buffer[at] ?? 0));
      at += 1;
    }
  }
  return text;
}

/** The length in bytes of the well-formed UTF-8 sequence at `at`, 0 when there is none (Unicode 15, table 3-7). */
function validSequenceLength(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0;
  const length =
    first < 0x80
      ? 1
      : first >= 0xc2 && first < 0xe0
        ? 2
        : first >= 0xe0 && first < 0xf0
          ? 3
          : first >= 0xf0 && first < 0xf5
            ? 4
            : 0;
  if (length === 0 || at + length > buffer.length) return 0;
  const slice = buffer.subarray(at, at + length);
  return Buffer.from(slice.toString('utf8'), 'utf8').equals(slice) ? length : 0;
}

/** Text made by {@link decodePathBytes} → the file name's bytes. */
export function encodePathText(text: string): Buffer {
  if (!/[\uDC80-\uDCFF]/.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}
