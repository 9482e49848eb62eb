import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite, openScratch } from './agent-bench.ts';

const missing = missingPrerequisite('python3', 'tar', 'setcap', 'getfattr', 'setfattr', 'mount');

type Entry = {
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
function parseListing(listing: Buffer): { kind: string; entries: Map<string, Entry> } {
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
  expect(at).toBe(listing.length);
  return { kind, entries };
}

describe.skipIf(missing)(`list and pack (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  const root = join(scratch.path, 'root');
  const deep = `/deep${`/${'d'.repeat(200)}`.repeat(40)}`;

  beforeAll(() => {
    const script = `
import os, socket
root = os.fsencode(${JSON.stringify(root)})
os.mkdir(root); os.chdir(root); os.chmod(root, 0o711)
def write(name, data=b'x'): open(name, 'wb').write(data)
write(b'file', b'hello'); os.chown(b'file', 1234, 5678)
os.link(b'file', b'hard')
os.symlink(b'nowhere/at all', b'dangling'); os.symlink(b'file', b'link'); os.lchown(b'link', 7, 8)
os.mkdir(b'empty'); os.mkdir(b'sticky'); os.chmod(b'sticky', 0o1777)
os.symlink(b'sticky', b'link-to-directory'); write(b'sticky/inside', b'inside')
os.mkfifo(b'fifo', 0o640)
os.mknod(b'char', 0o20666, os.makedev(1, 3)); os.mknod(b'block', 0o60600, os.makedev(259, 70000))
s = socket.socket(socket.AF_UNIX); s.bind(b'socket')
write(b'setuid'); os.chmod(b'setuid', 0o6755)
write(b'\\xff\\xfe not utf8'); write(b'new\\nline'); write(b'-rf'); write(b'n' * 255)
write(b'old'); os.utime(b'old', ns=(-1500000000, -1500000000))
write(b'future'); os.utime(b'future', ns=(4294967296123456789, 4294967296123456789))
os.setxattr(b'file', b'user.binary', bytes(range(256)))
os.setxattr(b'empty', b'user.on-directory', b'')
os.setxattr(b'link', b'trusted.on-link', b'L', follow_symlinks=False)
write(b'capable'); os.system('setcap cap_setuid,cap_net_raw+ep capable')
write(b'big', b'')
os.mkdir(b'deep'); os.chdir(b'deep')
for _ in range(40): os.mkdir(b'd' * 200); os.chdir(b'd' * 200)
write(b'bottom', b'deep down')
`;
    execFileSync('python3', ['-c', script]);
  });
  afterAll(() => {
    execFileSync('rm', ['-rf', root]);
    scratch[Symbol.dispose]();
  });

  function list(...options: string[]) {
    const ran = spawnSync(agent, ['list', '--root', root, ...options], { maxBuffer: 1 << 28 });
    expect(ran.stderr.toString()).toBe('');
    expect(ran.status).toBe(0);
    return parseListing(ran.stdout);
  }

  /** The same from Python's os.lstat, os.readlink and os.getxattr, as `list` would print it. */
  function describeByPython(): Map<string, Entry> {
    const script = `
import os, json, stat
out = {}
kinds = {stat.S_IFREG: 'f', stat.S_IFDIR: 'd', stat.S_IFLNK: 'l', stat.S_IFCHR: 'c', stat.S_IFBLK: 'b', stat.S_IFIFO: 'p', stat.S_IFSOCK: 's'}
def visit(name, path):
    s = os.lstat(name)
    device = (os.major(s.st_rdev), os.minor(s.st_rdev)) if kinds[stat.S_IFMT(s.st_mode)] in 'bc' else (0, 0)
    out[path.decode('latin1')] = dict(type=kinds[stat.S_IFMT(s.st_mode)], owner='%d:%d' % (s.st_uid, s.st_gid), mode=s.st_mode & 0o7777,
        size=s.st_size, links=s.st_nlink, mtime='%d.%09d' % (s.st_mtime_ns // 10**9, s.st_mtime_ns % 10**9), device='%d:%d' % device,
        target=os.readlink(name).decode('latin1') if stat.S_ISLNK(s.st_mode) else '',
        xattrs={a: os.getxattr(name, a, follow_symlinks=False).hex() for a in os.listxattr(name, follow_symlinks=False)})
    if stat.S_ISDIR(s.st_mode):
        os.chdir(name)
        for inner in sorted(os.listdir(b'.')): visit(inner, (path if path != b'/' else b'') + b'/' + inner)
        os.chdir(b'..') if path != b'/' else None
visit(os.fsencode(${JSON.stringify(root)}), b'/')
print(json.dumps(out))
`;
    const described = execFileSync('python3', ['-c', script], { maxBuffer: 1 << 28, encoding: 'utf8' });
    return new Map(Object.entries(JSON.parse(described) as Record<string, Entry>));
  }

  it('lists every kind of entry as Python sees it, parents first, in byte order', () => {
    const { kind, entries } = list();
    expect(kind).toBe('clone');
    const expected = describeByPython();
    expect([...entries.keys()]).toEqual([...expected.keys()]);
    for (const [path, { inode, ...entry }] of entries) {
      expect(inode).toMatch(/^\d+:\d+$/);
      expect({ path, ...entry }).toEqual({ path, ...expected.get(path) });
    }
    expect(entries.size).toBeGreaterThan(60);
    expect(entries.get('/capable')?.xattrs['security.capability']).toMatch(/^[0-9a-f]{40}$/);
    expect(entries.get('/old')?.mtime).toBe('-2.500000000');
    expect(entries.get('/file')?.inode).toBe(entries.get('/hard')?.inode);
    expect(entries.get(`${deep}/bottom`)?.size).toBe(9);
  });

  it('leaves out what is excluded, and what lies below it', () => {
    const { entries } = list('--exclude', '/deep', '--exclude', '/file');
    expect([...entries.keys()].filter((path) => path.startsWith('/deep') || path === '/file')).toEqual([]);
    expect(entries.has('/hard')).toBe(true);
  });

  it('sees beneath what is mounted over the tree', () => {
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(root, 'sticky')]);
    execFileSync('mount', ['--bind', '/etc/passwd', join(root, 'file')]);
    try {
      writeFileSync(join(root, 'sticky/mounted'), '');
      const { kind, entries } = list();
      expect(kind).toBe('clone');
      expect(entries.has('/sticky/inside')).toBe(true);
      expect(entries.has('/sticky/mounted')).toBe(false);
      expect(entries.get('/file')?.size).toBe(5);
      expect(pack(['/sticky/inside', '/file']).bodies).toEqual(['inside', 'hello']);
    } finally {
      execFileSync('umount', [join(root, 'sticky')]);
      execFileSync('umount', [join(root, 'file')]);
    }
  });

  it('without the right to clone a mount says so, and stays off what is mounted', () => {
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(root, 'sticky')]);
    try {
      writeFileSync(join(root, 'sticky/mounted'), '');
      const command = ['--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin', agent, 'list', '--root', root];
      const { kind, entries } = parseListing(execFileSync('setpriv', command, { maxBuffer: 1 << 28 }));
      expect(kind).toBe('plain');
      expect(entries.has('/sticky')).toBe(true);
      expect(entries.has('/sticky/mounted')).toBe(false);
      expect(entries.has(`${deep}/bottom`)).toBe(true);
    } finally {
      execFileSync('umount', [join(root, 'sticky')]);
    }
  });

  it('an unreadable directory is an error, not a shorter list', () => {
    const locked = join(scratch.path, 'locked');
    execFileSync('sh', [
      '-c',
      `mkdir -p ${locked}/no && chmod 700 ${locked}/no && chown 5 ${locked}/no && chmod 755 ${locked}`,
    ]);
    const command = ['--reuid', '1234', '--clear-groups', agent, 'list', '--root', locked];
    const ran = spawnSync('setpriv', command, { encoding: 'latin1' });
    expect(ran.status).toBe(74);
    expect(ran.stderr).toBe('slimtrace-agent: cannot read /no: Permission denied\n');
    expect(ran.stdout).not.toContain('end ');
  });

  it('a full output is an error', () => {
    const ran = spawnSync('sh', ['-c', `${agent} list --root ${root} >/dev/full`], { encoding: 'latin1' });
    expect(ran.status).toBe(74);
    expect(ran.stderr).toContain('cannot write to standard output');
  });

  function runPack(paths: readonly string[], input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1')) {
    return spawnSync(agent, ['pack', '--root', root], { input, maxBuffer: 1 << 28 });
  }

  /** Packs, and reads the archive with GNU tar. */
  function pack(paths: readonly string[]): { names: string[]; bodies: string[] } {
    const ran = runPack(paths);
    expect(ran.stderr.toString()).toBe('');
    expect(ran.status).toBe(0);
    const listed = execFileSync('tar', ['tf', '-'], { input: ran.stdout }).toString().split('\n').filter(Boolean);
    const bodies = listed.map((name) =>
      execFileSync('tar', ['xOf', '-', name], { input: ran.stdout }).toString('latin1'),
    );
    return { names: listed, bodies };
  }

  it('packs contents in the order asked for, named by ordinals, as a tar that GNU tar reads', () => {
    const paths = [`${deep}/bottom`, '/\xff\xfe not utf8', '/file', '/hard', '/big', '/file', `/${'n'.repeat(255)}`];
    const { names, bodies } = pack(paths);
    expect(names).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(bodies).toEqual(['deep down', 'x', 'hello', 'hello', '', 'hello', 'x']);
    const verbose = execFileSync('tar', ['tvf', '-', '--numeric-owner', '--utc'], {
      input: runPack(['/file']).stdout,
    }).toString();
    expect(verbose).toMatch(/^-rw-r--r-- 0\/0\s+5 1970-01-01 00:00 0\n$/);
  });

  it('packs nothing into an empty archive', () => {
    const ran = runPack([]);
    expect(ran.stdout).toEqual(Buffer.alloc(1024));
  });

  it('a file beyond 8 GiB has its size in base-256, which GNU tar reads', () => {
    truncateSync(join(root, 'big'), 2 ** 33 + 5);
    const command = `printf '/big\\0' | ${agent} pack --root ${root} | head -c 512 | tar tvf - 2>/dev/null; true`;
    const listed = execFileSync('sh', ['-c', command], { encoding: 'latin1' });
    expect(listed).toContain(` ${2 ** 33 + 5} `);
    truncateSync(join(root, 'big'), 0);
  });

  it.each([
    ['/link', 'not a regular file'],
    ['/dangling', 'not a regular file'],
    ['/link-to-directory/inside', 'Not a directory'],
    ['/missing', 'No such file or directory'],
    ['/empty', 'not a regular file'],
    ['/fifo', 'not a regular file'],
    ['/char', 'not a regular file'],
    ['/socket', 'not a regular file'],
    ['/file/below', 'Not a directory'],
    ['relative', 'not a plain absolute path'],
    ['/../etc/passwd', 'not a plain absolute path'],
    ['/sticky/../file', 'not a plain absolute path'],
    ['/sticky//inside', 'not a plain absolute path'],
    ['/', 'not a plain absolute path'],
    ['', 'not a plain absolute path'],
  ])('refuses %j', (path, why) => {
    const ran = runPack(['/file', path, '/hard']);
    expect(ran.status).toBe(66);
    expect(ran.stderr.toString()).toBe(`slimtrace-agent: cannot pack ${path}: ${why}\n`);
    // What came before is there, and no end that would make it look whole.
    expect(ran.stdout).toHaveLength(1024);
    expect(ran.stdout.subarray(512, 517).toString()).toBe('hello');
  });

  it('refuses a list of paths that was cut off', () => {
    const ran = runPack([], Buffer.from('/file\0/har'));
    expect(ran.status).toBe(66);
    expect(ran.stderr.toString()).toBe('slimtrace-agent: the last path has no end\n');
  });

  it('does not follow a link put in the way of a path it was asked for', () => {
    const outside = join(scratch.path, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(outside, join(root, 'way'));
    const ran = runPack(['/way/secret']);
    expect(ran.status).toBe(66);
    expect(ran.stdout.toString('latin1')).not.toContain('secret');
    expect(lstatSync(join(root, 'way')).isSymbolicLink()).toBe(true);
  });

  it('packs many paths, more than its buffers hold', () => {
    const many = Array.from({ length: 20_000 }, () => '/sticky/inside');
    const ran = runPack(many);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toHaveLength(20_000 * 1024 + 1024);
  });

  it('packs a large file bit by bit', () => {
    const large = join(root, 'large');
    execFileSync('dd', ['if=/dev/urandom', `of=${large}`, 'bs=1M', 'count=3'], { stdio: 'ignore' });
    truncateSync(large, 3 * 2 ** 20 - 7);
    const ran = runPack(['/large']);
    expect(ran.stdout.subarray(512, 512 + 3 * 2 ** 20 - 7).equals(readFileSync(large))).toBe(true);
  });
});
