import { foresee, type PythonVersion } from './python-condition.js';
import type { PythonToken } from './python-tokens.js';

/** Where in a source something stands: what must happen before it runs. */
export interface PythonPlace {
  /** In a function: it runs when that is called, not when the module is loaded. */
  readonly isLazy: boolean;
  /** Under an `if` that can't be foreseen. */
  readonly isConditional: boolean;
  /** Under `if __name__ == "__main__"`. */
  readonly isMainProgram: boolean;
  /**
   * In a `try` that an `except` for a failed import belongs to: by its number; `isOptional` when that goes on without
   * the module, rather than raise.
   */
  readonly attempt?: { readonly id: number; readonly isOptional: boolean };
  /** In the `except` that follows when the attempt of this number failed. */
  readonly fallbackOf?: number;
}

interface Block {
  readonly indent: number;
  readonly isFunction?: boolean;
  readonly isNever?: boolean;
  readonly isConditional?: boolean;
  readonly isMainProgram?: boolean;
  /** Of an `if` and what follows it: nothing more of it is reached, or all so far is never. */
  readonly chain?: 'settled' | 'open' | 'never-yet';
  readonly attempt?: Attempt;
  readonly handles?: Attempt;
  readonly catchesImports?: boolean;
}

interface Attempt {
  readonly id: number;
  catchesImports: boolean;
  raises: boolean;
}

const importErrors = new Set(['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException']);
const openers = new Set(['def', 'class', 'if', 'elif', 'else', 'try', 'except', 'finally', 'with', 'for', 'while']);
/** As CPython allows (MAXINDENT, Parser/lexer/state.h). */
const maxBlocks = 100;

/** The blocks that the current line of a source is in. */
export class PythonBlocks {
  readonly #version: PythonVersion | undefined;
  #blocks: Block[] = [];
  #attempts = 0;

  constructor(version: PythonVersion | undefined) {
    this.#version = version;
  }

  get isNever(): boolean {
    return this.#blocks.some(({ isNever }) => isNever === true);
  }

  /** Takes the next line in; what it does itself, rather than open a block, is returned. */
  enter(indent: number, tokens: readonly PythonToken[]): readonly PythonToken[] {
    let previous: Block | undefined;
    for (let top = this.#blocks.at(-1); top !== undefined && top.indent >= indent; top = this.#blocks.at(-1)) {
      previous = this.#blocks.pop();
    }
    const keywordAt = tokens[0]?.kind === 'name' && tokens[0].text === 'async' ? 1 : 0;
    const keyword = tokens[keywordAt];
    if (keyword?.kind !== 'name' || !openers.has(keyword.text)) return tokens;
    const colon = colonOf(tokens);
    if (colon < 0) return tokens;
    if (this.#blocks.length < maxBlocks) {
      const before = previous?.indent === indent ? previous : undefined;
      this.#blocks.push(this.#open(keyword.text, indent, tokens.slice(keywordAt + 1, colon), before));
    }
    return tokens.slice(colon + 1);
  }

  /** A `raise` where the current line is. */
  raise(): void {
    for (const { handles, catchesImports } of this.#blocks) {
      if (handles !== undefined && catchesImports === true) handles.raises = true;
    }
  }

  /** Where the current line stands; to be asked when the source has been read to its end. */
  place(): () => PythonPlace {
    const functionAt = this.#blocks.findLastIndex(({ isFunction }) => isFunction === true);
    const inner = this.#blocks.slice(functionAt + 1);
    const place = {
      isLazy: functionAt >= 0,
      isConditional: inner.some(({ isConditional }) => isConditional === true),
      isMainProgram: this.#blocks.some(({ isMainProgram }) => isMainProgram === true),
    };
    return () => {
      const attempt = inner.findLast((block) => block.attempt?.catchesImports === true)?.attempt;
      const fallback = inner.findLast((block) => block.catchesImports === true)?.handles;
      return {
        ...place,
        ...(attempt === undefined ? {} : { attempt: { id: attempt.id, isOptional: !attempt.raises } }),
        ...(fallback === undefined ? {} : { fallbackOf: fallback.id }),
      };
    };
  }

  #open(keyword: string, indent: number, header: readonly PythonToken[], before: Block | undefined): Block {
    switch (keyword) {
      case 'def':
        return { indent, isFunction: true };
      case 'if':
        return this.#openIf(indent, header, 'never-yet');
      case 'elif':
        return this.#openIf(indent, header, before?.chain ?? 'open');
      case 'else':
        return openElse(indent, before);
      case 'try':
        return { indent, attempt: this.#newAttempt(false) };
      case 'with': {
        const suppresses = hasName(header, (name) => name === 'suppress') && hasName(header, isImportError);
        return suppresses ? { indent, attempt: this.#newAttempt(true) } : { indent };
      }
      case 'except':
        return openExcept(indent, header, before);
      default:
        return { indent };
    }
  }

  #openIf(indent: number, header: readonly PythonToken[], chain: NonNullable<Block['chain']>): Block {
    if (chain === 'settled') return { indent, chain, isNever: true };
    const foreseen = foresee(header, this.#version);
    if (foreseen === 'never') return { indent, chain, isNever: true };
    if (foreseen === 'always') return { indent, chain: 'settled', isConditional: chain === 'open' };
    if (foreseen === 'main-program') return { indent, chain, isMainProgram: true };
    return { indent, chain: 'open', isConditional: true };
  }

  #newAttempt(catchesImports: boolean): Attempt {
    this.#attempts += 1;
    return { id: this.#attempts, catchesImports, raises: false };
  }
}

function openElse(indent: number, before: Block | undefined): Block {
  if (before?.chain === 'settled') return { indent, isNever: true };
  return { indent, isConditional: before?.chain === 'open' };
}

function openExcept(indent: number, header: readonly PythonToken[], before: Block | undefined): Block {
  const attempt = before?.attempt ?? before?.handles;
  const catchesImports = header.length === 0 || hasName(header, isImportError);
  if (attempt === undefined) return { indent, isConditional: true };
  if (catchesImports) attempt.catchesImports = true;
  return { indent, handles: attempt, catchesImports, isConditional: !catchesImports };
}

function isImportError(name: string): boolean {
  return importErrors.has(name);
}

function hasName(tokens: readonly PythonToken[], test: (name: string) => boolean): boolean {
  return tokens.some((token) => token.kind === 'name' && test(token.text));
}

/** The colon that ends a header: outside of brackets, and not a lambda's. */
function colonOf(tokens: readonly PythonToken[]): number {
  let depth = 0;
  let lambdas = 0;
  return tokens.findIndex((token) => {
    if (token.kind === 'name' && token.text === 'lambda' && depth === 0) lambdas += 1;
    if (token.kind !== 'operator') return false;
    if ('([{'.includes(token.text)) depth += 1;
    if (')]}'.includes(token.text)) depth -= 1;
    if (token.text !== ':' || depth !== 0) return false;
    if (lambdas === 0) return true;
    lambdas -= 1;
    return false;
  });
}
