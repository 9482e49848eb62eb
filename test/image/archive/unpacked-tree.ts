import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { OpenedLayers } from '../../../src/image/archive/open-layers.js';
import type { TreeEntry } from '../../../src/image/file-tree.js';
import { decodePathBytes } from '../../../src/image/path.js';

/** A tree as text: each path in JSON, and in JSON all that is known of it. Names of one file have one `inode`. */
export type DescribedTree = Readonly<Record<string, string>>;

/** One entry, whoever saw it: numbers as they are, attributes in hexadecimal, contents by digest. */
interface DescribedEntry {
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: string;
  readonly link: string;
  readonly device: string;
  readonly xattrs: Readonly<Record<string, string>>;
  readonly digest: string;
  readonly inode: string;
}

/** What slimtrace reads, contents too. */
export async function describeLayers({
  tree,
  contents,
}: Pick<OpenedLayers, 'tree' | 'contents'>): Promise<DescribedTree> {
  const entries: [string, DescribedEntry][] = [];
  for (const entry of tree.entries()) {
    const hash = createHash('sha256');
    if (entry.type === 'file') for await (const chunk of contents.stream(entry.path)) hash.update(chunk);
    entries.push([entry.path, describeEntry(entry, hash.digest('hex'))]);
  }
  return render(entries);
}

function describeEntry(entry: TreeEntry, digest: string): DescribedEntry {
  const { path, type, mode, uid, gid, sizeBytes, mtime, linkTarget = '', device, hardLinkId, xattrs } = entry;
  return {
    type,
    mode: type === 'symlink' ? 0o777 : mode,
    uid,
    gid,
    size: sizeBytes,
    mtime: String(BigInt(mtime.seconds) * 1_000_000_000n + BigInt(mtime.nanoseconds)),
    link: linkTarget,
    device: device === undefined ? '' : `${device.major}:${device.minor}`,
    xattrs: Object.fromEntries([...(xattrs ?? [])].map(([name, value]) => [name, Buffer.from(value).toString('hex')])),
    digest: type === 'file' ? digest : '',
    inode: hardLinkId ?? path,
  };
}

// Python reads names as bytes and times as nanoseconds; a directory's size is the file system's business.
const walker = `
import hashlib, json, os, stat, sys
kinds = {stat.S_IFREG: 'file', stat.S_IFDIR: 'directory', stat.S_IFLNK: 'symlink', stat.S_IFCHR: 'character-device',
         stat.S_IFBLK: 'block-device', stat.S_IFIFO: 'fifo', stat.S_IFSOCK: 'socket'}
def show(path, name):
    s = os.lstat(path)
    kind = kinds[stat.S_IFMT(s.st_mode)]
    xattrs = {a: os.getxattr(path, a, follow_symlinks=False).hex() for a in os.listxattr(path, follow_symlinks=False)}
    digest = ''
    if kind == 'file':
        with open(path, 'rb') as f: digest = hashlib.file_digest(f, 'sha256').hexdigest()
    device = '%d:%d' % (os.major(s.st_rdev), os.minor(s.st_rdev)) if kind.endswith('device') else ''
    link = os.readlink(path).hex() if kind == 'symlink' else ''
    print(json.dumps([name.hex(), dict(type=kind, mode=s.st_mode & 0o7777, uid=s.st_uid, gid=s.st_gid,
        size=s.st_size if kind == 'file' else 0, mtime=str(s.st_mtime_ns), link=link, device=device, xattrs=xattrs,
        digest=digest, inode=str(s.st_ino))]))
    if kind == 'directory':
        for child in sorted(os.listdir(path)):
            show(os.path.join(path, child), name.rstrip(b'/') + b'/' + child)
show(os.fsencode(sys.argv[1]), b'/')
`;

/** What is on the disk below a directory. */
export function describeDirectory(directory: string): DescribedTree {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', walker, directory], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`could not walk ${directory}: ${stderr}`);
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line): [string, DescribedEntry] => {
      const [name, described] = JSON.parse(line) as [string, DescribedEntry];
      const link = decodePathBytes(Buffer.from(described.link, 'hex'));
      return [decodePathBytes(Buffer.from(name, 'hex')), { ...described, link }];
    });
  return render(entries);
}

function render(entries: readonly (readonly [string, DescribedEntry])[]): DescribedTree {
  const sorted = [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
  const firstNames = new Map<string, string>();
  for (const [path, { inode }] of sorted) if (!firstNames.has(inode)) firstNames.set(inode, path);
  return Object.fromEntries(
    sorted.map(([path, { inode, mode, xattrs, ...rest }]) => {
      const attributes = Object.entries(xattrs).sort(([left], [right]) => (left < right ? -1 : 1));
      const words = { mode: mode.toString(8), ...rest, xattrs: attributes, inode: firstNames.get(inode) };
      return [JSON.stringify(path), JSON.stringify(words)];
    }),
  );
}
