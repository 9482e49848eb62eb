import { printable } from '../format.js';
import { keyed } from './keep-comments.js';

/** Changed rules of a section that are shown. */
const shownRules = 40;

/** The rules of two locks' texts that are not the same, section by section, as in a diff; safe to print. Comments don't count. */
export function diffLocks(before: string, now: string): readonly string[] {
  const [old, latest] = [sectionsOf(before), sectionsOf(now)];
  return [...new Set([...old.keys(), ...latest.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name) ?? new Set<string>(), latest.get(name) ?? new Set<string>()];
    const lines = [
      ...[...was].filter((line) => !is.has(line)).map((line) => ({ sign: '-', line })),
      ...[...is].filter((line) => !was.has(line)).map((line) => ({ sign: '+', line })),
    ];
    if (lines.length === 0) return [];
    // What was and what is of one rule stand together.
    const sorted = lines.sort((left, right) => compare(nameOf(left.line), nameOf(right.line)));
    const shown = sorted.slice(0, shownRules).map(({ sign, line }) => `  ${sign} ${printable(line)}`);
    const more = sorted.length - shownRules;
    return [printable(name), ...shown, ...(more > 0 ? [`    and ${more} more`] : [])];
  });
}

function sectionsOf(text: string): ReadonlyMap<string, Set<string>> {
  const sections = new Map<string, Set<string>>();
  let name = '';
  for (const { line, key } of keyed(text)) {
    if (key === undefined) continue;
    if (!line.startsWith(' ')) name = key;
    const rules = sections.get(name) ?? new Set();
    sections.set(name, rules);
    // The line that begins a section says nothing by itself.
    if (line.startsWith(' ') || !line.endsWith(':')) rules.add(line.trim().replace(/ +#[^"]*$/, ''));
  }
  return sections;
}

function nameOf(line: string): string {
  return line.split(': ', 1)[0] ?? line;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
