import { JavaScriptLexer, type JavaScriptToken } from './javascript-lexer.js';

/** Stand for places that are known only to who knows the file: at the start of a path, its directory, itself, the working directory. */
export const places = { directory: '\u0000', file: '\u0001', workingDirectory: '\u0002' } as const;

/** What an expression is known to be: all of it, or (not `isWhole`) what it begins with. */
export interface ConstantText {
  readonly text: string;
  readonly isWhole: boolean;
}

/** Constants of the file by name; null for a name that was given two values. */
export type KnownConstants = ReadonlyMap<string, string | null>;

/** No path is put together from more. */
const maxTokens = 48;

/**
 * The constant text that the expression at `start` is or begins with: strings, templates and `+`, `__dirname`,
 * `import.meta`, `new URL("…", import.meta.url)`, `path.join` and its like. Undefined when nothing of it is known.
 * Looks at 48 tokens at most.
 */
export function constantText(text: string, start: number, known: KnownConstants): ConstantText | undefined {
  return new ConstantReader(text, start, known).expression();
}

/** The constant texts of a call's arguments; `start` is behind its `(`. Stops at the first that isn't whole. */
export function constantArguments(text: string, start: number, known: KnownConstants): readonly ConstantText[] {
  return new ConstantReader(text, start, known).arguments();
}

/** What `path.join`, `dirname` and their like make of their arguments: only paths that begin at a known place. */
export function appliedConstant(name: string, values: readonly ConstantText[]): ConstantText | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const isWhole = values.every((value) => value.isWhole);
  if (name === 'dirname') {
    if (!isWhole) return undefined;
    if (first.text === places.file) return { text: places.directory, isWhole };
    return isPlaced(first.text) ? { text: `${first.text}/..`, isWhole } : undefined;
  }
  if (name === 'URL') return values[1]?.text === places.file ? { ...first, text: urlText(first.text) } : undefined;
  if (name === 'fileURLToPath' || name === 'pathToFileURL' || name === 'normalize') return first;
  if (name !== 'join' && name !== 'resolve') return undefined;
  const joined = values.map((value) => value.text).join('/');
  return isPlaced(joined) ? { text: joined, isWhole } : undefined;
}

/** True for a path that begins at one of the {@link places}. */
export function isPlaced(text: string): boolean {
  return text !== '' && text.charCodeAt(0) <= 2;
}

/** A URL relative to the file, as a path: without what follows `?` or `#`. */
function urlText(text: string): string {
  const path = text.replace(/[?#].*$/s, '');
  return /^[a-z][a-z\d+.-]*:/i.test(path) || path.startsWith('/') ? path : `${places.directory}/${path}`;
}

class ConstantReader {
  readonly #lexer: JavaScriptLexer;
  readonly #known: KnownConstants;
  #left = maxTokens;
  #token: JavaScriptToken | undefined;

  constructor(text: string, start: number, known: KnownConstants) {
    this.#lexer = new JavaScriptLexer(text, start, { regexes: false });
    this.#known = known;
    this.#advance();
  }

  expression(): ConstantText | undefined {
    let value = this.#term();
    while (value?.isWhole === true && this.#token?.text === '+' && this.#token.kind === 'punctuator') {
      this.#advance();
      const next = this.#term();
      if (next === undefined) return { text: value.text, isWhole: false };
      value = { text: value.text + next.text, isWhole: next.isWhole };
    }
    return value === undefined || !value.isWhole || this.#isAtEnd() ? value : undefined;
  }

  arguments(): readonly ConstantText[] {
    const values: ConstantText[] = [];
    while (this.#token !== undefined && this.#token.text !== ')') {
      const value = this.expression();
      if (value?.isWhole !== true) return [...values, value ?? { text: '', isWhole: false }];
      values.push(value);
      if (this.#token?.text === ',') this.#advance();
    }
    return values;
  }

  #advance(): JavaScriptToken | undefined {
    this.#left -= 1;
    this.#token = this.#left < 0 ? undefined : this.#lexer.next();
    return this.#token;
  }

  /** Nothing follows that would make something else of the value. */
  #isAtEnd(): boolean {
    const token = this.#token;
    if (token === undefined) return this.#left >= 0;
    if (token.kind === 'punctuator') return [')', ',', ';', '}', ']', ':'].includes(token.text);
    // The next statement, where the semicolon is left out; or a template's substitution ends here.
    return token.kind === 'word' || token.kind === 'template';
  }

  #is(text: string): boolean {
    return this.#token?.kind === 'punctuator' && this.#token.text === text;
  }

  #term(): ConstantText | undefined {
    const token = this.#token;
    // A text that only looks like a place is none.
    if (token === undefined || ((token.kind === 'string' || token.kind === 'template') && isPlaced(token.text)))
      return undefined;
    if (token.kind === 'string') {
      this.#advance();
      return { text: token.text, isWhole: true };
    }
    if (token.kind === 'template') return this.#template(token);
    if (token.kind === 'word') return this.#named();
    if (!this.#is('(')) return undefined;
    this.#advance();
    return this.#parenthesised();
  }

  #template(first: JavaScriptToken): ConstantText | undefined {
    let text = first.text;
    let piece: JavaScriptToken | undefined = first;
    while (piece?.closed === false) {
      this.#advance();
      const value = this.expression();
      if (value !== undefined) text += value.text;
      piece = this.#token;
      if (value?.isWhole !== true || piece?.kind !== 'template') return { text, isWhole: false };
      text += piece.text;
    }
    this.#advance();
    return { text, isWhole: true };
  }

  /** `(expression)`, and `(0, path_1.join)(…)` as compilers write it. */
  #parenthesised(): ConstantText | undefined {
    if (this.#token?.kind === 'number') {
      this.#advance();
      if (!this.#is(',')) return undefined;
      this.#advance();
      const chain = this.#chain();
      if (!this.#is(')')) return undefined;
      this.#advance();
      return this.#is('(') ? this.#call(chain) : undefined;
    }
    const value = this.expression();
    if (!this.#is(')')) return undefined;
    this.#advance();
    return value;
  }

  /** A name or a chain of names, called or not: `__dirname`, `path.join(…)`, `new URL(…).pathname`. */
  #named(): ConstantText | undefined {
    if (this.#token?.text === 'new') this.#advance();
    const chain = this.#chain();
    if (this.#is('(')) return this.#call(chain);
    if (chain.length === 1) {
      const [name = ''] = chain;
      if (name === '__dirname') return { text: places.directory, isWhole: true };
      if (name === '__filename') return { text: places.file, isWhole: true };
      const text = this.#known.get(name);
      return typeof text === 'string' ? { text, isWhole: true } : undefined;
    }
    if (chain[0] !== 'import' || chain[1] !== 'meta') return undefined;
    if (chain[2] === 'dirname') return { text: places.directory, isWhole: true };
    return chain[2] === 'filename' || chain[2] === 'url' ? { text: places.file, isWhole: true } : undefined;
  }

  /** The names of `a.b.c`; those of `require("path").join` are `require` and `join`. */
  #chain(): readonly string[] {
    const names: string[] = [];
    while (this.#token?.kind === 'word') {
      names.push(this.#token.text);
      this.#advance();
      if (names.length === 1 && names[0] === 'require' && this.#is('(')) {
        if (this.#advance()?.kind !== 'string' || this.#advance()?.text !== ')') return [];
        this.#advance();
      }
      if (!this.#is('.')) break;
      this.#advance();
    }
    return names;
  }

  #call(chain: readonly string[]): ConstantText | undefined {
    this.#advance();
    const name = chain.at(-1) ?? '';
    if (name === 'cwd' && this.#is(')')) {
      this.#advance();
      return { text: places.workingDirectory, isWhole: true };
    }
    const value = appliedConstant(name, this.arguments());
    if (value?.isWhole !== true) return value;
    if (!this.#is(')')) return undefined;
    this.#advance();
    if (name !== 'URL') return value;
    while (this.#is('.')) {
      const property = this.#advance()?.text;
      if (property !== 'pathname' && property !== 'href') return undefined;
      this.#advance();
    }
    return value;
  }
}
