import { SlimtraceError } from '../../errors.js';

/** What continues a line and escapes a character: a Dockerfile may choose between two (the `escape` directive). */
export type EscapeCharacter = '\\' | '`';

/** Words of instructions in which a builder replaces variables: ENV, LABEL, EXPOSE, VOLUME, USER, WORKDIR, STOPSIGNAL. */
export class Quoting {
  readonly #escape: EscapeCharacter;

  constructor(escapeMark: EscapeCharacter) {
    this.#escape = escapeMark;
  }

  /** Within double quotes. Throws `dockerfile-unsayable` for text of several lines: `what` says whose. */
  quoted(text: string, what: string): string {
    if (/[\n\r\0]/.test(text))
      throw new SlimtraceError('dockerfile-unsayable', { what: `${what}, which has a line break` });
    return `"${text.replace(/["$\\`]/g, (character) =>
      character === '"' || character === '$' || character === this.#escape ? `${this.#escape}${character}` : character,
    )}"`;
  }

  /** Without quotes where it needs none. */
  word(text: string, what: string): string {
    return /^[\w./:@%+,=-]+$/.test(text) ? text : this.quoted(text, what);
  }
}
