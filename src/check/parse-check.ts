import { SlimtraceError } from '../errors.js';

/** What `--http` says; the ports come from `--port` and the image. */
export interface HttpRequestSpec {
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
}

const httpPattern = /^(?:([A-Z]+) +)?(\/\S*?)(?:=(\d{3}))?$/;

/** Parses `[METHOD ]PATH[=STATUS]`; throws `usage`. */
export function parseHttpSpec(text: string): HttpRequestSpec {
  const match = httpPattern.exec(text.trim());
  if (match === null) {
    throw new SlimtraceError('usage', {
      problem: `--http ${JSON.stringify(text)} is not "[METHOD ]PATH[=STATUS]"`,
      hint: 'for example --http /, --http "POST /login=302"',
    });
  }
  const [, method = 'GET', path = '/', status] = match;
  return { method, path, status: status === undefined ? undefined : Number(status) };
}

/** Parses a TCP port; throws `usage`. */
export function parsePort(text: string, flag: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new SlimtraceError('usage', { problem: `${flag} ${JSON.stringify(text)} is not a port (1 to 65535)` });
}

const shellOperator = /^(?:[|&;<>]+.*|\d?>.*|.*[^\\]?\$[({A-Za-z_].*)$/;

/**
 * Splits a command line into words as a POSIX shell would ('…', "…" and backslash), without running one: nothing is
 * expanded. Shell operators outside quotes are refused, since they would be passed on as plain words.
 */
export function splitCommand(text: string, flag: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  let isQuoted = false;
  const finish = () => {
    if (word !== undefined) {
      if (!isQuoted && shellOperator.test(word)) throw shellNeeded(text, word, flag);
      words.push(word);
    }
    word = undefined;
    isQuoted = false;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word += character;
    } else if (character === '\\' && (quote === undefined || /["\\$`]/.test(text.charAt(at + 1)))) {
      word = (word ?? '') + text.charAt(++at);
      isQuoted = true;
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
      isQuoted = true;
    } else if (/\s/.test(character)) {
      finish();
    } else {
      word = (word ?? '') + character;
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
    hint: `${flag} "sh -c '…'" runs one (and keeps it in the slim image)`,
  });
}
