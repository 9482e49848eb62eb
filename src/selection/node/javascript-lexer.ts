/**
 * One token of JavaScript. `text` is the value of a string or of one piece of a template, the characters of a word or a
 * punctuator, and empty for the rest. `closed`: this piece of a template is its last.
 */
export interface JavaScriptToken {
  readonly kind: 'word' | 'string' | 'template' | 'number' | 'regex' | 'punctuator';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly closed?: boolean;
}

/** Longer strings are no file names. */
const maxValueLength = 4096;

const maxRegexLength = 16_384;

const punctuators = ['===', '!==', '...', '=>', '==', '!=', '<=', '>=', '++', '--', '&&', '||', '??', '?.'];

/** Words after which an expression begins, so that `/` begins a regular expression. */
const beforeExpression = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await default extends'.split(' '),
);
const beforeParenthesis = new Set(['if', 'while', 'for', 'with']);
const beforeBlock = new Set(['else', 'do', 'try', 'finally', 'catch']);
const beforeObject = new Set(['return', 'typeof', 'case', 'yield', 'await', 'in', 'of', 'default', 'throw', 'new']);

/**
 * Splits JavaScript (ECMA-262, the lexical grammar) into tokens, comments left out. Linear in the text; never throws:
 * what can't be understood is passed over. Whether `/` divides is judged by what came before, not by a full parse.
 */
export class JavaScriptLexer {
  readonly #text: string;
  #at: number;
  #previous: JavaScriptToken | undefined;
  #isProperty = false;
  #dividesAfterClosing = false;
  /** So far no regular expression ends: looking again for each `/` would cost the square of the line's length. */
  #noRegexBefore: number;
  /** For each open `(`: whether an expression follows its `)`; for each `{`: whether one follows its `}`. */
  readonly #parentheses: boolean[] = [];
  readonly #braces: (boolean | 'template')[] = [];

  /** `regexes: false` for a look ahead that has no use for them, so that it costs no more than its tokens. */
  constructor(text: string, start = 0, { regexes = true } = {}) {
    this.#text = text;
    this.#at = start;
    this.#noRegexBefore = regexes ? 0 : text.length;
  }

  /** The next token; undefined at the end. */
  next(): JavaScriptToken | undefined {
    this.#skipBlanks();
    if (this.#at >= this.#text.length) return undefined;
    const token = this.#read();
    this.#isProperty = this.#previous?.text === '.' || this.#previous?.text === '?.';
    this.#previous = token;
    return token;
  }

  #read(): JavaScriptToken {
    const start = this.#at;
    const character = this.#text[start] ?? '';
    if (character === '"' || character === "'") return this.#string(character);
    if (character === '`') return this.#template();
    if (character === '}' && this.#braces.at(-1) === 'template') {
      this.#braces.pop();
      return this.#template();
    }
    if (character >= '0' && character <= '9') return this.#run('number', /[\w.]*/y);
    if (isWordCode(character.charCodeAt(0))) return this.#word();
    if (character === '/' && this.#startsExpression()) {
      const end = this.#endOfRegex();
      if (end > start) return this.#token('regex', '', end);
    }
    return this.#punctuator(character);
  }

  #token(kind: JavaScriptToken['kind'], text: string, end: number): JavaScriptToken {
    const start = this.#at;
    this.#at = end;
    return { kind, text, start, end };
  }

  #run(kind: 'number', pattern: RegExp): JavaScriptToken {
    pattern.lastIndex = this.#at;
    return this.#token(kind, '', this.#at + (pattern.exec(this.#text)?.[0].length ?? 1));
  }

  #word(): JavaScriptToken {
    let end = this.#at + 1;
    while (end < this.#text.length && isWordCode(this.#text.charCodeAt(end))) end += 1;
    return this.#token('word', this.#text.slice(this.#at, end), end);
  }

  #string(quote: string): JavaScriptToken {
    let at = this.#at + 1;
    for (; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === '\\') at += 1;
      else if (character === quote || character === '\n') break;
    }
    return this.#token('string', this.#value(this.#at + 1, at), Math.min(at + 1, this.#text.length));
  }

  /** A piece of a template: from its backtick or the `}` of a substitution to the next substitution or its end. */
  #template(): JavaScriptToken {
    const start = this.#at;
    let at = start + 1;
    for (; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === '\\') at += 1;
      else if (character === '`' || (character === '$' && this.#text[at + 1] === '{')) break;
    }
    const closed = this.#text[at] !== '$';
    if (!closed) this.#braces.push('template');
    const token = this.#token(
      'template',
      this.#value(start + 1, at),
      Math.min(at + (closed ? 1 : 2), this.#text.length),
    );
    return { ...token, closed };
  }

  #value(start: number, end: number): string {
    if (end - start > maxValueLength) return '';
    const raw = this.#text.slice(start, end);
    return raw.includes('\\') ? unescaped(raw) : raw;
  }

  #punctuator(character: string): JavaScriptToken {
    const text = punctuators.find((candidate) => this.#text.startsWith(candidate, this.#at)) ?? character;
    if (text === '(') this.#parentheses.push(this.#isWord(beforeParenthesis));
    else if (text === ')') this.#dividesAfterClosing = !(this.#parentheses.pop() ?? false);
    else if (text === '{') this.#braces.push(this.#startsBlock());
    else if (text === '}') this.#dividesAfterClosing = this.#braces.pop() === false;
    return this.#token('punctuator', text, this.#at + text.length);
  }

  #isWord(words: ReadonlySet<string>): boolean {
    return this.#previous?.kind === 'word' && !this.#isProperty && words.has(this.#previous.text);
  }

  /** A `{` here opens a block and no object. */
  #startsBlock(): boolean {
    const previous = this.#previous;
    if (previous === undefined) return true;
    if (previous.kind === 'word') return this.#isWord(beforeBlock) || !this.#isWord(beforeObject);
    return previous.kind === 'punctuator' && [')', ';', '{', '}', '=>'].includes(previous.text);
  }

  #startsExpression(): boolean {
    const previous = this.#previous;
    if (previous === undefined) return true;
    if (previous.kind === 'word') return this.#isWord(beforeExpression);
    if (previous.kind === 'template') return previous.closed !== true;
    if (previous.kind !== 'punctuator') return false;
    if (previous.text === ')' || previous.text === '}') return !this.#dividesAfterClosing;
    return previous.text !== ']' && previous.text !== '++' && previous.text !== '--';
  }

  /** Where the regular expression that begins here ends, its flags included; 0 when its line ends first. */
  #endOfRegex(): number {
    let isInClass = false;
    if (this.#at < this.#noRegexBefore) return 0;
    const last = Math.min(this.#text.length, this.#at + maxRegexLength);
    let at = this.#at + 1;
    for (; at < last && this.#text[at] !== '\n'; at += 1) {
      const character = this.#text[at];
      if (character === '\\') at += 1;
      else if (character === '[') isInClass = true;
      else if (character === ']') isInClass = false;
      else if (character === '/' && !isInClass) {
        while (isWordCode(this.#text.charCodeAt(at + 1))) at += 1;
        return at + 1;
      }
    }
    this.#noRegexBefore = at;
    return 0;
  }

  #skipBlanks(): void {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 47 && this.#text[this.#at + 1] === '/') this.#skipTo('\n', 0);
      else if (code === 47 && this.#text[this.#at + 1] === '*') this.#skipTo('*/', 1);
      else if (code === 35 && this.#at === 0 && this.#text[1] === '!') this.#skipTo('\n', 0);
      else if (code > 32 && code !== 0xa0 && code !== 0xfeff && code !== 0x2028 && code !== 0x2029) return;
    }
  }

  /** Moves onto the character `offset` of the next `mark`, or to the end. */
  #skipTo(mark: string, offset: number): void {
    const found = this.#text.indexOf(mark, this.#at + 2);
    this.#at = found < 0 ? this.#text.length : found + offset;
  }
}

/** Letters, digits, `_`, `$`, the `\` of an escaped letter, `#` of private names, and everything beyond ASCII. */
function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code === 35 ||
    code === 92 ||
    (code >= 128 && code !== 0xa0 && code !== 0xfeff && code !== 0x2028 && code !== 0x2029)
  );
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};

function unescaped(raw: string): string {
  return raw.replace(
    /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(\r\n|[\s\S]))/gi,
    (_all, long, four, two, one) => {
      const hex: string | undefined = long ?? four ?? two;
      if (hex !== undefined)
        return Number.parseInt(hex, 16) <= 0x10ffff ? String.fromCodePoint(Number.parseInt(hex, 16)) : '';
      if (one === '\n' || one === '\r\n') return '';
      return simpleEscapes[one] ?? one;
    },
  );
}
