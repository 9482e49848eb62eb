/** What Go's `%q` writes in place of some characters (strconv.Quote). */
const named: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escaped = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/g;

/** The words of `"a" "b\n"`, as Go quotes them; what stands between them, and one that doesn't end, is left out. Linear in time. */
export function goWords(text: string): readonly string[] {
  const words: string[] = [];
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = endOfQuoted(text, start + 1, '"');
    if (end === -1) break;
    words.push(unquoted(text.slice(start + 1, end)));
    start = text.indexOf('"', end + 1);
  }
  return words;
}

/** The number that Go prints as a quoted character, `'\x03'`; 0 when there is none. */
export function goRune(text: string): number {
  const start = text.indexOf("'");
  const end = start === -1 ? -1 : endOfQuoted(text, start + 1, "'");
  return end === -1 ? 0 : (unquoted(text.slice(start + 1, end)).codePointAt(0) ?? 0);
}

function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unquoted(text: string): string {
  return text.replace(escaped, (_, x?: string, u?: string, U?: string, other = '') => {
    const code = Number.parseInt(x ?? u ?? U ?? '', 16);
    if (Number.isNaN(code)) return named[other] ?? other;
    return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
  });
}
