import { formatAmount } from '../amount.js';
import { printable } from './format.js';
import type { ReportedPosture } from './posture.js';
import type { Style } from './style.js';

/** Lines of one kind that are shown; `--json` has them all. */
const shownLines = 6;
const shownSecrets = 12;
const indent = ' '.repeat(11);

/** Who the image runs as and what is its own, what ships and should not; empty when there is nothing to tell. */
export function renderPosture(
  { user, owners, remarks, secrets, worldWritable }: ReportedPosture,
  style: Style,
): string {
  return [
    ...renderUser({ user, owners, secrets }, style),
    ...atMost(
      remarks.map((remark) => `${style.yellow('remark')}     ${printable(remark)}`),
      shownLines,
    ),
    ...atMost(
      secrets.map(({ place, what }) => `${style.yellow('secret')}     ${printable(place)}: ${printable(what)}`),
      shownSecrets,
    ),
    ...(secrets.length > 0
      ? [`${indent}(--exclude leaves a file out; --fail-on secrets makes no image with any)`]
      : []),
    ...renderWritable(worldWritable.slim, style),
  ].join('\n');
}

function renderUser(
  { user, owners, secrets }: Pick<ReportedPosture, 'user' | 'owners' | 'secrets'>,
  style: Style,
): string[] {
  const keys = new Set(
    secrets.flatMap(({ place, what }) => (/private key/.test(what) ? place.replace(/:\d+$/, '') : [])),
  );
  if (user.original === user.slim && owners.length === 0) return [];
  const who = `runs as ${printable(user.slim || 'root')} (the original: ${printable(user.original || 'root')})`;
  const whose = owners.some(isGroupOnly) ? 'its own or its group’s' : 'its own';
  const verb = owners.length === 1 ? 'is' : 'are';
  const own = owners.length === 0 ? '' : `; ${formatAmount(owners.length, 'path')} ${verb} now ${whose}:`;
  const paths = owners.map(
    (change) =>
      `${indent}${printable(change.path)} (was ${change.from}, ${purposeOf(change)})${keys.has(change.path) ? ': a private key' : ''}`,
  );
  return [`${style.green('user')}       ${who}${own}`, ...atMost(paths, shownLines)];
}

type Owner = ReportedPosture['owners'][number];

function purposeOf(owner: Owner): string {
  if (isGroupOnly(owner)) return 'to be read by its group';
  return owner.why === 'reads' ? 'to be read' : 'to be written';
}

function isGroupOnly({ from, to, why }: Owner): boolean {
  return why === 'reads' && from.split(':')[0] === to.split(':')[0];
}

function renderWritable(paths: readonly string[], style: Style): string[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 3).map(printable).join(', ');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return [`${style.dim('writable')}   by everybody, as in the original: ${shown}${more}`];
}

function atMost(lines: readonly string[], most: number): string[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `${indent}and ${more} more (--json has them all)`] : [...lines];
}
