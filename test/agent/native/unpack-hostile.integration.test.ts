import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite, openScratch } from './agent-bench.ts';
import { field, listTree, type Plan, type PlanEntry, renderPlan, runUnpack } from './unpack-plans.ts';

const missing = missingPrerequisite('mount', 'mkfifo');

const file = (path: string, more: Partial<PlanEntry> = {}): PlanEntry => ({ type: 'f', path, ...more });
const directory = (path: string): PlanEntry => ({ type: 'd', path });
const symlink = (path: string, target: string): PlanEntry => ({ type: 'l', path, target });
const hardLink = (path: string, target: string): PlanEntry => ({ type: 'h', path, target });

describe.skipIf(missing)(`unpack, given a hostile plan (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());
  let outside = '';
  let target = '';
  let source = '';

  beforeEach(() => {
    const place = mkdtempSync(join(scratch.path, 'place-'));
    outside = join(place, 'outside');
    target = join(place, 'target');
    source = join(place, 'source');
    mkdirSync(outside);
    mkdirSync(join(outside, 'directory'));
    writeFileSync(join(outside, 'secret'), 'secret', { mode: 0o600 });
    mkdirSync(target);
    writeFileSync(source, 'hello');
  });

  /** Everything that could show a trace of what was done outside the target. */
  function lookOutside(): unknown {
    const stamps = ({ path }: { path: string }) => ({ path, changed: statSync(path, { bigint: true }).ctimeNs });
    const names = readdirSync(outside, { recursive: true, encoding: 'utf8' }).map((name) => join(outside, name));
    return [[...readdirSync(join(target, '..'))], [outside, source, ...names].map((path) => stamps({ path }))];
  }

  function expectRefusal(input: Buffer | Plan, message: string, status = 66): void {
    const before = lookOutside();
    const ran = runUnpack(input, target);
    expect(ran).toEqual({ status, stdout: '', stderr: `slimtrace-agent: ${message}\n` });
    expect(lookOutside()).toEqual(before);
  }

  const loop = 'Symbolic link loop';

  it.each<[string, PlanEntry[], string]>([
    ['a file', [file('/way/x')], '/way/x: cannot create it: Not a directory'],
    ['a file deeper there', [file('/way/directory/x')], `/way/directory/x: cannot create it: ${loop}`],
    ['a directory', [directory('/way/x')], '/way/x: cannot create it: Not a directory'],
    ['a file that is there', [file('/way/secret')], '/way/secret: cannot create it: Not a directory'],
    ['a link', [symlink('/way/x', '/')], '/way/x: cannot create it: Not a directory'],
    ['a device', [{ type: 'c', path: '/way/x', device: '1:3' }], '/way/x: cannot create it: Not a directory'],
    ['a hard link from there', [hardLink('/x', '/way/secret')], '/x: cannot link it: Not a directory'],
    ['a hard link to there', [file('/f'), hardLink('/way/x', '/f')], '/way/x: cannot create it: Not a directory'],
    ['itself, as a directory', [directory('/way')], '/way: cannot create it: File exists'],
    ['itself, as a file', [file('/way')], '/way: cannot create it: File exists'],
  ])('a symlink that leads outside, then through it %s', (_, entries, message) => {
    expectRefusal({ entries: [symlink('/way', outside), ...entries] }, message);
    execFileSync('find', [target, '-mindepth', '1', '-delete']);
    expectRefusal({ entries: [symlink('/way', '../outside'), ...entries] }, message);
  });

  it('a link that the directory holds already is not followed either', () => {
    symlinkSync(outside, join(target, 'way'));
    expectRefusal({ entries: [directory('/'), file('/way/x')] }, '/way/x: cannot create it: Not a directory');
  });

  it('a link in place of the directory itself is not followed', () => {
    const way = join(target, 'way');
    symlinkSync(outside, way);
    target = way;
    expectRefusal({ entries: [file('/x')] }, `cannot open ${way}: Not a directory`, 74);
  });

  it.each([
    '/../x',
    '/..',
    '/a/../../x',
    'x',
    '',
    '//x',
    '/a//x',
    '/a/',
    '/.',
    '/a/./x',
    '../x',
    '/',
    `/${'x'.repeat(256)}`,
  ])('a file called %j', (path) =>
    expectRefusal({ entries: [directory('/a'), file(path)] }, `${path}: not a plain absolute path`),
  );

  it.each(['/../outside/secret', '../outside/secret', '/..', '/'])('a hard link to %j', (name) =>
    expectRefusal({ entries: [hardLink('/x', name)] }, '/x: linked to what is not a plain absolute path'),
  );

  it('a hard link to a link that leads outside is one to the link', () => {
    const before = lookOutside();
    const entries = [symlink('/way', join(outside, 'secret')), hardLink('/x', '/way')];
    expect(runUnpack({ entries }, target)).toMatchObject({ status: 0, stderr: '' });
    expect(lookOutside()).toEqual(before);
    expect(listTree(target).get('/x')).toMatchObject({ type: 'l', links: 2, target: join(outside, 'secret') });
  });

  it.each<[string, PlanEntry[], string, number?]>([
    ['a file twice', [file('/x'), file('/x')], '/x: cannot create it: File exists'],
    ['a directory twice', [directory('/x'), directory('/x')], '/x: cannot create it: File exists'],
    ['a directory over a file', [file('/x'), directory('/x')], '/x: cannot create it: File exists'],
    ['a link over a directory', [directory('/x'), symlink('/x', '/')], '/x: cannot create it: File exists'],
    ['a hard link over a file', [file('/x'), file('/y'), hardLink('/x', '/y')], '/x: cannot link it: File exists'],
    ['a hard link to itself', [hardLink('/x', '/x')], '/x: cannot link it: No such file or directory'],
    [
      'a hard link to what comes later',
      [hardLink('/x', '/y'), file('/y')],
      '/x: cannot link it: No such file or directory',
    ],
    [
      'a hard link to a directory',
      [directory('/y'), hardLink('/x', '/y')],
      '/x: cannot link it: Operation not permitted',
      74,
    ],
    ['a file in what is missing', [file('/no/x')], '/no/x: cannot create it: No such file or directory'],
    ['a file in a file', [file('/y'), file('/y/x')], '/y/x: cannot create it: Not a directory'],
    ['a link to nothing', [symlink('/x', '')], '/x: cannot create it: No such file or directory'],
    ['a link text beyond all limits', [symlink('/x', 'x'.repeat(4096))], '/x: cannot create it: Filename too long'],
    ['two roots', [directory('/'), directory('/')], '/: it must be the first directory'],
    [
      'a hard link with attributes',
      [file('/y'), { ...hardLink('/x', '/y'), xattrs: { 'user.x': '' } }],
      '/x: a hard link has no attributes of its own',
    ],
    [
      'an attribute with too long a name',
      [file('/x', { xattrs: { [`user.${'x'.repeat(251)}`]: '' } })],
      '/x: an extended attribute has too long a name',
    ],
    [
      'an attribute beyond all limits',
      [file('/x', { xattrs: { 'user.x': '00'.repeat(65537) } })],
      '/x: an extended attribute has no valid length',
    ],
  ])('%s', (_, entries, message, status) => expectRefusal({ entries }, message, status));

  it.each<[string, Partial<PlanEntry>]>([
    ['an unknown type', { type: 'x' }],
    ['no type', { type: '' }],
    ['a mode of five digits', { mode: 0o10000 }],
    ['the owner that means none', { owner: [4294967295, 0] }],
    ['the group that means none', { owner: [0, 4294967295] }],
    ['an owner beyond 32 bits', { owner: [4294967296, 0] }],
    ['a negative size', { size: -1 }],
    ['no time', { mtime: '' }],
    ['a time without its fraction', { mtime: '5' }],
    ['a time beyond 64 bits', { mtime: '9223372036854775808.000000000' }],
    ['a device of too many bits', { type: 'c', device: '4096:0' }],
    ['a second minor number', { type: 'c', device: '1:3:5' }],
    ['an offset and a size that overflow', { mtime: '5.000000000', size: 2 ** 62, offset: 2 ** 62 }],
    ['a number with more after it', { device: '0:0 0' }],
  ])('an entry with %s', (_, wrong) =>
    expectRefusal(
      { sources: [source], entries: [file('/x', wrong)] },
      '/x: the plan describes it in no way known here',
    ),
  );

  it.each<[string, Partial<PlanEntry>, string]>([
    ['more bytes than there are', { size: 6 }, '/x: its source ends early'],
    ['a hundred gigabytes', { size: 1e11 }, '/x: its source ends early'],
    ['bytes behind the end', { offset: 5, size: 1 }, '/x: its source ends early'],
    ['bytes far behind the end', { offset: 2 ** 50, size: 1 }, '/x: its source ends early'],
    ['bytes of a source that is none', { source: 1, size: 1 }, '/x: the plan has no such source'],
  ])('a file that claims %s', (_, claim, message) => {
    expectRefusal({ sources: [source], entries: [file('/x', claim)] }, message);
    expect(listTree(target).get('/x')?.size).toBeLessThan(6);
  });

  it('a source that is missing', () => {
    const missingSource = join(outside, 'missing');
    const message = `${missingSource}: cannot open it: No such file or directory`;
    expectRefusal({ sources: [missingSource], entries: [] }, message);
  });

  it('a source that is no regular file', () => {
    const fifo = `${target}/fifo`;
    execFileSync('mkfifo', [fifo]);
    for (const path of [outside, fifo, '/dev/zero'])
      expectRefusal({ sources: [path], entries: [] }, `${path}: a source that is no regular file`);
  });

  const whole = () =>
    renderPlan({
      sources: [source],
      entries: [directory('/'), file('/x', { size: 5, xattrs: { 'user.x': '010203' } })],
    });

  it('a plan cut off anywhere', () => {
    const plan = whole();
    for (let length = 0; length < plan.length; length += 1) {
      const place = mkdtempSync(join(target, 'cut-'));
      const { status, stdout, stderr } = runUnpack(plan.subarray(0, length), place);
      expect({ length, status, stdout, stderr }).toEqual({
        length,
        status: 66,
        stdout: '',
        stderr: 'slimtrace-agent: the plan ends early\n',
      });
    }
  });

  it.each<[string, (plan: Buffer) => Buffer, string]>([
    [
      'of another number of entries',
      (plan) => Buffer.concat([plan.subarray(0, -2), field('3')]),
      'the plan has another number of entries than its end says',
    ],
    [
      'of no number of entries',
      (plan) => Buffer.concat([plan.subarray(0, -2), field('')]),
      'the plan has another number of entries than its end says',
    ],
    ['that goes on', (plan) => Buffer.concat([plan, field('')]), 'the plan goes on after its end'],
    [
      'of another version',
      (plan) => Buffer.concat([field('slimtrace-unpack 2'), plan.subarray(19)]),
      'not a plan to unpack',
    ],
    [
      'with a field without an end',
      (plan) => Buffer.concat([plan.subarray(0, 25), Buffer.alloc(1e6, 'x')]),
      'the plan has a field beyond all limits',
    ],
    [
      'with a field beyond all limits',
      (plan) => Buffer.concat([plan.subarray(0, 19), field('x'.repeat(65536)), plan]),
      'the plan has a field beyond all limits',
    ],
  ])('a plan %s', (_, change, message) => expectRefusal(change(whole()), message));

  it('an error names the entry so that a terminal shows it and does nothing else', () => {
    expectRefusal(
      { entries: [file('/no/\x1b[31mred\n\x7f\xc2\x9b\\é')] },
      '/no/\\x1b[31mred\\x0a\\x7f\\xc2\\x9b\\x5c\\xe9: cannot create it: No such file or directory',
    );
    expectRefusal(
      { entries: [file(`/no${'/\x1b'.repeat(2000)}`)] },
      `/no${'/\\x1b'.repeat(818)}/\\x...: cannot create it: No such file or directory`,
    );
  });

  it('a full disk has an exit code of its own', () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', target]);
    try {
      truncateSync(source, 1 << 20);
      const ran = runUnpack({ sources: [source], entries: [file('/x', { size: 1 << 20 })] }, target);
      expect(ran).toEqual({
        status: 73,
        stdout: '',
        stderr: 'slimtrace-agent: /x: cannot write it: No space left on device\n',
      });
    } finally {
      execFileSync('umount', [target]);
    }
  });

  it.each([[], ['--owners'], ['--owners', 'mine'], ['--devices', 'keep'], ['--speed', 'high']])(
    'is told how to be used: %j',
    (...options) => {
      const place = options.length === 0 ? [] : [target];
      const ran = spawnSync(agent, ['unpack', ...place, ...options], { encoding: 'latin1' });
      expect(ran.status).toBe(64);
      expect(ran.stderr).toContain('usage: unpack DIR [--owners keep|ignore] [--devices make|skip]');
    },
  );
});
