import type { EscapeCharacter } from './quote.js';

/** Builders take time with the square of a value's length; and one string of the environment is up to 128 KiB (execve(2)). */
const longestValue = 8000;

export interface TextLine {
  readonly text: string;
  /** Stands above it, where it isn't that of the line before. */
  readonly comment?: string | undefined;
}

export interface Variables {
  readonly lines: readonly string[];
  /** As a shell refers to them, one after the other: `$files1$files2`, or with blanks between. */
  readonly reference: string;
}

/**
 * Build arguments `NAME1`, `NAME2` … that hold lines of text one after the other, each a line of the Dockerfile. A RUN that
 * names them shows nothing of it in a builder's log, where a command of its own would fill pages.
 */
export function renderVariables(
  name: string,
  texts: readonly TextLine[],
  { separator, escapeMark }: { readonly separator: '' | ' '; readonly escapeMark: EscapeCharacter },
): Variables {
  const lines: string[] = [];
  const indent = separator === '' ? '' : '    ';
  let count = 0;
  let room = 0;
  let comment: string | undefined;
  for (const line of texts) {
    if (count === 0 || room < line.text.length) {
      if (count > 0) lines.push('"');
      count += 1;
      lines.push(`ARG ${name}${count}="${escapeMark}`);
      room = longestValue;
    }
    if (line.comment !== undefined && line.comment !== comment) lines.push(`# ${line.comment}`);
    comment = line.comment;
    lines.push(`${indent}${line.text}${separator}${escapeMark}`);
    room -= indent.length + line.text.length + separator.length;
  }
  if (count > 0) lines.push('"');
  return { lines, reference: Array.from({ length: count }, (_, at) => `$${name}${at + 1}`).join(separator) };
}
