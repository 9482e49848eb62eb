import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPrerequisite } from './agent-bench.ts';
import { deepDirectory, openTree, runPack } from './every-entry.ts';
import { describeTree, listTree, type Plan, type PlanEntry, planOf, runUnpack } from './unpack-plans.ts';

const missing = missingPrerequisite('python3', 'setcap', 'setpriv', 'unshare', 'prlimit', 'find', 'getfattr', 'mount');
const someone = 12345;
const asSomeone = ['setpriv', '--reuid', `${someone}`, '--regid', `${someone}`, '--clear-groups'];
const inUserNamespace = [...asSomeone, 'unshare', '--user', '--map-root-user'];

describe.skipIf(missing)(`unpack (${missing ?? 'as root'})`, () => {
  const tree = openTree(missing !== undefined);
  const source = join(tree.path, 'contents');
  let plan: Plan = { entries: [] };
  beforeAll(() => {
    plan = planOf(tree.root, source);
  });
  afterAll(() => {
    spawnSync('rm', ['-rf', tree.path]); // deeper than Node's rm goes
    tree[Symbol.dispose]();
  });

  /** An empty directory, and nothing else, in one that shows whatever was made beside it. */
  function makeTarget(owner = 0): string {
    const beside = mkdtempSync(join(tree.path, 'beside-'));
    const target = join(beside, 'target');
    mkdirSync(target);
    chmodSync(beside, 0o711);
    chownSync(target, owner, owner);
    return target;
  }

  const find = (root: string) =>
    execFileSync('find', [root, '-printf', '%P %y %m %U %G %T@ %l\\0'], { encoding: 'latin1', maxBuffer: 1 << 26 })
      .split('\0')
      .sort();

  it('makes every kind of entry, with all it has', () => {
    const target = makeTarget();
    expect(runUnpack(plan, target)).toEqual({
      status: 0,
      stdout: `done ${plan.entries.length} owners 0 devices 0 xattrs 0\n`,
      stderr: '',
    });
    expect(describeTree(listTree(target))).toEqual(describeTree(listTree(tree.root)));
    expect(find(target)).toEqual(find(tree.root));
    for (const name of ['file', 'hard', 'empty', 'link', 'capable']) {
      const attributes = (root: string) =>
        execFileSync('getfattr', ['-hd', '-m', '-', '-e', 'hex', name], { cwd: root, encoding: 'latin1' });
      expect(attributes(target)).toBe(attributes(tree.root));
    }
    expect(execFileSync('getcap', ['capable'], { cwd: target, encoding: 'latin1' })).toContain('cap_net_raw');
    for (const name of ['file', 'hard', 'sticky/inside'])
      expect(readFileSync(join(target, name))).toEqual(readFileSync(join(tree.root, name)));
    expect(runPack(target, [`${deepDirectory}/bottom`])).toMatchObject({
      status: 0,
      stdout: runPack(tree.root, [`${deepDirectory}/bottom`]).stdout,
    });
  });

  /** As one who may not give files away: everything but owners, devices and what only root may say of a file. */
  function describeOwned(root: string, uid: number, lost: readonly string[]) {
    const entries = [...listTree(root)].filter(([, { type }]) => type !== 'c' && type !== 'b');
    const mapped = entries.map(([path, { owner, xattrs, ...entry }]) => {
      const kept = Object.entries(xattrs).filter(([name]) => !lost.includes(name));
      return [path, { ...entry, owner: `${uid}:${uid}`, xattrs: Object.fromEntries(kept) }] as const;
    });
    return describeTree(new Map(mapped));
  }

  it('an unprivileged user gets all but owners, devices and privileged attributes, and is told how many', () => {
    const target = makeTarget(someone);
    const options = ['--owners', 'ignore', '--devices', 'skip'];
    const ran = runUnpack(plan, target, options, asSomeone);
    const made = plan.entries.filter(({ type }) => type !== 'h' && type !== 'c' && type !== 'b').length;
    expect(ran).toEqual({
      status: 0,
      stdout: `done ${plan.entries.length} owners ${made} devices 2 xattrs 2\n`,
      stderr: '',
    });
    const lost = ['security.capability', 'trusted.on-link'];
    expect(describeOwned(target, someone, [])).toEqual(describeOwned(tree.root, someone, lost));
    expect(find(target).every((line) => line.includes(` ${someone} ${someone} `) || line === '')).toBe(true);
  });

  it('root of a user namespace of one id keeps file capabilities', () => {
    const target = makeTarget(someone);
    const ran = runUnpack(plan, target, ['--owners', 'ignore', '--devices', 'skip'], inUserNamespace);
    const foreign = plan.entries.filter(
      ({ type, owner = [0, 0] }) => !'hcb'.includes(type) && owner.some((id) => id !== 0),
    );
    expect(ran).toEqual({
      status: 0,
      stdout: `done ${plan.entries.length} owners ${foreign.length} devices 2 xattrs 1\n`,
      stderr: '',
    });
    expect(execFileSync('getcap', ['capable'], { cwd: target, encoding: 'latin1' })).toContain('cap_net_raw');
  });

  it.each([
    ['an owner', { type: 'f', path: '/x', owner: [7, 7] }, 'set its owner: Invalid argument'],
    ['a device', { type: 'c', path: '/x', device: '1:3' }, 'create it: Operation not permitted'],
  ] as const)('what may not be lost is an error: %s', (_, entry, why) => {
    const ran = runUnpack({ entries: [entry] }, makeTarget(someone), [], inUserNamespace);
    expect(ran).toEqual({ status: 74, stdout: '', stderr: `slimtrace-agent: /x: cannot ${why}\n` });
  });

  it('an attribute that is refused here is left out and counted, as engines do', () => {
    const entries = [
      { type: 'f', path: '/x', xattrs: { 'trusted.x': '00' } },
      { type: 'l', path: '/link', target: 'x', xattrs: { 'user.x': '00' } },
    ];
    const ran = runUnpack({ entries }, makeTarget(someone), [], inUserNamespace);
    expect(ran).toEqual({ status: 0, stdout: 'done 2 owners 0 devices 0 xattrs 2\n', stderr: '' });
  });

  it('a capability that is refused is an error: a program would not work without', () => {
    const capability = '0100000200200000000000000000000000000000';
    const entries: readonly PlanEntry[] = [
      { type: 'f', path: '/x', owner: [someone, someone], xattrs: { 'security.capability': capability } },
    ];
    const ran = runUnpack({ entries }, makeTarget(someone), [], asSomeone);
    const stderr = 'slimtrace-agent: /x: cannot set an extended attribute: Operation not permitted\n';
    expect(ran).toEqual({ status: 74, stdout: '', stderr });
  });

  it('fills directories that nobody may write to, and keeps their times', () => {
    const target = makeTarget(someone);
    const entries = [
      { type: 'd', path: '/', mode: 0o555, mtime: '5.000000005' },
      { type: 'd', path: '/none', mode: 0 },
      { type: 'd', path: '/none/inner', mode: 0o500 },
      { type: 'f', path: '/none/inner/file', mode: 0 },
    ];
    expect(runUnpack({ entries }, target, ['--owners', 'ignore'], asSomeone).status).toBe(0);
    const listed = listTree(target);
    for (const { path, mode, mtime = '1000000000.000000000' } of entries)
      expect(listed.get(path)).toMatchObject({ mode, mtime });
  });

  it("a directory's default ACL is not inherited by what is unpacked into it", () => {
    const target = makeTarget();
    const acl = '0200000001000700ffffffff02000700010000000400070' + '0ffffffff10000700ffffffff20000500ffffffff';
    const directory = { type: 'd', path: '/d', mode: 0o775, xattrs: { 'system.posix_acl_default': acl } };
    expect(
      runUnpack({ entries: [directory, { type: 'd', path: '/d/e' }, { type: 'f', path: '/d/f' }] }, target).status,
    ).toBe(0);
    const listed = listTree(target);
    expect(listed.get('/d')?.xattrs).toEqual(directory.xattrs);
    expect(listed.get('/d/e')?.xattrs).toEqual({});
    expect(listed.get('/d/f')?.xattrs).toEqual({});
  });

  it.each([4094, 4095, 4096, 60_000])('makes a path of %d bytes', (length) => {
    const target = makeTarget();
    const parents: string[] = [];
    let path = '';
    while (length - path.length > 256) {
      path += `/${'p'.repeat(Math.min(255, length - path.length - 3))}`;
      parents.push(path);
    }
    path += `/${'f'.repeat(length - path.length - 1)}`;
    const entries = [...parents.map((parent) => ({ type: 'd', path: parent })), { type: 'f', path, size: 5 }];
    const hello = join(tree.path, 'hello');
    writeFileSync(hello, 'hello');
    expect(runUnpack({ sources: [hello], entries }, target)).toMatchObject({ status: 0, stderr: '' });
    expect(listTree(target).get(path)).toMatchObject({ size: 5, type: 'f' });
  });

  it('memory does not grow with the number of files', () => {
    const files = Array.from({ length: 10_000 }, (_, at) => ({ type: 'f', path: `/${'n'.repeat(200)}${at}` }));
    const bounded = ['prlimit', `--as=${3 * 2 ** 20}`];
    expect(runUnpack({ entries: files }, makeTarget(), [], bounded)).toMatchObject({ status: 0, stderr: '' });
  });
});
