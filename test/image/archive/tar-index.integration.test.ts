import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { testWith } from '../../support/run-docker.js';
import { openLayerRoom } from './layer-room.js';
import { type MemberSketch, tarOf } from './raw-tar.js';
import { type DescribedTree, describeDirectory, describeLayers } from './unpacked-tree.js';

const tools = ['root', 'tar', 'python3'];
const mtime = { seconds: 1_000_000_000, nanoseconds: 0 };
const binary = Buffer.from([0, 0xff, 0x80, 0x0a, 0x3d, 0x20]);
const deep = `${'d'.repeat(120)}/${'e'.repeat(250)}`;

/** What every format holds. */
const plain: readonly MemberSketch[] = [
  { name: '.', type: 'directory', mode: 0o755 },
  { name: 'file', body: 'contents' },
  { name: 'empty' },
  { name: 'block', body: 'b'.repeat(512) },
  { name: 'setuid', mode: 0o6755, uid: 1000, gid: 2000 },
  { name: 'hard', type: 'hard-link', linkTarget: 'file' },
  { name: 'link', mode: 0o777, linkTarget: '../file' },
  { name: 'dir', type: 'directory', mode: 0o1777 },
  { name: 'dir/raw-\udcff\udce9', body: 'x' },
  { name: 'dir/new\nline', body: 'x' },
];

/** What all but v7 hold. */
const special: readonly MemberSketch[] = [
  { name: 'pipe', type: 'fifo' },
  { name: 'null', type: 'character-device', device: { major: 1, minor: 3 } },
  { name: `${'p'.repeat(90)}/`, type: 'directory', mode: 0o700 },
  { name: `${'p'.repeat(90)}/${'n'.repeat(90)}`, body: 'split in two by ustar' },
];

/** What takes an extension. */
const extended: readonly MemberSketch[] = [
  { name: 'disk', type: 'block-device', device: { major: 259, minor: 1_048_575 } },
  { name: 'd'.repeat(120), type: 'directory', mode: 0o700 },
  { name: deep, body: 'x' },
  { name: 'link-long', mode: 0o777, linkTarget: `${deep}/${deep}` },
  { name: 'hard-long', type: 'hard-link', linkTarget: deep },
  { name: 'owner', uid: 3_000_000_000, gid: 4_294_967_294 },
  { name: 'old', mtime: { seconds: -304_887_295, nanoseconds: 0 } },
  { name: 'late', mtime: { seconds: 9_000_000_000, nanoseconds: 0 } },
];

/** What only PAX has words for. */
const pax: readonly MemberSketch[] = [
  { name: 'fraction', mtime: { seconds: -2, nanoseconds: 250_000_000 } },
  {
    name: 'xattrs',
    xattrs: new Map([
      ['user.binary', binary],
      ['user.empty', Buffer.alloc(0)],
      ['security.capability', Buffer.from('0100000200040000000000000000000000000000', 'hex')],
    ]),
  },
];

const formats: Readonly<Record<string, readonly MemberSketch[]>> = {
  v7: plain,
  ustar: [...plain, ...special],
  oldgnu: [...plain, ...special, ...extended],
  gnu: [...plain, ...special, ...extended],
  posix: [...plain, ...special, ...extended, ...pax],
};

for (const [format, members] of Object.entries(formats)) {
  testWith(tools, `GNU tar, ${format}: what it writes of a directory is read as the directory is`, async () => {
    const [onDisk, ours] = await throughTar(members, format, []);
    expect(Object.keys(onDisk).length).toBe(members.length);
    expect(ours).toEqual(onDisk);
  });
}

testWith(tools, 'GNU tar with global headers and headers named by it', async () => {
  const flags = ['--pax-option=globexthdr.name=g,SCHILY.xattr.user.all=everyone,gid=77'];
  const [onDisk, ours] = await throughTar(formats.posix ?? [], 'posix', flags);
  expect(Object.keys(ours)).toEqual(Object.keys(onDisk));
  expect(ours['"/empty"']).toContain('"gid":77');
  expect(ours['"/empty"']).toContain(JSON.stringify(['user.all', Buffer.from('everyone').toString('hex')]));
});

testWith(tools, 'GNU tar’s sparse entries are refused by name, in each of its formats', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sparse-'));
  try {
    await execa('truncate', ['--size', '10M', 'holes'], { cwd: directory });
    for (const flags of [
      ['gnu'],
      ['posix', '--sparse-version=0.0'],
      ['posix', '--sparse-version=0.1'],
      ['posix', '--sparse-version=1.0'],
    ]) {
      const [format = '', ...rest] = flags;
      await execa('tar', [`--format=${format}`, '--sparse', ...rest, '-cf', 'sparse.tar', 'holes'], { cwd: directory });
      using room = openLayerRoom();
      const layer = room.store(readFileSync(join(directory, 'sparse.tar')));
      await expect(room.open([layer]), flags.join(' ')).rejects.toMatchObject({
        code: 'archive-unsupported',
        message: expect.stringContaining('a sparse entry: "holes"'),
      });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** A directory as it is on the disk, and as it is read from what GNU tar made of it. */
async function throughTar(
  members: readonly MemberSketch[],
  format: string,
  flags: readonly string[],
): Promise<[DescribedTree, DescribedTree]> {
  const directory = mkdtempSync(join(tmpdir(), 'gnu-tar-'));
  const root = join(directory, 'root');
  try {
    await mkdir(root);
    writeFileSync(join(directory, 'in.tar'), tarOf(members.map((member) => ({ mtime, ...member }))));
    const all = ['--xattrs', '--xattrs-include=*', '--numeric-owner'];
    await execa('tar', ['-xpf', '../in.tar', '--same-owner', ...all], { cwd: root });
    const out = join(directory, 'out.tar');
    const attributes = format === 'posix' ? all : ['--numeric-owner'];
    await execa('tar', [`--format=${format}`, ...attributes, ...flags, '-cf', out, '.'], { cwd: root });
    using room = openLayerRoom();
    await using opened = await room.open([room.store(readFileSync(out))]);
    return [describeDirectory(root), await describeLayers(opened)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
