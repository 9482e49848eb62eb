import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite } from './agent-bench.ts';
import { deepDirectory, openTree, runPack } from './every-entry.ts';
import { type Entry, parseListing } from './listing-entries.ts';

const missing = missingPrerequisite('python3', 'setcap', 'setpriv', 'mount');

describe.skipIf(missing)(`list (${missing ?? 'as root'})`, () => {
  const tree = openTree(missing !== undefined);
  const { root } = tree;
  afterAll(() => tree[Symbol.dispose]());

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
    expect(entries.get(`${deepDirectory}/bottom`)?.size).toBe(9);
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
      const { status, stdout } = runPack(root, ['/sticky/inside', '/file']);
      expect(status).toBe(0);
      expect(stdout.subarray(512, 518).toString()).toBe('inside');
      expect(stdout.subarray(1536, 1541).toString()).toBe('hello');
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
      expect(entries.has(`${deepDirectory}/bottom`)).toBe(true);
    } finally {
      execFileSync('umount', [join(root, 'sticky')]);
    }
  });

  it('an unreadable directory is an error, not a shorter list', () => {
    const locked = join(tree.path, 'locked');
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
});
