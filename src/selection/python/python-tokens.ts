export type PythonToken =
  | { readonly kind: 'name' | 'operator' | 'number'; readonly text: string }
  /** `text` is what stands between the quotes, simple escapes undone. */
  | { readonly kind: 'string'; readonly text: string; readonly prefix: string };

/** A logical line: what ends at a line's end outside of all brackets (Python reference, 2.1). */
export interface LogicalLine {
  /** Columns of white space before it; a tab goes on to the next multiple of eight. */
  readonly indent: number;
  readonly tokens: readonly PythonToken[];
}

/** Opening and closing brackets are counted no deeper than this: CPython's own limit (MAXLEVEL, Parser/tokenizer.c). */
const maxDepth = 200;

const quotes = /[rbuft]{0,2}(?:"""|'''|"|')/iy;
const word = /[\w\u0080-\uffff]+/y;
const number = /[\w.]+/y;
const blank = /(?:[ \t\f\r]|\\\r?\n)+/y;

/**
 * The logical lines of Python source, in time linear in its length. It never throws: what isn't Python yields lines that
 * say little. Brackets that are never closed end where a line can only be a statement's beginning.
 */
export function* logicalLines(source: string): Generator<LogicalLine> {
  let tokens: PythonToken[] = [];
  let depth = 0;
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  let lineStart = at;
  let indent = 0;
  while (at < source.length) {
    if (depth > 0 && at === lineStart && beginsStatement(source, at)) {
      yield { indent, tokens };
      tokens = [];
      depth = 0;
    }
    const character = source[at] as string;
    if (character === '\n') {
      at += 1;
      lineStart = at;
      if (depth > 0 || tokens.length === 0) continue;
      yield { indent, tokens };
      tokens = [];
      continue;
    }
    const skipped = character === '#' ? endOfLine(source, at) : endOf(blank, source, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    if (tokens.length === 0) indent = columnOf(source, lineStart, at);
    const { token, end } = readToken(source, at);
    tokens.push(token);
    at = end;
    if (token.kind !== 'operator') continue;
    if ('([{'.includes(token.text)) depth = Math.min(depth + 1, maxDepth);
    else if (')]}'.includes(token.text)) depth = Math.max(depth - 1, 0);
  }
  if (tokens.length > 0) yield { indent, tokens };
}

interface ReadToken {
  readonly token: PythonToken;
  readonly end: number;
}

function readToken(source: string, at: number): ReadToken {
  const code = source.charCodeAt(at);
  const isDigit = code >= 0x30 && code <= 0x39;
  if (isDigit) return textToken('number', source, at, endOf(number, source, at));
  const open = endOf(quotes, source, at);
  if (open > at) {
    const quote = source.slice(at, open).replace(/^[a-z]+/i, '');
    return readString(source, open, source.slice(at, open - quote.length), quote);
  }
  const end = endOf(word, source, at);
  if (end > at) return textToken('name', source, at, end);
  const two = source[at + 1] === '=' ? '=!<>:'.includes(source[at] as string) : source.startsWith('->', at);
  return textToken('operator', source, at, at + (two ? 2 : 1));
}

function textToken(kind: 'name' | 'number' | 'operator', source: string, at: number, end: number): ReadToken {
  return { token: { kind, text: source.slice(at, end) }, end };
}

/** Where what the sticky pattern matches at `at` ends; `at` when it doesn't. */
function endOf(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

const statementPattern = /(?:import|def|class|async def|from\s+[\w.]{1,200}\s+import)\s/y;

function beginsStatement(source: string, at: number): boolean {
  statementPattern.lastIndex = at;
  return statementPattern.test(source);
}

function columnOf(source: string, lineStart: number, at: number): number {
  let column = 0;
  for (let index = lineStart; index < at; index += 1) {
    column = source[index] === '\t' ? column + 8 - (column % 8) : column + 1;
  }
  return column;
}

/** What can't be a string's end. */
const longEnd = /[^\\"']+/y;
const doubleEnd = /[^\\"\n]+/y;
const singleEnd = /[^\\'\n]+/y;

/** From behind the opening quote; a string in single quotes that isn't closed ends with its line. */
function readString(source: string, start: number, prefix: string, quote: string): ReadToken {
  const end = quote.length === 3 ? longEnd : quote === '"' ? doubleEnd : singleEnd;
  let at = start;
  for (at = endOf(end, source, at); at < source.length; at = endOf(end, source, at + 1)) {
    const character = source[at];
    if (character === '\\') at += 1;
    else if (character === '\n' || source.startsWith(quote, at)) break;
  }
  const raw = source.slice(start, Math.min(at, source.length));
  const text = /r/i.test(prefix) ? raw : raw.replace(/\\(['"\\])/g, '$1');
  const closed = source.startsWith(quote, at);
  return { token: { kind: 'string', text, prefix: prefix.toLowerCase() }, end: closed ? at + quote.length : at };
}
