/** What a piece of a line is, as far as that can be told from its looks. */
export type TokenKind = 'date' | 'time' | 'duration' | 'number' | 'address' | 'uuid' | 'id' | 'word' | 'space' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** A line longer than this is not looked into. */
export const longestLine = 65_536;

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const clock = '[0-2]?\\d:[0-5]\\d(?::[0-5]\\d(?:[.,]\\d{1,9})?)?(?: [AP]M)?(?![\\d:])';

/**
 * Times of many notations, each one token, since a second later more than its last digit can differ. What names a time
 * zone is left out: it has to stay the same.
 */
const dates = [
  `\\d{4}([-/])\\d\\d\\1\\d\\d(?:[T ]${clock})?(?!\\d)`, // RFC 3339, nginx
  `(?:${day}[a-z]*,? )?\\d{1,2}([ -])${month}\\2\\d{2,4}(?:[ T:]${clock})?(?!\\d)`, // RFC 9110, Tomcat
  `(?:${day} )?${month} [ \\d]?\\d ${clock}`, // ctime, syslog
  `${month} \\d{1,2}, \\d{4}(?:,? ${clock})?`, // java.util.logging
  `\\d\\d/${month}/\\d{4}:${clock}`, // access logs
  `\\d{1,2}([./])\\d{1,2}\\3\\d{4}(?:,? ${clock})?(?!\\d)`,
];

const unit = '(?:ns|us|µs|μs|ms|s|m|h)';
const longUnit = '(?:ns|us|µs|μs|ms|s|secs?|min|milliseconds?|seconds?|minutes?|hours?)';

/** In the order they are tried; each one takes time linear in the line from any place. */
const patterns: readonly (readonly [TokenKind, RegExp])[] = (
  [
    ['uuid', '[\\da-fA-F]{8}-[\\da-fA-F]{4}-[\\da-fA-F]{4}-[\\da-fA-F]{4}-[\\da-fA-F]{12}(?![\\p{L}\\p{N}])'],
    ['date', `(?:${dates.join('|')})`],
    ['address', '\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\p{L}\\p{N}])'],
    ['address', '[\\da-fA-F]{1,4}(?::[\\da-fA-F]{1,4}){3,7}(?![\\p{L}\\p{N}:])'],
    ['time', clock],
    ['duration', `(?:\\d+(?:\\.\\d+)?${unit})+(?![\\p{L}\\p{N}])`],
    ['duration', `\\d+(?:\\.\\d+)? ${longUnit}(?![\\p{L}\\p{N}])`],
    ['number', '\\d+(?:\\.\\d+)*(?:[eE][+-]?\\d+)?(?![\\p{L}\\p{N}])'],
    // A name and its number: worker7.
    ['word', '[A-Za-z]{2,}(?=\\d+(?![\\p{L}\\p{N}]))'],
    ['word', '\\p{L}+(?![\\p{L}\\p{N}])'],
    ['id', '[\\p{L}\\p{N}]+'],
    ['space', '\\s+'],
  ] as const
).map(([kind, source]) => [kind, new RegExp(source, 'yu')]);

const known = new Map<string, readonly Token[]>();
/** Some 100 MB of tokens. */
const mostKnownLength = 2_000_000;
let knownLength = 0;

/** Splits a line into words, numbers, dates …; the texts of the tokens joined are the line again. */
export function tokenise(line: string): readonly Token[] {
  const before = known.get(line);
  if (before !== undefined) return before;
  // One line is held against many patterns.
  if (knownLength > mostKnownLength) {
    known.clear();
    knownLength = 0;
  }
  const tokens = split(line);
  known.set(line, tokens);
  knownLength += line.length;
  return tokens;
}

function split(line: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    const token = tokenAt(line, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(line: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(line)?.[0];
    if (text !== undefined && pattern.lastIndex > at) return { kind, text };
  }
  return { kind: 'mark', text: String.fromCodePoint(line.codePointAt(at) ?? 0) };
}

/** A line without what tends to vary: lines of the same key say the same of other times, numbers and ids. */
export function keyOfLine(line: string): string {
  if (line.length > longestLine) return line;
  return tokenise(line)
    .map(({ kind, text }) => (kind === 'word' || kind === 'space' || kind === 'mark' ? text : `<${kind}>`))
    .join('');
}

/** Whether a key says anything but that a number, an id … is there. */
export function isTellingKey(key: string): boolean {
  return /\p{L}/u.test(key.replace(/<[a-z]+>/g, ''));
}
