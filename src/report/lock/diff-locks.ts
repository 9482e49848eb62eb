import { generalName } from '../../selection/generalise/next-name.js';
import { printable } from '../format.js';
import { keyed, keysOf } from './keep-comments.js';
import { renamedRules } from './renamed-rules.js';

/** Changed rules of a section that are shown. */
const shownRules = 40;

/** One line of a difference, and the name it is sorted by. */
interface Change {
  readonly name: string;
  readonly text: string;
}

/**
 * The rules of two locks' texts that are not the same, section by section, as in a diff; safe to print. A rule of the same text
 * for another build's name of its file is one line. Comments don't count.
 */
export function diffLocks(before: string, now: string): readonly string[] {
  const [old, latest] = [sectionsOf(before), sectionsOf(now)];
  const renamed = renamedRules(keysOf(before), keysOf(now));
  return [...new Set([...old.keys(), ...latest.keys()])].flatMap((name) => {
    const changes = diffSection(old.get(name) ?? new Map(), latest.get(name) ?? new Map(), renamed);
    if (changes.length === 0) return [];
    // What was and what is of one rule stand together.
    const sorted = changes.sort((left, right) => compare(left.name, right.name));
    const shown = sorted.slice(0, shownRules).map(({ text }) => `  ${printable(text)}`);
    const more = sorted.length - shownRules;
    return [printable(name), ...shown, ...(more > 0 ? [`    and ${more} more`] : [])];
  });
}

/** A section's lines, and what each is about. */
type Section = ReadonlyMap<string, string>;

function diffSection(was: Section, is: Section, renamed: ReadonlyMap<string, string>): Change[] {
  const added = new Map([...is].flatMap(([line, key]) => (was.has(line) ? [] : [[key, line]])));
  const gone = [...was].filter(([line]) => !is.has(line));
  const changes = gone.map(([line, key]): Change => {
    const nameNow = renamed.get(key) ?? '';
    const lineNow = added.get(nameNow);
    if (lineNow === undefined || !saysTheSame(line, lineNow)) return { name: nameOf(line), text: `- ${line}` };
    added.delete(nameNow);
    return { name: nameOf(line), text: `~ ${nameOf(line)} → ${nameOf(lineNow)}` };
  });
  return [...changes, ...[...added.values()].map((line) => ({ name: nameOf(line), text: `+ ${line}` }))];
}

/** What two rules say of their files, other names of the same ones aside. */
function saysTheSame(line: string, other: string): boolean {
  const [left, right] = [line, other].map((one) => one.slice(nameOf(one).length).replace(/\/[^\s,;"]*/g, generalName));
  return left === right;
}

function sectionsOf(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Map<string, string>>();
  let name = '';
  for (const { line, key } of keyed(text)) {
    if (key === undefined) continue;
    if (!line.startsWith(' ')) name = key;
    const rules = sections.get(name) ?? new Map();
    sections.set(name, rules);
    // The line that begins a section says nothing by itself.
    if (line.startsWith(' ') || !line.endsWith(':')) rules.set(line.trim().replace(/ +#[^"]*$/, ''), key);
  }
  return sections;
}

function nameOf(line: string): string {
  return /^("(?:[^"\\]|\\.)*"|.*?)(?:: |$)/.exec(line)?.[1] ?? line;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
