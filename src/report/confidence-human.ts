import { formatAmount } from '../amount.js';
import type { Doubt } from '../selection/doubt.js';
import { formatBytes, printable } from './format.js';
import type { Confidence, ReportedHealing, SlimReport } from './report.js';
import type { Style } from './style.js';

/** Lines of one kind that are shown; `--json` has them all. */
const shownLines = 4;
const shownNames = 3;

/** What was healed, and what a person should know to judge how sure the result is; empty when there is nothing. */
export function renderConfidence(
  { healing, confidence }: Pick<SlimReport, 'healing' | 'confidence'>,
  style: Style,
): string {
  return [...renderHealing(healing, style), ...renderDoubtful(confidence, style)].join('\n');
}

function renderHealing({ rounds, missed }: ReportedHealing, style: Style): string[] {
  const healed = rounds.map(
    ({ round, paths }) => `${style.green('healed')}     round ${round}: the slim image lacked ${someOf(paths)}`,
  );
  if (missed.length === 0) return healed;
  return [
    ...healed,
    `${style.yellow('missing')}    ${someOf(missed)}: looked for in the slim image, and only in the original (--heal-rounds, or --include)`,
  ];
}

function renderDoubtful(confidence: Confidence, style: Style): string[] {
  const { onStaticEvidence: kept, enumerated, unexercisedPorts, doubts } = confidence;
  const label = (word: string) => style.dim(word.padEnd(10));
  return [
    ...(kept.files === 0
      ? []
      : [
          `${label('unseen')} ${formatAmount(kept.files, 'file')}, ${formatBytes(kept.bytes)}, kept on static evidence alone`,
        ]),
    ...atMost(
      enumerated.map(
        ({ directory, programs, names, missing }) =>
          `${label('listed')} ${printable(directory)}: the slim image shows ${names - missing.length} of ${names} names to ${someOf(programs)}`,
      ),
    ),
    ...(unexercisedPorts.length === 0
      ? []
      : [`${label('unproved')} exposed, and no check of it passed: ${unexercisedPorts.map(printable).join(', ')}`]),
    ...atMost(doubts.map((doubt) => `${label('unsure')} ${doubtWords(doubt)}`)),
  ];
}

/** A doubt as a sentence, safe to print. */
export function doubtWords(doubt: Doubt): string {
  const parent = printable(doubt.parent);
  switch (doubt.doubt) {
    case 'dynamic-loader':
      return `${parent} loads by names it makes up (${printable(doubt.detail ?? doubt.loader)})`;
    case 'conditional-import':
      return `${parent} may import ${printable(doubt.module)}${doubt.target === undefined ? '' : `, which is left out (${printable(doubt.target)})`}`;
    case 'left-out':
      return `${parent} may load ${printable(doubt.target)}, which is left out: ${printable(doubt.because)}`;
  }
}

function atMost(lines: readonly string[]): string[] {
  const more = lines.length - shownLines;
  return more > 0
    ? [...lines.slice(0, shownLines), `           and ${more} more such (--json has them all)`]
    : [...lines];
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).map(printable).join(', ');
  return names.length > shownNames ? `${shown} and ${names.length - shownNames} more` : shown;
}
