import type { Effort } from './effort.js';
import { looksWrong } from './error-line.js';
import { learnLine } from './line-pattern.js';
import type { Pattern } from './pattern.js';
import { learnSequence, type SequencePattern } from './sequence-pattern.js';
import { keyOfLine } from './tokens.js';

/** Learns what varies in a text: `name` is `body` or `stdout`, `unit` what its lines are called. */
export function learnLines(
  name: string,
  unit: string,
  texts: readonly (readonly string[])[],
  effort: Effort,
): SequencePattern<string> {
  const kind = {
    name,
    keyOf: keyOfLine,
    exactOf: (line: string) => line,
    fieldOf: (index: number) => `${name} ${unit} ${index + 1}`,
    show: (line: string) => line,
    learn: (field: string, lines: readonly string[]) => learnText(field, lines, effort),
    looksWrong,
  };
  return learnSequence(texts, kind, effort);
}

/** Learns what varies in one line, named `field`. */
export function learnText(field: string, lines: readonly string[], effort: Effort): Pattern<string> {
  const { masks, matches } = learnLine(lines, effort);
  const original = [...lines].sort()[0];
  return {
    masks: masks.map((mask) => `${field}: ${mask}`),
    differences: (slim) => (matches(slim) ? [] : [{ field, original, slim }]),
  };
}
