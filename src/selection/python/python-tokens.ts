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

/** One token of each kind at a time, none of which can be read in two ways: linear in the length of the text. */
const tokenPattern = new RegExp(
  [
    String.raw`(?<space>[ \t\f\r]+|\\\r?\n)`,
    String.raw`(?<comment>#[^\n]*)`,
    String.raw`(?<newline>\n)`,
    '(?<prefix>[rRbBuUfFtT]{0,2})(?<quote>"""|\'\'\'|"|\')',
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<number>[0-9][\w.]*)`,
    '(?<operator>[=!<>:]=|->|[^])',
  ].join('|'),
  'uy',
);

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
  for (;;) {
    if (depth > 0 && at === lineStart && beginsStatement(source, at)) {
      yield { indent, tokens };
      tokens = [];
      depth = 0;
    }
    tokenPattern.lastIndex = at;
    const groups = tokenPattern.exec(source)?.groups;
    if (groups === undefined) break;
    const start = at;
    at = tokenPattern.lastIndex;
    if (groups.newline !== undefined) {
      if (depth === 0 && tokens.length > 0) {
        yield { indent, tokens };
        tokens = [];
      }
      lineStart = at;
      continue;
    }
    if (groups.space !== undefined || groups.comment !== undefined) continue;
    if (tokens.length === 0) indent = columnOf(source, lineStart, start);
    if (groups.quote !== undefined) {
      const string = readString(source, at, groups.prefix ?? '', groups.quote);
      tokens.push(string.token);
      at = string.end;
      continue;
    }
    const { name, number, operator = ' ' } = groups;
    if ('([{'.includes(operator)) depth = Math.min(depth + 1, maxDepth);
    else if (')]}'.includes(operator)) depth = Math.max(depth - 1, 0);
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'operator', text: operator });
  }
  if (tokens.length > 0) yield { indent, tokens };
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

/** From behind the opening quote; a string in single quotes that isn't closed ends with its line. */
function readString(
  source: string,
  start: number,
  prefix: string,
  quote: string,
): { readonly token: PythonToken; readonly end: number } {
  const isLong = quote.length === 3;
  let at = start;
  for (; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\\') at += 1;
    else if (character === '\n' && !isLong) break;
    else if (character === quote[0] && source.startsWith(quote, at)) break;
  }
  const raw = source.slice(start, Math.min(at, source.length));
  const text = /r/i.test(prefix) ? raw : raw.replace(/\\(['"\\])/g, '$1');
  const closed = source.startsWith(quote, at);
  return { token: { kind: 'string', text, prefix: prefix.toLowerCase() }, end: closed ? at + quote.length : at };
}
