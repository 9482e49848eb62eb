/** An entry as `list` tells of it. */
export type Entry = {
  readonly type: string;
  readonly mode: number;
  readonly owner: string;
  readonly size: number;
  readonly mtime: string;
  readonly inode: string;
  readonly links: number;
  readonly device: string;
  readonly target: string;
  readonly xattrs: Record<string, string>;
};

/** Reads a listing; paths are byte strings in latin1, xattr values hexadecimal. */
export function parseListing(listing: Buffer): { kind: string; entries: Map<string, Entry> } {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return listing.subarray(at - length, at);
  };
  const next = () => {
    const end = listing.indexOf(0, at);
    if (end < 0) throw new Error('the listing ends within a field');
    const field = take(end - at).toString('latin1');
    at++;
    return field;
  };
  const kind = /^slimtrace-list 1 (clone|plain)$/.exec(next())?.[1] ?? 'no header';
  const entries = new Map<string, Entry>();
  for (let head = next(); !head.startsWith('end '); head = next()) {
    const [type = '', mode = '', uid, gid, size, mtime = '', inode = '', links, device = '', count] = head.split(' ');
    const [path, target] = [next(), next()];
    const xattrs: Record<string, string> = {};
    for (let i = 0; i < Number(count); i++) {
      const name = next();
      xattrs[name] = take(Number(next())).toString('hex');
    }
    const numbers = { mode: Number.parseInt(mode, 8), size: Number(size), links: Number(links) };
    entries.set(path, { type, owner: `${uid}:${gid}`, mtime, inode, device, target, xattrs, ...numbers });
    if (at > listing.length) throw new Error('the listing ends within an xattr');
  }
  if (at !== listing.length) throw new Error('the listing goes on after its end');
  return { kind, entries };
}
