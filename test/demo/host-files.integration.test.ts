import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostFiles, placeTree } from '../../fixtures/demo/host-files.ts';
import type { HostEntry } from '../../fixtures/demo/layer.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'host-files-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(path: string, text = path): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

async function putLink(path: string, target: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await symlink(target, join(root, path));
}

function listed(entries: readonly HostEntry[]): string[] {
  const describeEntry = ({ entry }: HostEntry) =>
    entry.linkTarget === undefined ? `${entry.path}` : `${entry.path} -> ${entry.linkTarget}`;
  return entries.map(describeEntry).sort();
}

function taken(...paths: readonly string[]): string[] {
  const files = new HostFiles(root);
  for (const path of paths) files.add(path);
  return listed(files.entries);
}

describe('HostFiles', () => {
  test('takes a file by the path it really has, and every link on the way', async () => {
    await put('usr/lib/libx.so.1.2');
    await putLink('usr/lib/libx.so.1', 'libx.so.1.2');
    await putLink('lib', 'usr/lib');
    expect(taken('/lib/libx.so.1')).toEqual([
      '/lib -> usr/lib',
      '/usr',
      '/usr/lib',
      '/usr/lib/libx.so.1 -> libx.so.1.2',
      '/usr/lib/libx.so.1.2',
    ]);
  });

  test('takes links with absolute targets and with `..` as the kernel would', async () => {
    await put('opt/real/file');
    await putLink('etc/alternatives/tool', '/opt/link/../real/file');
    await putLink('opt/link', 'real');
    await putLink('usr/bin/tool', '../../etc/alternatives/tool');
    expect(taken('/usr/bin/tool')).toContain('/opt/real/file');
  });

  test('keeps a link into /proc as a link, and takes nothing of the running machine', async () => {
    await put('proc/self/mounts');
    await putLink('etc/mtab', '/proc/self/mounts');
    expect(taken('/etc/mtab', '/proc/self/mounts')).toEqual(['/etc', '/etc/mtab -> /proc/self/mounts', '/proc']);
  });

  test('ends at links that go in a circle, that lead nowhere and that lead out', async () => {
    await putLink('a', 'b');
    await putLink('b', 'a');
    await putLink('broken', 'nothing');
    await putLink('out', '../../../../../../etc/passwd');
    expect(taken('/a', '/broken', '/out', '/missing/file')).toEqual([
      '/a -> b',
      '/b -> a',
      '/broken -> nothing',
      '/out -> ../../../../../../etc/passwd',
    ]);
  });

  test('takes a directory with all below it, but no sockets', async () => {
    await put('etc/certs/deep/one.pem');
    await putLink('etc/certs/two.pem', '/usr/share/two.crt');
    await put('usr/share/two.crt');
    const server = createServer().listen(join(root, 'etc/certs/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const files = new HostFiles(root);
    files.addTree('/etc/certs');
    server.close();
    expect(listed(files.entries)).toEqual([
      '/etc',
      '/etc/certs',
      '/etc/certs/deep',
      '/etc/certs/deep/one.pem',
      '/etc/certs/two.pem -> /usr/share/two.crt',
      '/usr',
      '/usr/share',
      '/usr/share/two.crt',
    ]);
  });

  test('knows names of one file for hard links of each other', async () => {
    await put('bin/perl');
    await link(join(root, 'bin/perl'), join(root, 'bin/perl5'));
    const files = new HostFiles(root);
    files.addTree('/bin');
    const ids = files.entries.flatMap(({ entry }) => entry.hardLinkId ?? []);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('makes everything root’s, and keeps setuid', async () => {
    await put('bin/su');
    await chmod(join(root, 'bin/su'), 0o4755);
    const files = new HostFiles(root);
    files.add('/bin/su');
    expect(files.entries.at(-1)?.entry).toMatchObject({ path: '/bin/su', mode: 0o4755, uid: 0, gid: 0 });
  });

  test.skipIf(process.getuid?.() === 0)('leaves out what this user may not read, and counts it', async () => {
    await put('etc/secret');
    await chmod(join(root, 'etc/secret'), 0);
    const files = new HostFiles(root);
    files.add('/etc/secret');
    expect(listed(files.entries)).toEqual(['/etc']);
    expect(files.unreadableCount).toBe(1);
  });
});

describe('placeTree', () => {
  test('places a tree elsewhere, with the modes and times of a build in a container', async () => {
    await put('package/cli.js');
    await put('package/lib/a.js');
    await putLink('package/bin', 'cli.js');
    await chmod(join(root, 'package/cli.js'), 0o700);
    await chmod(join(root, 'package/lib/a.js'), 0o600);
    const placed = placeTree(join(root, 'package'), '/usr/local/lib/package');
    expect(placed.map(({ entry }) => [entry.path, entry.mode.toString(8), entry.mtime.seconds])).toEqual([
      ['/usr/local/lib/package', '755', 0],
      ['/usr/local/lib/package/bin', '777', 0],
      ['/usr/local/lib/package/cli.js', '755', 0],
      ['/usr/local/lib/package/lib', '755', 0],
      ['/usr/local/lib/package/lib/a.js', '644', 0],
    ]);
  });
});
