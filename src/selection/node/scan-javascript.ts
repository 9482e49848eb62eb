import { appliedConstant, type ConstantText, constantArguments, constantText, isPlaced } from './constant-path.js';
import { JavaScriptLexer, type JavaScriptToken } from './javascript-lexer.js';

/**
 * A place where a file names another. `text`: a module's name, or a path that may begin at one of the places of
 * constant-path; only the beginning of it unless `isWhole`.
 */
export interface JavaScriptReference {
  /** `file`: a path as data. `script`: one that is run (Worker, fork). `beside`: a name that may be a file's in the same directory. */
  readonly kind: 'require' | 'import' | 'file' | 'script' | 'beside';
  readonly text: string;
  readonly isWhole: boolean;
  /** Within `try`: the file can do without. */
  readonly isOptional: boolean;
  /** Within braces: in a function, for all that is known. */
  readonly isLazy: boolean;
}

/** A `require` or `import()` of a name that is made up while the file runs. */
export interface ComputedReference {
  readonly loader: 'require' | 'import()';
  /** Its source, cut. */
  readonly expression: string;
}

export interface JavaScriptFacts {
  /** Each once. */
  readonly references: readonly JavaScriptReference[];
  readonly computed: readonly ComputedReference[];
}

/** More than any file that a person or a bundler wrote. */
const maxReferences = 10_000;
const maxExpressionLength = 80;

const requireNames = ['require', '__non_webpack_require__', '__require', 'nodeRequire'];

/** What a JavaScript file, CommonJS or module, minified or not, names of other files. Linear; never throws. */
export function scanJavaScript(text: string): JavaScriptFacts {
  return new JavaScriptScanner(text).scan();
}

class JavaScriptScanner {
  readonly #text: string;
  readonly #lexer: JavaScriptLexer;
  readonly #known = new Map<string, string | null>();
  readonly #requires = new Set(requireNames);
  readonly #references = new Map<string, JavaScriptReference>();
  readonly #computed = new Map<string, ComputedReference>();
  /** For each open `{`: whether it is that of a `try`. */
  readonly #braces: boolean[] = [];
  #tries = 0;
  #token: JavaScriptToken | undefined;
  #previous: JavaScriptToken | undefined;
  #beforePrevious: JavaScriptToken | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#lexer = new JavaScriptLexer(text);
  }

  scan(): JavaScriptFacts {
    let previousPiece: JavaScriptToken | undefined;
    for (this.#token = this.#lexer.next(); this.#token !== undefined; this.#token = this.#lexer.next()) {
      const token = this.#token;
      if (token.kind === 'punctuator') this.#punctuator(token);
      else if (token.kind === 'word') this.#word(token);
      else if (token.kind === 'string') this.#string(token);
      else if (token.kind === 'template' && previousPiece?.closed !== false) this.#fileAt(token.start);
      if (token.kind === 'template') previousPiece = token;
      this.#beforePrevious = this.#previous;
      this.#previous = token;
      if (this.#references.size >= maxReferences) break;
    }
    return { references: [...this.#references.values()], computed: [...this.#computed.values()] };
  }

  #punctuator({ text, end }: JavaScriptToken): void {
    if (text === '{') {
      const isTry = this.#previous?.kind === 'word' && this.#previous.text === 'try';
      this.#braces.push(isTry);
      if (isTry) this.#tries += 1;
    } else if (text === '}') {
      if (this.#braces.pop() === true) this.#tries -= 1;
    } else if (text === '=' && this.#previous?.kind === 'word' && this.#beforePrevious?.text !== '.') {
      this.#define(this.#previous.text, end);
    }
  }

  /** Remembers `NAME = "constant"` and `NAME = createRequire(…)`. */
  #define(name: string, start: number): void {
    const lexer = aheadOf(this.#text, start);
    const first = lexer.next();
    if (first?.kind === 'word' && isCreateRequire(first, lexer)) this.#requires.add(name);
    const value = constantText(this.#text, start, this.#known);
    const isNew = !this.#known.has(name);
    if (isNew && value?.isWhole !== true) return;
    if (isNew || this.#known.get(name) !== value?.text) this.#known.set(name, isNew ? (value?.text ?? null) : null);
  }

  #word(token: JavaScriptToken): void {
    const next = aheadOf(this.#text, token.end).next();
    const isProperty = this.#previous?.text === '.' || this.#previous?.text === '?.';
    const isCalled = next?.kind === 'punctuator' && next.text === '(';
    if (this.#requires.has(token.text) && (!isProperty || this.#beforePrevious?.text === 'module')) {
      this.#require(token, next);
    } else if (token.text === 'createRequire' && isCalled) this.#requireOfCreated(next.end);
    else if (token.text === 'import' && !isProperty) this.#import(token, next);
    else if (token.text === 'from' && !isProperty && next?.kind === 'string') this.#add('import', whole(next.text));
    else if (token.text === '__dirname' && next?.text === '+') this.#fileAt(token.start);
    else if (isCalled) this.#call(token, next.end);
    else if (next?.text === ')' && (token.text === 'join' || token.text === 'resolve')) {
      // `(0, path_1.join)(…)`, as compilers write it.
      const open = aheadOf(this.#text, next.end).next();
      if (open?.text === '(') this.#call(token, open.end);
    }
  }

  #require(token: JavaScriptToken, next: JavaScriptToken | undefined): void {
    if (next?.text === '(' && next.kind === 'punctuator') this.#load('require', next.end);
    if (next?.text !== '.') return;
    const lexer = aheadOf(this.#text, next.end);
    if (lexer.next()?.text !== 'resolve') return;
    const open = lexer.next();
    if (open?.text === '(' && token.text !== '') this.#load('require', open.end);
  }

  /** `createRequire(import.meta.url)("x")` */
  #requireOfCreated(start: number): void {
    const lexer = aheadOf(this.#text, start);
    for (let left = 8, token = lexer.next(); left > 0 && token !== undefined; left -= 1, token = lexer.next()) {
      if (token.text !== ')') continue;
      const open = lexer.next();
      if (open?.text === '(') this.#load('require', open.end);
      return;
    }
  }

  #import(token: JavaScriptToken, next: JavaScriptToken | undefined): void {
    if (next?.kind === 'string') this.#add('import', whole(next.text));
    else if (next?.text === '(') this.#load('import', next.end);
    else if (next?.text === '.') {
      const lexer = aheadOf(this.#text, token.end);
      const words = [lexer.next(), lexer.next(), lexer.next(), lexer.next()].map((word) => word?.text).join('');
      const open = lexer.next();
      if (words === '.meta.resolve' && open?.text === '(') this.#load('import', open.end);
    }
  }

  #load(kind: 'require' | 'import', start: number): void {
    const value = constantText(this.#text, start, this.#known);
    if (value?.isWhole === true) {
      if (value.text !== '') this.#add(kind, value);
      return;
    }
    // Modules of a bundle have numbers.
    const first = aheadOf(this.#text, start).next();
    if (first === undefined || first.kind === 'number' || first.text === ')') return;
    const { end, choices } = argumentAt(this.#text, start);
    for (const choice of choices) this.#add(kind, whole(choice));
    if (choices.length > 0) return;
    if (value !== undefined && value.text !== '') this.#add(kind, value);
    const expression = this.#text.slice(start, end).replace(/\s+/g, ' ').trim();
    const loader = kind === 'import' ? 'import()' : 'require';
    if (this.#computed.size < maxReferences) this.#computed.set(`${loader}${expression}`, { loader, expression });
  }

  #call(token: JavaScriptToken, start: number): void {
    if (token.text === 'join' || token.text === 'resolve' || token.text === 'URL') {
      const value = appliedConstant(token.text, constantArguments(this.#text, start, this.#known));
      if (value !== undefined) this.#file(value);
    } else if (token.text === 'Worker' || token.text === 'fork') {
      const value = constantText(this.#text, start, this.#known);
      if (value?.isWhole === true && value.text !== '') this.#add('script', value);
    }
  }

  #fileAt(start: number): void {
    const value = constantText(this.#text, start, this.#known);
    if (value !== undefined) this.#file(value);
  }

  #file(value: ConstantText): void {
    if (isPlaced(value.text) && value.text.length > 1) this.#add('file', value);
  }

  #string({ text }: JavaScriptToken): void {
    if (/^[\w.@-]+\.(?:node|wasm)$/.test(text)) this.#add('beside', whole(text));
  }

  #add(kind: JavaScriptReference['kind'], { text, isWhole }: ConstantText): void {
    const key = `${kind} ${isWhole} ${text}`;
    const known = this.#references.get(key);
    // What is needed in one place is needed.
    const isOptional = this.#tries > 0 && known?.isOptional !== false;
    const isLazy = this.#braces.length > 0 && known?.isLazy !== false;
    this.#references.set(key, { kind, text, isWhole, isOptional, isLazy });
  }
}

function aheadOf(text: string, start: number): JavaScriptLexer {
  return new JavaScriptLexer(text, start, { regexes: false });
}

function whole(text: string): ConstantText {
  return { text, isWhole: true };
}

/** `createRequire(`, or the same through `module.` or as compilers put it. */
function isCreateRequire(first: JavaScriptToken, lexer: JavaScriptLexer): boolean {
  let token: JavaScriptToken | undefined = first;
  for (let left = 4; left > 0 && token?.kind === 'word'; left -= 1) {
    if (token.text === 'createRequire') return lexer.next()?.text === '(';
    if (lexer.next()?.text !== '.') return false;
    token = lexer.next();
  }
  return false;
}

/** Where the first argument that starts at `start` ends, at most a few words on, and the strings it chooses among by `?` or `||`. */
function argumentAt(text: string, start: number): { end: number; choices: readonly string[] } {
  const lexer = aheadOf(text, start);
  const choices: string[] = [];
  let depth = 0;
  let end = start;
  let previous = '';
  for (let token = lexer.next(); token !== undefined && token.end - start < maxExpressionLength; token = lexer.next()) {
    if (token.kind === 'punctuator') {
      if ('([{'.includes(token.text)) depth += 1;
      else if (')]}'.includes(token.text)) depth -= 1;
      if (depth < 0 || (depth === 0 && token.text === ',')) break;
    }
    if (token.kind === 'string' && depth === 0 && ['?', ':', '||', '??'].includes(previous)) choices.push(token.text);
    previous = token.kind === 'punctuator' ? token.text : '';
    end = token.end;
  }
  return { end, choices };
}
