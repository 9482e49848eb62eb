import { SlimtraceError } from '../../errors.js';
import type { EscapeCharacter } from './quote.js';

/** A team's own Dockerfile, to which our stages are added. */
export interface TeamDockerfile {
  readonly escapeMark: EscapeCharacter;
  /** Names of its stages, in lower case: a builder makes no difference. */
  readonly stages: ReadonlySet<string>;
  /** What its last stage is called, or is to be called. */
  readonly last: string;
  /** Its RUN, COPY and ADD instructions, joined lines and their here-documents, in order. */
  readonly instructions: readonly string[];
  /** The stage that a build makes in place of ours unless it is told otherwise, because it stands behind: a noun phrase. */
  readonly behind: string | undefined;
  /** The same file with our stages behind theirs, or in place of those that were added before. */
  add(lines: readonly string[]): string;
}

const begin =
  '# ---- slimtrace dockerfile: written from here on; what is changed here is lost when it is run again ----';
const end = '# ---- slimtrace dockerfile: written until here ----';

/**
 * Reads what is needed of a Dockerfile to add stages to it (docs.docker.com/reference/dockerfile): directives, stages,
 * lines that go on, and here-documents. Throws `usage` when it has no stage, ends in the middle of an instruction, or has more
 * or less than one part that slimtrace wrote.
 */
export function parseTeamDockerfile(text: string, file: string): TeamDockerfile {
  const lines = text.split('\n');
  const { own, after } = withoutBlock(lines, file);
  const escapeMark = escapeOf(lines);
  const [before, behind] = [scan(own, escapeMark), scan(after ?? [], escapeMark)];
  if (before.isOpen || behind.isOpen)
    throw problem(file, 'ends in the middle of an instruction', 'finish its last line');
  const stages = before.instructions.flatMap((instruction) => stageOf(instruction) ?? []);
  const final = stages.at(-1);
  if (final === undefined) throw problem(file, 'has no FROM', 'give the Dockerfile that the image is built from');
  const later = behind.instructions.flatMap((instruction) => stageOf(instruction) ?? []);
  const names = new Set([...stages, ...later].flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])));
  const name = final.name ?? freeStage('fat', names);
  const last = later.at(-1);
  return {
    escapeMark,
    stages: new Set([...names, name.toLowerCase()]),
    last: name,
    instructions: [...before.instructions, ...behind.instructions]
      .map((instruction) => instruction.text)
      .filter((line) => /^(?:RUN|COPY|ADD)\s/i.test(line)),
    behind: last && (last.name === undefined ? 'a stage without a name' : `the stage ${last.name}`),
    add(added) {
      const eol = lines[0]?.endsWith('\r') ? '\r' : '';
      const kept = [...own];
      const at = final.lastLine;
      if (final.name === undefined) kept[at] = (kept[at] ?? '').replace(/\s*$/, (blank) => ` AS ${name}${blank}`);
      const block = [begin, ...added, end].map((line) => `${line}${eol}`);
      if (after !== undefined) return [...kept, ...block, ...after].join('\n');
      const isEnded = kept.at(-1) === '';
      if (isEnded) kept.pop();
      else kept[kept.length - 1] += eol;
      return [...kept, eol, ...block, ''].join('\n');
    },
  };
}

/** The lines in front of what slimtrace wrote, and those behind it; undefined where it wrote nothing yet. */
function withoutBlock(
  lines: readonly string[],
  file: string,
): { readonly own: readonly string[]; readonly after: readonly string[] | undefined } {
  const linesOf = (mark: string) => lines.flatMap((line, at) => (line.trim() === mark ? [at] : []));
  const [begins, ends] = [linesOf(begin), linesOf(end)];
  const [first, last] = [begins[0], ends[0]];
  if (first === undefined && last === undefined) return { own: lines, after: undefined };
  const refuse = (what: string, at: readonly number[]) =>
    problem(
      file,
      `${what} (${at.length === 1 ? 'line' : 'lines'} ${at.map((index) => index + 1).join(' and ')})`,
      'take out what an earlier run wrote, with both lines',
    );
  if (begins.length > 1) throw refuse('has several lines that begin what slimtrace wrote', begins);
  if (ends.length > 1) throw refuse('has several lines that end what slimtrace wrote', ends);
  if (last === undefined)
    throw refuse('has the line that begins what slimtrace wrote, and not the one that ends it', begins);
  if (first === undefined || first > last)
    throw refuse('has the line that ends what slimtrace wrote, and none before it that begins it', ends);
  return { own: lines.slice(0, first), after: lines.slice(last + 1) };
}

/** A name that no other stage has. */
export function freeStage(wanted: string, taken: ReadonlySet<string>): string {
  const candidates = [wanted, `slimtrace-${wanted}`];
  const free = candidates.find((name) => !taken.has(name));
  if (free !== undefined) return free;
  let number = 2;
  while (taken.has(`slimtrace-${wanted}-${number}`)) number += 1;
  return `slimtrace-${wanted}-${number}`;
}

interface Instruction {
  /** Its lines joined, comments left out, with its here-documents behind them. */
  readonly text: string;
  /** Index of the last line before those. */
  readonly lastLine: number;
}

function scan(
  lines: readonly string[],
  escapeMark: EscapeCharacter,
): { readonly instructions: readonly Instruction[]; readonly isOpen: boolean } {
  const goesOn = escapeMark === '`' ? /(?:^|[^`])`[ \t]*$/ : /(?:^|[^\\])\\[ \t]*$/;
  const instructions: Instruction[] = [];
  let joined: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').replace(/\r$/, '');
    if (/^\s*#/.test(line) || (line.trim() === '' && joined !== undefined)) continue;
    if (joined === undefined && line.trim() === '') continue;
    const isOpen = goesOn.test(line);
    const text: string = (joined ?? '') + (isOpen ? line.replace(/.[ \t]*$/, '') : line);
    joined = text;
    if (isOpen) continue;
    joined = undefined;
    const lastLine = at;
    at = endOfDocuments(text, lines, at);
    instructions.push({ text: [text.trim(), ...lines.slice(lastLine + 1, at + 1)].join('\n'), lastLine });
  }
  return { instructions, isOpen: joined !== undefined };
}

/** Directives are the comments `key=value` at the very top. */
function escapeOf(lines: readonly string[]): EscapeCharacter {
  for (const line of lines) {
    const [, key, value] = /^\uFEFF?\s*#\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined) break;
    if (key.toLowerCase() === 'escape' && value === '`') return '`';
  }
  return '\\';
}

/** The index of the last line of an instruction's here-documents; the same line when it has none. */
function endOfDocuments(instruction: string, lines: readonly string[], from: number): number {
  if (!/^\s*(?:RUN|COPY|ADD)\s/i.test(instruction)) return from;
  let at = from;
  for (const [, tabs, , name] of instruction.matchAll(/(?:^|\s)\d*<<(-?)(["']?)([^\s<"'|&;]+)\2(?=\s|$|[|&;>])/g)) {
    const isEnd = (line: string) => (tabs === '-' ? line.replace(/^\t+/, '') : line).replace(/\r$/, '') === name;
    const found = lines.findIndex((line, index) => index > at && isEnd(line));
    // Nothing that ends it: it only looked like one, within quotes.
    if (found >= 0) at = found;
  }
  return at;
}

function stageOf({
  text,
  lastLine,
}: Instruction): { readonly name: string | undefined; readonly lastLine: number } | undefined {
  const words = text.split(/\s+/);
  if (words[0]?.toUpperCase() !== 'FROM') return undefined;
  const [, as, name] = words.slice(1).filter((word) => !word.startsWith('--'));
  return { name: as?.toUpperCase() === 'AS' ? name : undefined, lastLine };
}

function problem(file: string, what: string, hint: string): SlimtraceError {
  return new SlimtraceError('usage', { problem: `--dockerfile ${file} ${what}`, hint });
}
