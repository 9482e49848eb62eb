import type { Clue } from './diagnose-clue.js';
import { cluesIn } from './diagnose-symptoms.js';

/** A clue, where in the log it first stands (lines counted from 1) and how often. */
export interface LoggedClue {
  readonly clue: Clue;
  readonly line: number;
  /** The line it stands in, cut short. */
  readonly text: string;
  readonly times: number;
}

/** A line is read in pieces of this length, which overlap so that no message falls between two. */
const pieceLength = 4096;
const pieceOverlap = 768;
const shownLength = 300;
/** Different clues that are kept, and lines that are looked into: a hostile log gets no more. */
const maxClues = 2000;
const maxLines = 50_000;
/** Lines that are remembered, and how long one of them may be. */
const maxRepeated = 10_000;
const maxRepeatedLength = 1000;
const timeAtBeginning = /^[\s[]*\d[\dTZ:.,+/ -]{7,36}/;

/** What nothing can be missing in: the cheap test before the table of symptoms. */
const telling =
  /no such file|nosuchfile|not found|can(?:'|no)t |cannot|can not|unable|unknown|failed|invalid|unsupported|could not|no module|notfound|noclassdef|java\.library\.path|no such user|locale|does not exist|getaddrinfo|name resolution|name or service|certificate|trust ?anchors|pkix|encod|charset|conversion|converter|envelope|terminal|error|bad user|no time zone|^- \//i;

/** SGR and other control sequences (ECMA-48), as coloured logs have them. */
const controlSequences = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Collects the clues of a log that comes line by line. Time and memory are bounded, whatever the log. */
export class LogReader {
  readonly #clues = new Map<string, { -readonly [K in keyof LoggedClue]: LoggedClue[K] }>();
  /** One line may say one thing twice. */
  readonly #lastLines = new Map<string, number>();
  /** What lines said that differ from others in the time at their beginning at most: a loop prints millions of them. */
  readonly #repeated = new Map<string, readonly string[]>();
  #line = 0;
  #looked = 0;
  #requireStackOf: string | undefined;
  /** True once the log had more than could be looked into. */
  isCut = false;

  /** Takes the next line, of any length and content. */
  add(line: string): void {
    this.#line += 1;
    for (let at = 0; at === 0 || at + pieceOverlap < line.length; at += pieceLength - pieceOverlap) {
      this.#addPiece(line.slice(at, at + pieceLength));
    }
  }

  /** All different clues, in the order they came. */
  get clues(): readonly LoggedClue[] {
    return [...this.#clues.values()];
  }

  #addPiece(piece: string): void {
    if (!telling.test(piece)) return;
    const shape = piece.replace(timeAtBeginning, '');
    const said = this.#repeated.get(shape);
    if (said !== undefined) {
      for (const key of said) this.#count(key);
      return;
    }
    if (this.#looked >= maxLines) {
      this.isCut = true;
      return;
    }
    this.#looked += 1;
    const keys = this.#read(piece);
    if (this.#repeated.size < maxRepeated && shape.length <= maxRepeatedLength) this.#repeated.set(shape, keys);
  }

  /** The keys of the clues in a piece. */
  #read(piece: string): readonly string[] {
    const keys: string[] = [];
    // A log of JSON lines has its quotes and line ends escaped.
    const plain = piece.replace(controlSequences, '').replaceAll('\\"', '"');
    for (const part of plain.includes('\\n') ? plain.split('\\n') : [plain]) {
      if (this.#isRequireStack(part)) continue;
      for (const clue of cluesIn(part)) keys.push(this.#remember(clue, part));
    }
    return keys;
  }

  #remember(clue: Clue, text: string): string {
    const key = `${clue.kind}\0${clue.name}`;
    if (this.#clues.has(key)) this.#count(key);
    else if (this.#clues.size >= maxClues) this.isCut = true;
    else {
      this.#clues.set(key, { clue, line: this.#line, text: text.trim().slice(0, shownLength), times: 1 });
      this.#lastLines.set(key, this.#line);
    }
    this.#requireStackOf = clue.kind === 'node-module' && clue.from === undefined ? key : undefined;
    return key;
  }

  #count(key: string): void {
    const known = this.#clues.get(key);
    if (known === undefined || this.#lastLines.get(key) === this.#line) return;
    known.times += 1;
    this.#lastLines.set(key, this.#line);
  }

  /** Node.js tells who required a module in the lines that follow: `Require stack:`, `- /app/server.js`. */
  #isRequireStack(part: string): boolean {
    const from = /^\s*- (\/\S+)\s*$/.exec(part)?.[1];
    if (from === undefined) return false;
    const known = this.#requireStackOf === undefined ? undefined : this.#clues.get(this.#requireStackOf);
    if (known?.clue.kind !== 'node-module') return false;
    known.clue = { ...known.clue, from };
    this.#requireStackOf = undefined;
    return true;
  }
}
