import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { agent } from './agent-bench.ts';
import { runPack } from './every-entry.ts';
import { type Entry, parseListing } from './listing-entries.ts';

/** An entry of a plan; what is left out is plain: mode 0644 (0755 for a directory), root's, of 2001, without contents. */
export type PlanEntry = {
  readonly type: string;
  /** A byte string in latin1, as all here. */
  readonly path: string;
  readonly mode?: number;
  readonly owner?: readonly [number, number];
  readonly size?: number;
  readonly mtime?: string;
  readonly device?: string;
  readonly source?: number;
  readonly offset?: number;
  readonly target?: string;
  /** Values hexadecimal. */
  readonly xattrs?: Readonly<Record<string, string>>;
};

export type Plan = { readonly sources?: readonly string[]; readonly entries: readonly PlanEntry[] };

/** Renders a plan for `unpack`, whatever it says. */
export function renderPlan({ sources = [], entries }: Plan): Buffer {
  return Buffer.concat([
    field('slimtrace-unpack 1'),
    ...sources.flatMap((source) => [field('source'), field(source)]),
    ...entries.flatMap(renderEntry),
    field(`end ${entries.length}`),
  ]);
}

export function field(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'latin1');
}

function renderEntry(entry: PlanEntry): Buffer[] {
  const { type, path, owner = [0, 0], size = 0, mtime = '1000000000.000000000', device = '0:0' } = entry;
  const { mode = type === 'd' ? 0o755 : 0o644, source = 0, offset = 0, target = '', xattrs = {} } = entry;
  const attributes = Object.entries(xattrs);
  const head = [type, mode.toString(8), ...owner, size, mtime, device, source, offset, attributes.length].join(' ');
  const values = attributes.flatMap(([name, value]) => [
    field(name),
    field(`${value.length / 2}`),
    Buffer.from(value, 'hex'),
  ]);
  return [field(head), field(path), field(target), ...values];
}

/** Runs `unpack` on a plan, or on just the given input, below another command where one is given. */
export function runUnpack(
  input: Buffer | Plan,
  target: string,
  options: readonly string[] = [],
  below: readonly string[] = [],
) {
  const [command = '', ...rest] = [...below, agent, 'unpack', target, ...options];
  const bytes = Buffer.isBuffer(input) ? input : renderPlan(input);
  const { status, stdout, stderr } = spawnSync(command, rest, { input: bytes, encoding: 'latin1' });
  return { status, stdout, stderr };
}

/** What `list` tells of a tree. */
export function listTree(root: string): Map<string, Entry> {
  const ran = spawnSync(agent, ['list', '--root', root], { maxBuffer: 1 << 28 });
  if (ran.status !== 0) throw new Error(ran.stderr.toString());
  return parseListing(ran.stdout).entries;
}

/** Listings compared: which device and inodes a tree got is its own affair, which names share one is not; nor are directories' sizes. */
export function describeTree(entries: ReadonlyMap<string, Entry>): Record<string, unknown> {
  const firstNames = new Map<string, string>();
  for (const [path, { inode }] of entries) if (!firstNames.has(inode)) firstNames.set(inode, path);
  const describe = ([path, { inode, ...entry }]: [string, Entry]) => {
    const { type, size, links } = entry;
    const linked = type === 'd' ? { size: 0, links: 0 } : { size, links, sameAs: firstNames.get(inode) };
    return [path, { ...entry, ...linked }];
  };
  return Object.fromEntries([...entries].map(describe));
}

/** The plan that makes a tree again; the contents of its files, packed, are written to `source`. */
export function planOf(root: string, source: string): Plan {
  const entries = [...listTree(root)];
  const firstNames = new Map<string, string>();
  for (const [path, { inode, type }] of entries)
    if (type !== 'd' && !firstNames.has(inode)) firstNames.set(inode, path);
  const isFirst = ([path, { inode, type }]: [string, Entry]) => type === 'd' || firstNames.get(inode) === path;
  const files = entries.filter((entry) => isFirst(entry) && entry[1].type === 'f');
  const packed = runPack(
    root,
    files.map(([path]) => path),
  ).stdout;
  writeFileSync(source, packed);
  let end = 0;
  const offsets = new Map(
    files.map(([path, { size }]) => {
      const offset = end + 512;
      end = offset + Math.ceil(size / 512) * 512;
      return [path, offset];
    }),
  );
  const order = (entry: [string, Entry]) => (isFirst(entry) ? 'dfcbpslh'.indexOf(entry[1].type) : 8);
  const ordered = entries.sort((left, right) => order(left) - order(right));
  return {
    sources: [source],
    entries: ordered.map(([path, { owner, inode, ...entry }]) => {
      const [uid = 0, gid = 0] = owner.split(':').map(Number);
      if (!isFirst([path, { owner, inode, ...entry }])) return { type: 'h', path, target: firstNames.get(inode) ?? '' };
      return { ...entry, path, owner: [uid, gid], offset: offsets.get(path) ?? 0 };
    }),
  };
}
