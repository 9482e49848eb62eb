import { SlimtraceError } from '../errors.js';

/** What `--http` says; the ports come from `--port` and the image. */
export interface HttpRequestSpec {
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
}

const httpPattern = /^(?:([A-Z]+) +)?(\/\S*?)(?:=([1-5]\d\d))?$/;

/** A parameter of three digits at the end of a query looks like a status; one with its own `=` before it has both. */
const queryPattern = /^(?:([A-Z]+) +)?(\/[^\s?]*\?(?:\S*&)?[^\s=&]+=\d{3})$/;

/** Parses `[METHOD ]PATH[=STATUS]`; in `/?page=100` the number is the parameter's. Throws `usage`. */
export function parseHttpSpec(text: string): HttpRequestSpec {
  const match = queryPattern.exec(text.trim()) ?? httpPattern.exec(text.trim());
  if (match === null) {
    throw new SlimtraceError('usage', {
      problem: `--http ${JSON.stringify(text)} is not "[METHOD ]PATH[=STATUS]"`,
      hint: 'for example --http /, --http "POST /login=302"',
    });
  }
  const [, method = 'GET', path = '/', status] = match;
  return { method, path: encodePath(path), status: status === undefined ? undefined : Number(status) };
}

/** A request line is ASCII (RFC 9112, 3.2): what isn't is sent as browsers do. */
function encodePath(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(Buffer.from(text).toString('utf8')));
}

/** Parses a TCP port; throws `usage`. */
export function parsePort(text: string, flag: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new SlimtraceError('usage', { problem: `${flag} ${JSON.stringify(text)} is not a port (1 to 65535)` });
}

/** Characters that mean something to a shell; a `$` only before what it could expand. */
const shellSyntax = /[|&;<>()`]|\$[({A-Za-z_@*#?$!-]/;

/**
 * Splits a command line into words as a POSIX shell would ('…', "…" and backslash), without running one: nothing is
 * expanded. Operators, variables and substitutions are refused, since they would be passed on as plain text; patterns
 * such as `*` are passed on, as a shell does when nothing matches.
 */
export function splitCommand(text: string, flag: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  // The text as a shell sees it, without what is quoted from it.
  let bare = '';
  const finish = () => {
    if (word !== undefined) words.push(word);
    if (shellSyntax.test(bare)) throw shellNeeded(text, bare, flag);
    word = undefined;
    bare = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word += character;
    } else if (character === '\\' && (quote === undefined || (next !== '' && '"\\$`\n'.includes(next)))) {
      if (next === '') throw new SlimtraceError('usage', { problem: `${flag} ${JSON.stringify(text)} ends in \\` });
      at++;
      // A line that goes on (POSIX.1-2017, Shell Command Language, 2.2.1).
      if (next !== '\n') word = (word ?? '') + next;
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word += character;
      // Within double quotes a shell still expands.
      bare += '$`'.includes(character) || bare.endsWith('$') ? character : '';
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      finish();
    } else {
      word = (word ?? '') + character;
      bare += character;
    }
  }
  if (quote !== undefined)
    throw new SlimtraceError('usage', {
      problem: `${flag} ${JSON.stringify(text)}: the quote ${quote} is never closed`,
    });
  finish();
  if (words.length === 0) throw new SlimtraceError('usage', { problem: `${flag} needs a command` });
  return words;
}

function shellNeeded(text: string, word: string, flag: string): SlimtraceError {
  return new SlimtraceError('usage', {
    problem: `${flag} ${JSON.stringify(text)}: ${JSON.stringify(word)} needs a shell, and commands are run without one`,
    hint: `put it in single quotes if it is meant as it is; ${flag} "sh -c '…'" runs a shell (and keeps it in the slim image)`,
  });
}
