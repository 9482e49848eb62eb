import type { EntryType } from '../../../src/image/file-tree.js';
import { type MemberSketch, tarOf } from './raw-tar.js';

/** Makes numbers that look random, the same ones for the same seed (mulberry32). */
function numbersOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** No entry is newer than this: what is, has its time from whoever unpacked it. */
export const latestSeconds = 1_500_000_000;

const names = ['a', 'b', 'c', 'ü', 'raw-\udcff', `${'long'.repeat(40)}`];
const targets = ['a', 'b', '../a', '/b', 'a/b', '/c/a', 'nowhere/x', '..', '/', 'c/../b', 'a/../../b'];

/**
 * Layers of one image as tars, bottom first: few names, so that they meet. In each layer every name comes once, what is
 * in a directory after it, and whiteouts anywhere. Entries may lead through symlinks of lower layers.
 */
export function randomLayers(seed: number): Buffer[] {
  const random = numbersOf(seed);
  const seen = new Map<string, MemberSketch['type']>();
  let hasLinks = false;
  return Array.from({ length: 2 + random(3) }, () => {
    const layer = randomLayer(random, seen, hasLinks);
    hasLinks ||= layer.some(({ type }) => type === 'symlink');
    return tarOf(layer);
  });
}

type Random = ReturnType<typeof numbersOf>;

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random(items.length)] as T;
}

function randomLayer(random: Random, seen: Map<string, MemberSketch['type']>, hasLinks: boolean): MemberSketch[] {
  const own = new Map<string, MemberSketch>();
  for (let left = 4 + random(8); left > 0; left -= 1) {
    const directories = ['', ...[...own.values()].flatMap(({ name, type }) => (type === 'directory' ? [name] : []))];
    // Mostly what an entry can lead through; through anything else it is refused.
    const through = [...seen].filter(([, type]) => type === 'directory' || type === 'symlink' || random(40) === 0);
    const lower = through
      .map(([name]) => name)
      .filter((path) => ![...own.keys()].some((name) => path === name || path.startsWith(`${name}/`)));
    const parent = pick(random, random(3) === 0 && lower.length > 0 ? lower : directories);
    const name = parent === '' ? pick(random, names) : `${parent}/${pick(random, names)}`;
    if (name.split('/').length > 5 || isTaken(own, name)) continue;
    own.set(name, randomMember(random, name, [...own.values()]));
  }
  const members = random(4) === 0 ? [randomMember(random, '.', [], 'directory'), ...own.values()] : [...own.values()];
  for (let left = random(4); left > 0 && seen.size > 0; left -= 1) {
    const hidden = pick(random, [...seen.keys()]);
    // Hidden and hard-linked to at once: tools differ by the order.
    if (members.some(({ linkTarget = '', type }) => type === 'hard-link' && linkTarget.startsWith(hidden))) continue;
    const cut = hidden.lastIndexOf('/') + 1;
    const name = random(3) === 0 ? `${hidden}/.wh..wh..opq` : `${hidden.slice(0, cut)}.wh.${hidden.slice(cut)}`;
    // In what is no directory in this very layer there can't be a whiteout.
    if ([...own.values()].some((other) => other.type !== 'directory' && name.startsWith(`${other.name}/`))) continue;
    const at = whiteoutPlace(own, hidden, random(members.length + 1), hasLinks);
    if (at !== undefined) members.splice(at, 0, { name });
  }
  for (const { name, type } of own.values()) seen.set(name, type);
  return members;
}

/**
 * Where a whiteout may stand for umoci, which goes through a layer once, to find what the specification says: first when
 * the layer has something below what it hides, or lower layers have links that may lead there; last when the layer has
 * something above it.
 */
function whiteoutPlace(
  own: ReadonlyMap<string, MemberSketch>,
  hidden: string,
  anywhere: number,
  hasLinks: boolean,
): number | undefined {
  const hasBelow = hasLinks || [...own.keys()].some((name) => name.startsWith(`${hidden}/`));
  const hasAbove = [...own.keys()].some((name) => hidden === name || hidden.startsWith(`${name}/`));
  if (hasBelow && hasAbove) return undefined;
  return hasBelow ? 0 : hasAbove ? Number.POSITIVE_INFINITY : anywhere;
}

/** A name is taken when it, something above it that is no directory, or something below it is in the layer. */
function isTaken(own: ReadonlyMap<string, MemberSketch>, name: string): boolean {
  return [...own.values()].some(
    (other) =>
      other.name === name ||
      other.name.startsWith(`${name}/`) ||
      (name.startsWith(`${other.name}/`) && other.type !== 'directory'),
  );
}

function randomMember(random: Random, name: string, before: readonly MemberSketch[], asked?: EntryType): MemberSketch {
  const files = before.filter(({ type }) => type !== 'directory');
  const kind =
    asked ??
    pick(random, [
      'file',
      'file',
      'directory',
      'directory',
      'symlink',
      'hard-link',
      'fifo',
      'character-device',
    ] as const);
  const about = {
    name,
    mode: pick(random, [0o644, 0o755, 0o4755, 0o700, 0o1777]),
    uid: pick(random, [0, 1000, 3_000_000]),
    gid: pick(random, [0, 7, 4_000_000]),
    mtime: { seconds: 1 + random(latestSeconds), nanoseconds: pick(random, [0, 123_456_789]) },
  };
  if (kind === 'hard-link' && files.length > 0) return { name, type: kind, linkTarget: pick(random, files).name };
  if (kind === 'symlink') return { ...about, type: kind, mode: 0o777, linkTarget: pick(random, targets) };
  if (kind === 'fifo') return { ...about, type: kind };
  if (kind === 'character-device') return { ...about, type: kind, device: { major: 1, minor: 3 + random(300) } };
  const xattrs = random(3) === 0 ? { xattrs: new Map([['user.x', Buffer.from([random(256), 0, 255, 10])]]) } : {};
  if (kind === 'directory') return { ...about, ...xattrs, type: kind };
  return { ...about, ...xattrs, type: 'file', body: 'x'.repeat(random(2000)) };
}
