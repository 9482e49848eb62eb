/** Where a script is being read. */
export class ShellCursor {
  at = 0;

  constructor(readonly text: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  peek(offset = 0): string {
    return this.text[this.at + offset] ?? '';
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** What a sticky pattern matches here, and moves behind it; undefined when it doesn't. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match !== undefined) this.at += match[0].length;
    return match;
  }
}

/** One word of a shell command, quotes removed. */
export interface ShellWord {
  /** What is known of it: expansions are left out, wildcards are as written. */
  readonly text: string;
  /** True: no expansion and no wildcard is part of it, so `text` is what the command is given. */
  readonly isLiteral: boolean;
  /** True: it was written without quotes and backslashes, so it can be a reserved word. */
  readonly isBare: boolean;
  /** The variable that is all of it, as in `$x`, `"${x}"`, `${x:-y}`. */
  readonly variable?: string;
  /** The `y` of `${x:-y}`. */
  readonly fallback?: string;
  /** What follows the last expansion, where there is one: `/lib.sh` of `"$(dirname "$0")/lib.sh"`. */
  readonly tail?: string;
}

/** What reads the commands that stand within a word. */
export interface NestedCommands {
  /** Reads the commands at the cursor up to the `)` that closes them, and moves behind it. */
  upToParenthesis(cursor: ShellCursor): void;
  ofText(text: string): void;
  /** The commands of the expansions in a text that is otherwise none: a here-document, arithmetic. */
  ofExpansions(text: string): void;
  /** Runs `read` one level deeper; where that is too deep it gives the rest of the text up. */
  deeper(cursor: ShellCursor, read: () => void): void;
}

/** What a word was found to be made of so far. */
class WordParts {
  text = '';
  tail: string | undefined;
  expansions = 0;
  variable: string | undefined;
  fallback: string | undefined;
  hasWildcard = false;
  isBare = true;

  add(text: string): void {
    this.text += text;
    if (this.tail !== undefined) this.tail += text;
  }

  addExpansion(variable?: string, fallback?: string): void {
    this.expansions += 1;
    this.tail = '';
    this.variable = variable;
    this.fallback = fallback;
  }

  get word(): ShellWord {
    const { text, tail, isBare, variable, fallback } = this;
    const isAllVariable = this.expansions === 1 && text === '' && variable !== undefined;
    return {
      text,
      isLiteral: this.expansions === 0 && !this.hasWildcard,
      isBare,
      ...(isAllVariable ? { variable } : {}),
      ...(isAllVariable && fallback !== undefined ? { fallback } : {}),
      ...(tail === undefined ? {} : { tail }),
    };
  }
}

/**
 * Reads the word at the cursor as a POSIX shell or bash would split it off (POSIX.1-2017, XCU 2.2, 2.3, 2.6); empty when
 * an operator stands there. A quote that is never closed reaches to the end of the text.
 */
export function readWord(cursor: ShellCursor, nested: NestedCommands): ShellWord {
  const parts = new WordParts();
  const start = cursor.at;
  while (!cursor.isAtEnd) {
    const character = cursor.peek();
    if (character === '(' && cursor.at > start && '?*+@!'.includes(cursor.text[cursor.at - 1] ?? '')) {
      cursor.take(/\([^()\n]*\)?/y);
      parts.hasWildcard = true;
    } else if (' \t\n;&|<>()'.includes(character)) break;
    else readPiece(cursor, parts, nested);
  }
  return parts.word;
}

/** Reads what here-documents and double quotes hold, up to a `"` or, as a here-document, to the end. */
export function readExpandingText(cursor: ShellCursor, nested: NestedCommands, closer: '"' | ''): string {
  const parts = new WordParts();
  readExpanding(cursor, parts, nested, closer);
  return parts.text;
}

function readPiece(cursor: ShellCursor, parts: WordParts, nested: NestedCommands): void {
  const character = cursor.peek();
  if (character === '\\') {
    cursor.at += 1;
    if (cursor.peek() !== '\n') {
      parts.add(cursor.peek());
      parts.isBare = false;
    }
    cursor.at += 1;
  } else if (character === "'") {
    parts.isBare = false;
    parts.add(takeQuoted(cursor));
  } else if (character === '"') {
    parts.isBare = false;
    cursor.at += 1;
    readExpanding(cursor, parts, nested, '"');
  } else if (character === '$') readDollar(cursor, parts, nested, false);
  else if (character === '`') readBackquoted(cursor, parts, nested);
  else {
    if ('*?['.includes(character)) parts.hasWildcard = true;
    parts.add(character);
    cursor.at += 1;
  }
}

function takeQuoted(cursor: ShellCursor): string {
  const end = cursor.text.indexOf("'", cursor.at + 1);
  const text = cursor.text.slice(cursor.at + 1, end < 0 ? undefined : end);
  cursor.at = end < 0 ? cursor.text.length : end + 1;
  return text;
}

function readExpanding(cursor: ShellCursor, parts: WordParts, nested: NestedCommands, closer: '"' | ''): void {
  while (!cursor.isAtEnd) {
    const character = cursor.peek();
    if (character === closer) {
      cursor.at += 1;
      return;
    }
    if (character === '\\') {
      const next = cursor.peek(1);
      if (next !== '\n') parts.add('$`"\\'.includes(next) ? next : `\\${next}`);
      cursor.at += 2;
    } else if (character === '$') readDollar(cursor, parts, nested, true);
    else if (character === '`') readBackquoted(cursor, parts, nested);
    else parts.add(cursor.take(/[^"\\$`]+|[\s\S]/y)?.[0] ?? '');
  }
}

function readDollar(cursor: ShellCursor, parts: WordParts, nested: NestedCommands, isQuoted: boolean): void {
  cursor.at += 1;
  if (cursor.peek() === '{') {
    nested.deeper(cursor, () => readBraces(cursor, parts, nested, isQuoted));
  } else if (cursor.startsWith('((') && readArithmetic(cursor, nested)) parts.addExpansion();
  else if (cursor.peek() === '(') {
    cursor.at += 1;
    nested.upToParenthesis(cursor);
    parts.addExpansion();
  } else if (!isQuoted && cursor.peek() === "'") {
    parts.isBare = false;
    parts.add(cursor.take(/'((?:[^'\\]|\\[\s\S])*)'?/y)?.[1] ?? '');
  } else {
    const name = cursor.take(/[A-Za-z_]\w*|[\d@*#?$!-]/y)?.[0];
    if (name !== undefined) parts.addExpansion(name);
    else if (isQuoted || cursor.peek() !== '"') parts.add('$');
  }
}

/** `${name:-fallback}` and its kin, the cursor at the `{`. */
function readBraces(cursor: ShellCursor, parts: WordParts, nested: NestedCommands, isQuoted: boolean): void {
  const [, name, operator] = cursor.take(/\{[!#]?(\w+|[@*#?$!-])?(:?[-=])?/y) ?? [];
  const inner = new WordParts();
  while (!cursor.isAtEnd && cursor.peek() !== '}') {
    if (isQuoted && cursor.peek() === "'") {
      inner.add("'");
      cursor.at += 1;
    } else readPiece(cursor, inner, nested);
  }
  cursor.at += 1;
  parts.addExpansion(name, operator !== undefined && inner.expansions === 0 ? inner.text : undefined);
}

/** The commands between backquotes lose one level of backslashes before they are read (XCU 2.6.3). */
function readBackquoted(cursor: ShellCursor, parts: WordParts, nested: NestedCommands): void {
  const [, text = ''] = cursor.take(/`((?:[^`\\]|\\[\s\S])*)(?:`|\\?$)/y) ?? [];
  nested.ofText(text.replace(/\\([$`\\])/g, '$1'));
  parts.addExpansion();
}

/** So long is no arithmetic: `$((` also begins a subshell in a substitution. */
const maxArithmetic = 500;

/** Reads `((…))` at the cursor; false, without moving, when what begins so is something else. */
export function readArithmetic(cursor: ShellCursor, nested: NestedCommands): boolean {
  let depth = 0;
  const start = cursor.at;
  for (let at = start; at < Math.min(cursor.text.length, start + maxArithmetic); at += 1) {
    const character = cursor.text[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 1 && character === ')') {
      if (cursor.text[at + 1] !== ')') continue;
      cursor.at = at + 2;
      nested.ofExpansions(cursor.text.slice(start + 2, at));
      return true;
    }
    if (depth === 0) return false;
  }
  return false;
}
