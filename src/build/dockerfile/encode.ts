import { encodePathText, type ImagePath } from '../../image/path.js';

/**
 * Bytes as an argument of `printf %b` (POSIX printf(1p)) that means the same within double quotes of a Dockerfile, whatever
 * its escape character is, and within single or double quotes of a shell. A line feed ends a piece: each is one line.
 */
export function encodeForPrintf(bytes: Uint8Array): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  const end = () => {
    pieces.push(piece);
    piece = '';
  };
  for (const [at, byte] of bytes.entries()) {
    piece += encodeByte(byte, piece === '' || /^\s+$/.test(piece), bytes[at + 1]);
    if (byte === 0x0a || piece.length >= longestPiece) end();
  }
  if (piece !== '') end();
  return pieces;
}

/** Parsers of Dockerfiles read lines of up to 64 KiB; people far less. */
const longestPiece = 2000;

function encodeByte(byte: number, beginsLine: boolean, next: number | undefined): string {
  if (byte === 0x0a) return '\\n';
  const character = String.fromCharCode(byte);
  // Where a line of a Dockerfile begins with #, it is a comment, also within quotes; blanks at its end may be lost on the way.
  const isBlankAtEnd = byte === 0x20 && (next === undefined || next === 0x0a);
  if (/[ -~]/.test(character) && !/["$'\\`]/.test(character) && !(beginsLine && byte === 0x23) && !isBlankAtEnd)
    return character;
  return `\\0${byte.toString(8).padStart(3, '0')}`;
}

/** True for a path that stands for itself in a list of words: in a Dockerfile, to a shell without globbing, to tar. */
export function isPlain(path: string): boolean {
  return /^[\p{L}\p{N}_./][-\p{L}\p{N}\p{M}_./@%+=:,~[\](){}!?*^;&|<>]*$/u.test(path);
}

/** An image's path as it is named from the root, without the slash; `.` for the root. */
export function relativeName(path: ImagePath): string {
  return path === '/' ? '.' : path.slice(1);
}

/** The path as one word of a shell command that may itself stand within single quotes. It must not end with a line feed. */
export function shellWord(path: string): string {
  if (/^[A-Za-z0-9_./@%+=:,-]+$/.test(path)) return path;
  return `"$(printf %b "${encodeForPrintf(encodePathText(path)).join('')}")"`;
}

/** Text for a comment: one line, and nothing that could hide or move. The apostrophe is our own sentences'. */
export function commentText(text: string): string {
  return text.replace(/[^ -~’]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
