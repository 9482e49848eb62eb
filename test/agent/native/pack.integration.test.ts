import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite } from './agent-bench.ts';
import { deepDirectory, openTree, runPack } from './every-entry.ts';

const missing = missingPrerequisite('python3', 'tar', 'setcap');

describe.skipIf(missing)(`pack (${missing ?? 'as root'})`, () => {
  const tree = openTree(missing !== undefined);
  const { root } = tree;
  afterAll(() => tree[Symbol.dispose]());

  /** Packs, and reads the archive with GNU tar. */
  function pack(paths: readonly string[]): { names: string[]; bodies: string[] } {
    const ran = runPack(root, paths);
    expect(ran.stderr.toString()).toBe('');
    expect(ran.status).toBe(0);
    const listed = execFileSync('tar', ['tf', '-'], { input: ran.stdout }).toString().split('\n').filter(Boolean);
    const bodies = listed.map((name) =>
      execFileSync('tar', ['xOf', '-', name], { input: ran.stdout }).toString('latin1'),
    );
    return { names: listed, bodies };
  }

  it('packs contents in the order asked for, named by ordinals, as a tar that GNU tar reads', () => {
    const paths = [
      `${deepDirectory}/bottom`,
      '/\xff\xfe not utf8',
      '/file',
      '/hard',
      '/big',
      '/file',
      `/${'n'.repeat(255)}`,
    ];
    const { names, bodies } = pack(paths);
    expect(names).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(bodies).toEqual(['deep down', 'x', 'hello', 'hello', '', 'hello', 'x']);
    const verbose = execFileSync('tar', ['tvf', '-', '--numeric-owner', '--utc'], {
      input: runPack(root, ['/file']).stdout,
    }).toString();
    expect(verbose).toMatch(/^-rw-r--r-- 0\/0\s+5 1970-01-01 00:00 0\n$/);
  });

  it('packs nothing into an empty archive', () => {
    const ran = runPack(root, []);
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
    const ran = runPack(root, ['/file', path, '/hard']);
    expect(ran.status).toBe(66);
    expect(ran.stderr.toString()).toBe(`slimtrace-agent: cannot pack ${path}: ${why}\n`);
    // What came before is there, and no end that would make it look whole.
    expect(ran.stdout).toHaveLength(1024);
    expect(ran.stdout.subarray(512, 517).toString()).toBe('hello');
  });

  it('refuses a list of paths that was cut off', () => {
    const ran = runPack(root, [], Buffer.from('/file\0/har'));
    expect(ran.status).toBe(66);
    expect(ran.stderr.toString()).toBe('slimtrace-agent: the last path has no end\n');
  });

  it('does not follow a link put in the way of a path it was asked for', () => {
    const outside = join(tree.path, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(outside, join(root, 'way'));
    const ran = runPack(root, ['/way/secret']);
    expect(ran.status).toBe(66);
    expect(ran.stdout.toString('latin1')).not.toContain('secret');
    expect(lstatSync(join(root, 'way')).isSymbolicLink()).toBe(true);
  });

  it('packs many paths, more than its buffers hold', () => {
    const many = Array.from({ length: 20_000 }, () => '/sticky/inside');
    const ran = runPack(root, many);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toHaveLength(20_000 * 1024 + 1024);
  });

  it('packs a large file bit by bit', () => {
    const large = join(root, 'large');
    execFileSync('dd', ['if=/dev/urandom', `of=${large}`, 'bs=1M', 'count=3'], { stdio: 'ignore' });
    truncateSync(large, 3 * 2 ** 20 - 7);
    const ran = runPack(root, ['/large']);
    expect(ran.stdout.subarray(512, 512 + 3 * 2 ** 20 - 7).equals(readFileSync(large))).toBe(true);
  });
});
