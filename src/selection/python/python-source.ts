import { PythonBlocks, type PythonPlace } from './python-blocks.js';
import type { PythonVersion } from './python-condition.js';
import { type LogicalLine, logicalLines, type PythonToken } from './python-tokens.js';

/** An import that a source names, by a statement or by a call with a constant. */
export interface PythonImport {
  /** Dotted; empty for `from . import x`. */
  readonly module: string;
  /** Leading dots: 0 for an absolute import, 1 for the importing module's own package. */
  readonly level: number;
  /** What is taken from it, `*` included: each may be a submodule. */
  readonly names: readonly string[];
  readonly place: PythonPlace;
}

/** What a Python source says about other modules. */
export interface PythonSource {
  readonly imports: readonly PythonImport[];
  /** Calls that import by a name that is made up while it runs. */
  readonly computed: readonly string[];
  /** String constants that could name something: a module, an object in it, a group of plugins. */
  readonly words: ReadonlySet<string>;
  /** Strings that could be the names of time zones: `Europe/Berlin`. */
  readonly zones: ReadonlySet<string>;
  /** Encodings by the names they are given, that of the source itself included. */
  readonly encodings: readonly string[];
  /** Every identifier. */
  readonly names: ReadonlySet<string>;
}

const importingCalls = new Set(['import_module', '__import__', 'run_module', 'find_spec', 'resolve_name']);
const codecCalls = new Set(['encode', 'decode', 'lookup', 'getreader', 'getwriter', 'iterencode', 'iterdecode']);
const wordPattern = /^[A-Za-z_][\w.-]{0,199}(?::\w{1,80})?$/;
/** Names of the time zone database with an area (tz(5) `Theory` file, "Timezone identifiers"). */
const zonePattern = /^[A-Z][A-Za-z]{1,14}(?:\/[A-Za-z][A-Za-z0-9_+-]{1,30}){1,2}$/;
const maxExpressionLength = 80;

/**
 * Reads what a Python source imports (Python reference, 7.11 and 8), by its tokens: in time linear in its length, never
 * throwing. Code that can't run here (another platform, a type checker) is passed over.
 */
export function parsePythonSource(source: string, version?: PythonVersion): PythonSource {
  const reader = new SourceReader(version);
  for (const line of logicalLines(source)) reader.read(line);
  const cookie = /^(?:[^\n]*\n)?[ \t\f]*#[^\n]{0,200}?coding[:=][ \t]*([-\w.]+)/.exec(source.slice(0, 1000))?.[1];
  return reader.finish(cookie);
}

class SourceReader {
  readonly #blocks: PythonBlocks;
  readonly #imports: (Omit<PythonImport, 'place'> & { readonly place: () => PythonPlace })[] = [];
  readonly #computed = new Set<string>();
  readonly #words = new Set<string>();
  readonly #zones = new Set<string>();
  readonly #encodings = new Set<string>();
  readonly #names = new Set<string>();

  constructor(version: PythonVersion | undefined) {
    this.#blocks = new PythonBlocks(version);
  }

  read({ indent, tokens }: LogicalLine): void {
    const body = this.#blocks.enter(indent, tokens);
    if (this.#blocks.isNever) return;
    this.#lookAt(tokens);
    for (const statement of splitStatements(body)) this.#readStatement(statement);
  }

  finish(cookie: string | undefined): PythonSource {
    if (cookie !== undefined) this.#encodings.add(cookie);
    return {
      imports: this.#imports.map((found) => ({ ...found, place: found.place() })),
      computed: [...this.#computed],
      words: this.#words,
      zones: this.#zones,
      encodings: [...this.#encodings],
      names: this.#names,
    };
  }

  #readStatement(tokens: readonly PythonToken[]): void {
    const keyword = nameAt(tokens, 0);
    if (keyword === 'raise') this.#blocks.raise();
    if (keyword === 'import') {
      for (const part of splitCommas(tokens.slice(1))) this.#add({ module: dottedName(part), level: 0, names: [] });
    }
    if (keyword === 'from') this.#readFrom(tokens.slice(1));
  }

  #readFrom(tokens: readonly PythonToken[]): void {
    const at = tokens.findIndex((token) => token.kind === 'name' && token.text === 'import');
    if (at < 0) return;
    const level = tokens.findIndex((token) => token.text !== '.');
    const names = splitCommas(tokens.slice(at + 1).filter(({ text }) => text !== '(' && text !== ')'));
    this.#add({
      module: dottedName(tokens.slice(level, at)),
      level,
      names: names.map((name) => name[0]?.text ?? '').filter((name) => name !== ''),
    });
  }

  #add(found: Omit<PythonImport, 'place'>): void {
    if (found.module === '' && found.level === 0) return;
    this.#imports.push({ ...found, place: this.#blocks.place() });
  }

  /** Calls, strings and names, wherever in a line they are. */
  #lookAt(tokens: readonly PythonToken[]): void {
    for (let at = 0; at < tokens.length; at += 1) {
      const token = tokens[at];
      if (token?.kind === 'string') {
        if (/[bf]/.test(token.prefix)) continue;
        if (wordPattern.test(token.text)) this.#words.add(token.text);
        if (zonePattern.test(token.text)) this.#zones.add(token.text);
      }
      if (token?.kind !== 'name') continue;
      this.#names.add(token.text);
      const next = tokens[at + 1]?.text;
      const argument = tokens[at + 2];
      if (next === '=' && token.text === 'encoding' && argument?.kind === 'string') this.#encodings.add(argument.text);
      if (next !== '(' || tokens[at + 1]?.kind !== 'operator' || nameAt(tokens, at - 1) === 'def') continue;
      if (codecCalls.has(token.text) && argument?.kind === 'string') this.#encodings.add(argument.text);
      if (importingCalls.has(token.text)) this.#readCall(token.text, tokens, at + 2);
    }
  }

  #readCall(call: string, tokens: readonly PythonToken[], at: number): void {
    const argument = tokens[at];
    const isWhole = [')', ','].includes(tokens[at + 1]?.text ?? '');
    if (argument?.kind === 'string' && isWhole && !argument.prefix.includes('f')) {
      const [, dots = '', module] = /^(\.*)([\w.]+)(?::|$)/.exec(argument.text) ?? [];
      if (module !== undefined) this.#add({ module, level: dots.length, names: [] });
    } else if (call === 'import_module' || call === '__import__' || call === 'run_module') {
      this.#computed.add(`${call}(${expressionAt(tokens, at)})`);
    }
  }
}

function nameAt(tokens: readonly PythonToken[], at: number): string | undefined {
  const token = tokens[at];
  return token?.kind === 'name' ? token.text : undefined;
}

/** `a.b` of `a . b as c`. */
function dottedName(tokens: readonly PythonToken[]): string {
  let name = '';
  for (const token of tokens) {
    const fits = token.kind === 'name' ? name === '' || name.endsWith('.') : token.text === '.';
    if (!fits) break;
    name += token.text;
  }
  return name;
}

function splitCommas(tokens: readonly PythonToken[]): PythonToken[][] {
  return splitAtOperator(tokens, ',');
}

function splitStatements(tokens: readonly PythonToken[]): PythonToken[][] {
  return splitAtOperator(tokens, ';');
}

function splitAtOperator(tokens: readonly PythonToken[], operator: string): PythonToken[][] {
  const parts: PythonToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'operator' && token.text === operator) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** The first argument of a call, as near to how it was written as a reader needs. */
function expressionAt(tokens: readonly PythonToken[], from: number): string {
  let depth = 0;
  let text = '';
  for (let at = from; at < tokens.length && text.length <= maxExpressionLength; at += 1) {
    const token = tokens[at] as PythonToken;
    const isOperator = token.kind === 'operator';
    if (isOperator && depth === 0 && [')', ','].includes(token.text)) break;
    if (isOperator && '([{'.includes(token.text)) depth += 1;
    if (isOperator && ')]}'.includes(token.text)) depth -= 1;
    const written = token.kind === 'string' ? `${token.prefix}"${token.text}"` : token.text;
    text += !isOperator && /\w$/.test(text) && token.kind !== 'string' ? ` ${written}` : written;
  }
  return text.slice(0, maxExpressionLength);
}
