import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite, openScratch } from './agent-bench.ts';
import { openTree } from './every-entry.ts';

const missing = missingPrerequisite('python3', 'setcap', 'setpriv', 'prlimit', 'mount');
const someone = 12345;
const asSomeone = ['setpriv', '--reuid', `${someone}`, '--regid', `${someone}`, '--clear-groups'];

describe.skipIf(missing)(`remove (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());
  let place = '';
  let tree = '';

  beforeEach(() => {
    place = mkdtempSync(join(scratch.path, 'place-'));
    tree = join(place, 'tree');
    mkdirSync(tree);
    mkdirSync(join(place, 'outside'));
    writeFileSync(join(place, 'outside/secret'), 'secret');
  });

  function remove(path: string, below: readonly string[] = [], cwd = '/') {
    const [command = '', ...rest] = [...below, agent, 'remove', path];
    const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'latin1', cwd });
    return { status, stdout, stderr };
  }

  const expectOutsideIntact = () => {
    expect(readdirSync(join(place, 'outside'))).toEqual(['secret']);
    expect(readFileSync(join(place, 'outside/secret'), 'utf8')).toBe('secret');
  };

  const done = { status: 0, stdout: '', stderr: '' };

  it('removes every kind of entry', () => {
    const full = openTree(false);
    expect(remove(full.root)).toEqual(done);
    expect(readdirSync(full.path)).toEqual([]);
    full[Symbol.dispose]();
  });

  it.each(['tree', './tree', 'outside/../tree'])('a relative path: %s', (path) => {
    mkdirSync(join(tree, 'inner'));
    expect(remove(path, [], place)).toEqual(done);
    expect(readdirSync(place)).toEqual(['outside']);
  });

  it('removes links, not what they lead to', () => {
    symlinkSync('../outside', join(tree, 'relative'));
    symlinkSync(join(place, 'outside'), join(tree, 'absolute'));
    symlinkSync(join(place, 'outside/secret'), join(tree, 'file'));
    expect(remove(tree)).toEqual(done);
    expectOutsideIntact();
  });

  it('goes down ten thousand directories with hardly a descriptor, and little memory', () => {
    const script = `
import os
os.chdir(${JSON.stringify(tree)})
for _ in range(10000): os.mkdir('deep'); open('file', 'w').close(); os.chdir('deep')
`;
    execFileSync('python3', ['-c', script]);
    expect(remove(tree, ['prlimit', '--nofile=8', `--as=${16 * 2 ** 20}`, '--stack=131072'])).toEqual(done);
    expect(existsSync(tree)).toBe(false);
  });

  it('a directory of many names', () => {
    execFileSync('python3', ['-c', `for at in range(20000): open(${JSON.stringify(tree)} + '/%d' % at, 'w').close()`]);
    expect(remove(tree)).toEqual(done);
    expect(existsSync(tree)).toBe(false);
  });

  it.each(['000', '400', '500', '100', '1200'])('an unprivileged owner removes directories of mode %s', (octal) => {
    const mode = Number.parseInt(octal, 8);
    const inner = join(tree, 'inner');
    mkdirSync(join(inner, 'innermost'), { recursive: true });
    writeFileSync(join(inner, 'file'), '', { mode: 0 });
    execFileSync('chown', ['-R', `${someone}`, place]);
    for (const directory of [join(inner, 'innermost'), inner, tree]) chmodSync(directory, mode);
    expect(remove(tree, asSomeone)).toEqual(done);
    expect(existsSync(tree)).toBe(false);
  });

  it('goes on after a failure, tells the first, and leaves only what it must', () => {
    for (const name of ['a', 'b\x1b', 'c', 'd']) mkdirSync(join(tree, name));
    for (const name of ['b\x1b/theirs', 'c/theirs', 'd/mine']) writeFileSync(join(tree, name), '');
    for (const path of [place, tree, join(tree, 'a'), join(tree, 'd')]) chownSync(path, someone, someone);
    expect(remove(tree, asSomeone)).toEqual({
      status: 74,
      stdout: '',
      stderr: 'slimtrace-agent: /b\\x1b/theirs: cannot remove it: Permission denied\n',
    });
    expect(readdirSync(tree).sort()).toEqual(['b\x1b', 'c']);
  });

  it.each([
    ['a directory of the same file system', () => ['--bind', join(place, 'outside')]],
    ['another file system', () => ['-t', 'tmpfs', 'none']],
  ])('leaves what is mounted there: %s', (_, source) => {
    for (const name of ['a', 'mounted', 'z']) mkdirSync(join(tree, name));
    const mounted = join(tree, 'mounted');
    execFileSync('mount', [...source(), mounted]);
    try {
      writeFileSync(join(mounted, 'more'), '');
      chmodSync(mounted, 0o500);
      expect(remove(tree)).toEqual({
        status: 66,
        stdout: '',
        stderr: 'slimtrace-agent: /mounted: cannot remove it: something is mounted there\n',
      });
      expect(readdirSync(tree)).toEqual(['mounted']);
      expect(readdirSync(mounted)).toContain('more');
      expect(lstatSync(mounted).mode & 0o777).toBe(0o500);
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  it('leaves a file that is mounted there', () => {
    const mounted = join(tree, 'mounted');
    writeFileSync(mounted, '');
    execFileSync('mount', ['--bind', join(place, 'outside/secret'), mounted]);
    try {
      expect(remove(tree).stderr).toBe('slimtrace-agent: /mounted: cannot remove it: Resource busy\n');
      expectOutsideIntact();
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  it('removes nothing through a link in place of the directory', () => {
    const link = join(place, 'link');
    symlinkSync('outside', link);
    expect(remove(link)).toMatchObject({
      status: 66,
      stderr: `slimtrace-agent: ${link}: cannot open it: Not a directory\n`,
    });
    expect(remove(`${link}/`).status).toBe(64);
    expectOutsideIntact();
  });

  it.each(['', '.', '..', '/', 'outside/', 'outside/.', 'tree/..'])(
    'does not take %j for a directory to remove',
    (path) => {
      expect(remove(path, [], place)).toMatchObject({ status: 64 });
      expectOutsideIntact();
      expect(existsSync(tree)).toBe(true);
    },
  );

  it('says so when there is nothing to remove', () => {
    expect(remove(join(place, 'missing'))).toMatchObject({
      status: 66,
      stderr: `slimtrace-agent: ${join(place, 'missing')}: cannot open it: No such file or directory\n`,
    });
  });
});
