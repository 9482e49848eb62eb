import type { ShellCursor } from './shell-word.js';

/** A here-document that a line announces; it begins on the next. */
export interface HereDocument {
  readonly delimiter: string;
  /** `<<-`: tabs before the delimiter don't count. */
  readonly isIndented: boolean;
  /** False: the delimiter was quoted, so what stands in it is taken as it is. */
  readonly isExpanded: boolean;
}

/** Moves behind a here-document that begins at the cursor, and returns what it holds (XCU 2.7.4). */
export function takeHereDocument(cursor: ShellCursor, { delimiter, isIndented }: HereDocument): string {
  const start = cursor.at;
  while (!cursor.isAtEnd) {
    const end = cursor.at;
    const line = cursor.take(/([^\n]*)\n?/y)?.[1] ?? '';
    if ((isIndented ? line.replace(/^\t+/, '') : line) === delimiter) return cursor.text.slice(start, end);
  }
  return cursor.text.slice(start);
}
