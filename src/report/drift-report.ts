import { type Drift, type DriftChange, holds } from '../selection/lock/drift.js';
import { printable, shorten } from './format.js';
import { renderReason } from './reason-text.js';
import type { Style } from './style.js';

/** How an image differs from what its lock says, or from the build that the trace was made of. */
export interface ReportedDrift {
  readonly against: Drift['against'];
  readonly changes: readonly ReportedChange[];
  /** Nothing in it needs a review. */
  readonly holds: boolean;
  /** It in words, a line each, safe to print: what a person reads, every change in it. */
  readonly lines: readonly string[];
}

export interface ReportedChange extends Omit<DriftChange, 'reason'> {
  /** Why the path was kept, or, when it was added, is kept; empty when nobody said. */
  readonly why: string;
}

/** What to do about a lock that doesn't hold. */
export const afterDrift =
  'review what is different; if it is as it should be, slimtrace lock --update writes it into the lock';

/** Changes of a kind that are shown on a terminal; `--json` has them all. */
const ofTerminal: Bounds = { changes: 20, nameLength: 200 };
const whole: Bounds = { changes: Number.POSITIVE_INFINITY, nameLength: Number.POSITIVE_INFINITY };
const longestValue = 200;

interface Bounds {
  readonly changes: number;
  /** Of a path. */
  readonly nameLength: number;
}

/** A drift as data for a report, with its changes in words; null where nothing was compared. */
export function reportDrift(drift: Drift | null): ReportedDrift | null {
  if (drift === null) return null;
  const changes = drift.changes.map(({ reason, why, ...change }) => ({
    ...change,
    why: reason === undefined ? why : renderReason(reason),
  }));
  return { against: drift.against, holds: holds(drift), changes, lines: linesOf(changes, whole) };
}

/** False: the image has drifted from its lock, and has no good name. */
export function isAsLocked({ drift }: { readonly drift: ReportedDrift | null }): boolean {
  return drift === null || drift.against === 'trace' || drift.holds;
}

/** The drift for a person; empty when there is none. */
export function renderDrift(drift: ReportedDrift | null, style: Style): string {
  if (drift === null) return '';
  const isLock = drift.against === 'lock';
  const isSame = isLock
    ? 'locked     the image is as its lock says'
    : 'traced     another build of the image, with the same paths';
  if (drift.changes.length === 0) return isSame;
  const expected = drift.changes.filter(({ isExpected }) => isExpected);
  const unexpected = drift.changes.filter(({ isExpected }) => !isExpected);
  const sections: string[] = [];
  if (expected.length > 0) {
    const where = isLock ? 'since the lock was written' : 'since the build that was traced';
    sections.push(`other names of the same files ${where}:`, ...indent(linesOf(expected, ofTerminal)));
  }
  if (unexpected.length > 0) {
    const what = isLock ? 'the image is not as its lock says' : 'this build is not as the one that was traced';
    const colour = isLock ? style.red : style.yellow;
    sections.push(colour(`${what}:`), ...indent(linesOf(unexpected, ofTerminal)));
  }
  return sections.join('\n');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

const groups = [
  { of: 'config', title: 'configuration' },
  { of: 'option', title: 'options' },
  { of: 'privilege', title: 'privileges' },
  { of: 'path', title: 'files' },
] as const;

function linesOf(changes: readonly ReportedChange[], bounds: Bounds): readonly string[] {
  return groups.flatMap(({ of, title }) => {
    const own = changes.filter((change) => change.of === of);
    if (own.length === 0) return [];
    const shown = own.slice(0, bounds.changes).flatMap((change) => linesOfChange(change, bounds));
    const more = own.length - bounds.changes;
    return [title, ...indent(more > 0 ? [...shown, `and ${more} more (--json has them all)`] : shown)];
  });
}

/** As in a diff: what was, and what is. */
function linesOfChange({ kind, of, what, was, now, why }: ReportedChange, { nameLength }: Bounds): readonly string[] {
  const show = (path: string) => printable(shorten(path, nameLength));
  const name = show(what);
  const reason = why === '' ? '' : `  (${inShort(why)})`;
  if (kind === 'renamed') return [`~ ${name} → ${now.map(show).join(', ')}`];
  if (of === 'path') return [`${kind === 'added' ? '+' : '-'} ${name}${reason}`];
  const before = was === null ? [] : [`- ${name}: ${inShort(was)}${kind === 'removed' ? reason : ''}`];
  return [...before, ...now.map((value) => `+ ${name}: ${inShort(value)}${reason}`)];
}

function inShort(text: string): string {
  return printable(shorten(text, longestValue));
}
