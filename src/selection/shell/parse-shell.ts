import { type HereDocument, takeHereDocument } from './here-document.js';
import type { ShellCommand, ShellScript } from './shell-script.js';
import {
  type NestedCommands,
  readArithmetic,
  readExpandingText,
  readWord,
  ShellCursor,
  type ShellWord,
} from './shell-word.js';

/** Nested deeper than this, a text is given up: it is no script that a person wrote. */
const maxDepth = 60;

/** After these a command begins, or nothing that matters here. */
const transparentWords = new Set('if then elif else fi while until do done ! { } coproc'.split(' '));
const assigningCommands = new Set(['export', 'readonly', 'local', 'declare', 'typeset']);

/**
 * The simple commands of a shell script (POSIX.1-2017, XCU 2; bash's `[[`, arrays, `<()` and `<<<` as well), those of
 * substitutions and here-documents before the command they stand in. Linear in the length, and never throws: what is no
 * shell gives commands that nobody has.
 */
export function parseShell(text: string): ShellScript {
  const commands: ShellCommand[] = [];
  const functions = new Set<string>();
  new ShellParser(new ShellCursor(text), commands, functions, 0).readList('');
  return { commands, functions };
}

interface GrowingCommand {
  words: ShellWord[];
  assignments: { name: string; value: ShellWord }[];
  mentions: ShellWord[];
}

/** Reads one text; the nested ones get their own parser, or this one again when they are part of the text. */
class ShellParser implements NestedCommands {
  readonly #cursor: ShellCursor;
  readonly #commands: ShellCommand[];
  readonly #functions: Set<string>;
  #depth: number;
  #command = emptyCommand();
  #hereDocuments: HereDocument[] = [];
  /** How many `case` are open in the list that is being read. */
  #cases = 0;
  #isPatternNext = false;

  constructor(cursor: ShellCursor, commands: ShellCommand[], functions: Set<string>, depth: number) {
    this.#cursor = cursor;
    this.#commands = commands;
    this.#functions = functions;
    this.#depth = depth;
  }

  upToParenthesis(cursor: ShellCursor): void {
    const outer = { command: this.#command, cases: this.#cases, isPatternNext: this.#isPatternNext };
    this.#command = emptyCommand();
    this.#cases = 0;
    this.#isPatternNext = false;
    this.deeper(cursor, () => this.readList(')'));
    this.#command = outer.command;
    this.#cases = outer.cases;
    this.#isPatternNext = outer.isPatternNext;
  }

  ofText(text: string): void {
    if (this.#depth >= maxDepth) return;
    new ShellParser(new ShellCursor(text), this.#commands, this.#functions, this.#depth + 1).readList('');
  }

  ofExpansions(text: string): void {
    if (this.#depth >= maxDepth) return;
    const cursor = new ShellCursor(text);
    readExpandingText(cursor, new ShellParser(cursor, this.#commands, this.#functions, this.#depth + 1), '');
  }

  deeper(cursor: ShellCursor, read: () => void): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) cursor.at = cursor.text.length;
    else read();
    this.#depth -= 1;
  }

  /** Reads commands to the end of the text, or behind the `)` that closes them. */
  readList(closer: ')' | ''): void {
    const cursor = this.#cursor;
    let parentheses = 0;
    while (!cursor.isAtEnd) {
      cursor.take(/(?:[ \t\r]|\\\r?\n)+/y);
      const character = cursor.peek();
      if (character === '#') cursor.take(/[^\n]*/y);
      else if (character === '\n') this.#endLine();
      else if (this.#isPatternNext) this.#readPattern();
      else if (character === ')') {
        this.#endCommand();
        cursor.at += 1;
        if (parentheses === 0 && closer === ')') return;
        parentheses = Math.max(0, parentheses - 1);
      } else if (character === '(') parentheses += this.#readOpening();
      else if (cursor.take(/;;&?|;&/y) !== undefined) {
        this.#endCommand();
        this.#isPatternNext = this.#cases > 0;
      } else if (this.#readRedirection()) continue;
      else if (cursor.take(/[;&|]/y) !== undefined) this.#endCommand();
      else this.#readCommandWord();
    }
    this.#endCommand();
  }

  #endCommand(): void {
    const { words, assignments, mentions } = this.#command;
    if (words.length + assignments.length + mentions.length > 0) this.#commands.push(this.#command);
    this.#command = emptyCommand();
  }

  #endLine(): void {
    this.#endCommand();
    this.#cursor.at += 1;
    for (const document of this.#hereDocuments.splice(0)) {
      const text = takeHereDocument(this.#cursor, document);
      if (document.isExpanded) this.ofExpansions(text);
    }
  }

  /** A `(`: of a function's definition, of arithmetic, or of a subshell, which is 1 to count. */
  #readOpening(): 0 | 1 {
    const cursor = this.#cursor;
    const { words } = this.#command;
    const [name] = words;
    const isFirst = name === undefined;
    if ((isFirst || name.text === 'for') && cursor.startsWith('((') && readArithmetic(cursor, this)) return 0;
    if (words.length <= 1 && cursor.take(/\([ \t]*\)/y) !== undefined) {
      if (name !== undefined) this.#functions.add(name.text);
      this.#command = emptyCommand();
      return 0;
    }
    cursor.at += 1;
    return 1;
  }

  /** `pattern | pattern)` of a `case`, or the `esac` in its place. */
  #readPattern(): void {
    const cursor = this.#cursor;
    cursor.take(/\(/y);
    if (cursor.take(/esac(?![^\s;&|)])/y) !== undefined) this.#endCase();
    else if (cursor.take(/\)/y) !== undefined) this.#isPatternNext = false;
    else this.#readOrSkip();
  }

  #endCase(): void {
    this.#cases = Math.max(0, this.#cases - 1);
    this.#isPatternNext = false;
  }

  #readRedirection(): boolean {
    const cursor = this.#cursor;
    if (cursor.startsWith('<(') || cursor.startsWith('>(')) {
      cursor.at += 2;
      this.upToParenthesis(cursor);
      this.#command.words.push({ text: '', isLiteral: false, isBare: false });
      return true;
    }
    const operator = cursor
      .take(/(?:\d+|\{\w+\})?(?:<<<|<<-?|<&|<>|>>|>\||>&|<|>)|&>>?/y)?.[0]
      .replace(/^[\d{]\w*\}?/, '');
    if (operator === undefined) return false;
    cursor.take(/[ \t]+/y);
    const word = this.#read();
    if (operator === '<<' || operator === '<<-') {
      const isIndented = operator === '<<-';
      this.#hereDocuments.push({ delimiter: word.text, isIndented, isExpanded: word.isBare });
    } else this.#command.mentions.push(word);
    return true;
  }

  #readCommandWord(): void {
    const { words, assignments } = this.#command;
    const [name] = words;
    if (name === undefined || assigningCommands.has(name.text)) {
      const assigned = this.#cursor.take(/([A-Za-z_]\w*)(?:\[(?:[^\][\n]|\[[^\]\n]*\])*\])?\+?=/y)?.[1];
      if (assigned !== undefined) {
        for (const value of this.#readValues()) assignments.push({ name: assigned, value });
        return;
      }
    }
    const word = this.#readOrSkip();
    if (word === undefined) return;
    // `for NAME do`: over the script's own arguments.
    if (name?.text === 'for' && words.length === 2 && word.isBare && word.text === 'do') this.#endCommand();
    else if (name !== undefined || !word.isBare || !this.#readReserved(word.text)) words.push(word);
  }

  #readValues(): readonly ShellWord[] {
    const cursor = this.#cursor;
    if (cursor.peek() !== '(') return [this.#read()];
    cursor.at += 1;
    const values: ShellWord[] = [];
    for (cursor.take(/\s+/y); !cursor.isAtEnd && cursor.peek() !== ')'; cursor.take(/(?:\s|#[^\n]*)+/y)) {
      const value = this.#readOrSkip();
      if (value !== undefined) values.push(value);
    }
    cursor.at += 1;
    return values;
  }

  /** What a reserved word at the place of a command begins; false when it is none. */
  #readReserved(word: string): boolean {
    if (transparentWords.has(word)) return true;
    const cursor = this.#cursor;
    if (word === 'esac') this.#endCase();
    else if (word === 'function') {
      cursor.take(/[ \t]+/y);
      this.#functions.add(this.#read().text);
    } else if (word === 'case') {
      cursor.take(/[ \t]+/y);
      this.#command.mentions.push(this.#read());
      this.#endCommand();
      this.#cases += 1;
      this.#isPatternNext = cursor.take(/\s+in(?=\s)/y) !== undefined;
    } else if (word === '[[') this.#readConditional();
    else return false;
    return true;
  }

  /** Up to the `]]`: what stands there are words and operators, and never commands but in substitutions. */
  #readConditional(): void {
    const cursor = this.#cursor;
    while (!cursor.isAtEnd) {
      cursor.take(/[\s()<>|&;]+/y);
      const word = this.#read();
      if (word.text === ']]' && word.isBare) return;
      this.#command.mentions.push(word);
    }
  }

  /** Steps over what no word can begin with, so that reading always ends. */
  #readOrSkip(): ShellWord | undefined {
    const start = this.#cursor.at;
    const word = this.#read();
    if (this.#cursor.at > start) return word;
    this.#cursor.at += 1;
    return undefined;
  }

  #read(): ShellWord {
    return readWord(this.#cursor, this);
  }
}

function emptyCommand(): GrowingCommand {
  return { words: [], assignments: [], mentions: [] };
}
