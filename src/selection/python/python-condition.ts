import type { PythonToken } from './python-tokens.js';

/** Which Python reads the source, where it is known: `{ major: 3, minor: 11 }`. */
export interface PythonVersion {
  readonly major: number;
  readonly minor: number;
}

/** What is known of a condition before the program runs: on Linux, with CPython, and no type checker. */
export type Foreseen = 'always' | 'never' | 'main-program' | 'unknown';

/**
 * Foresees the test of an `if`, from its tokens: `TYPE_CHECKING`, `__name__ == "__main__"`, `sys.platform`, `os.name`
 * and `sys.version_info` against constants. Anything else is unknown.
 */
export function foresee(tokens: readonly PythonToken[], version?: PythonVersion): Foreseen {
  const [first, ...rest] = tokens;
  if (first === undefined) return 'unknown';
  if (first.kind === 'name' && first.text === 'not') return opposite(foresee(rest, version));
  const parts = splitAt(tokens, 'and');
  if (parts.length > 1) {
    const foreseen = parts.map((part) => foresee(part, version));
    if (foreseen.includes('never')) return 'never';
    return foreseen.every((part) => part === 'always') ? 'always' : 'unknown';
  }
  return foreseeComparison(
    tokens.map((token) => (token.kind === 'string' ? `'${token.text}'` : token.text)).join(' '),
    version,
  );
}

function opposite(foreseen: Foreseen): Foreseen {
  if (foreseen === 'always') return 'never';
  return foreseen === 'never' ? 'always' : 'unknown';
}

/** Splits at a word outside of brackets; one part when there is an `or`, which binds less. */
function splitAt(tokens: readonly PythonToken[], word: string): readonly (readonly PythonToken[])[] {
  const parts: PythonToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'operator' && '([{'.includes(token.text)) depth += 1;
    if (token.kind === 'operator' && ')]}'.includes(token.text)) depth -= 1;
    if (depth === 0 && token.kind === 'name' && token.text === 'or') return [tokens];
    if (depth === 0 && token.kind === 'name' && token.text === word) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function foreseeComparison(text: string, version: PythonVersion | undefined): Foreseen {
  if (/^(?:\w+ \. )?TYPE_CHECKING$/.test(text)) return 'never';
  if (/^(?:__name__ == '__main__'|'__main__' == __name__)$/.test(text)) return 'main-program';
  const [, variable, comparison, value] =
    /^(?:(?:sys|_sys) \. )?(platform) (==|!=) '([^']*)'$/.exec(text) ??
    /^(os \. name) (==|!=) '([^']*)'$/.exec(text) ??
    [];
  if (variable !== undefined)
    return yes((value === (variable === 'platform' ? 'linux' : 'posix')) === (comparison === '=='));
  const [, start] = /^(?:sys|_sys) \. platform \. startswith \( '([^']*)' \)$/.exec(text) ?? [];
  if (start !== undefined) return yes('linux'.startsWith(start));
  return foreseeVersion(text, version);
}

function foreseeVersion(text: string, version: PythonVersion | undefined): Foreseen {
  const [, operator = '', numbers] =
    /^sys \. version_info(?: \[ : \d \])? ([<>]=?|==|<=|>=) \( (\d+(?: , \d+)*)(?: ,)? \)$/.exec(text) ?? [];
  if (numbers === undefined || version === undefined) return 'unknown';
  const [major = 0, minor = 0, ...more] = numbers.split(' , ').map(Number);
  const difference = version.major - major || version.minor - minor;
  // A third number is about releases that nobody tells apart here.
  if (difference === 0 && (more.length > 0 || operator === '==')) return 'unknown';
  if (operator === '>=') return yes(difference >= 0);
  // `(3, 11, 2, …) > (3, 11)` holds: the longer tuple is the greater one.
  if (operator === '>') return yes(difference >= 0);
  return operator === '==' ? 'never' : yes(difference < 0);
}

function yes(holds: boolean): Foreseen {
  return holds ? 'always' : 'never';
}
