import { execFileSync, spawnSync } from 'node:child_process';
import {
  type BigIntStats,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePathText } from '../../src/image/path.js';
import { renderTarHeader, type TarHeader, tarEnd, tarPadding } from '../../src/image/tar-header.js';

type Member = Pick<TarHeader, 'name'> & Partial<TarHeader> & { readonly body?: string };

const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex');
const longName = `${'d'.repeat(120)}/${'f'.repeat(255)}`;

/** Everything ustar can't say, and what it can; sorted so that directories come before what is in them. */
const members: readonly Member[] = [
  { name: '.', type: 'directory', mode: 0o755 },
  { name: 'plain', body: 'plain' },
  { name: 'setuid', mode: 0o6755, body: 'x' },
  { name: 'sticky', type: 'directory', mode: 0o1777 },
  { name: 'closed', mode: 0, body: 'x' },
  { name: 'n'.repeat(100), body: 'a name that fills the field' },
  { name: 'n'.repeat(101), body: 'a name that does not fit' },
  { name: 'd'.repeat(120), type: 'directory', mode: 0o700 },
  { name: longName, body: 'deep' },
  { name: 'ü 日本 🦊', body: 'utf-8' },
  { name: 'latin-\udce9', body: 'latin 1' },
  { name: 'raw-\udcff\udcfe\udc80', body: 'no charset at all' },
  { name: 'new\nline', body: 'x' },
  { name: 'equals=and space ', body: 'x' },
  { name: 'back\\slash"quote', body: 'x' },
  { name: 'owner', uid: 1000, gid: 2000, body: 'x' },
  { name: 'owner-large', uid: 2_097_152, gid: 4_294_967_294, body: 'x' },
  { name: 'time-1960', mtime: { seconds: -304_887_295, nanoseconds: 0 }, body: 'x' },
  { name: 'time-before-1970', mtime: { seconds: -2, nanoseconds: 250_000_000 }, body: 'x' },
  { name: 'time-just-before-1970', mtime: { seconds: -1, nanoseconds: 999_999_999 }, body: 'x' },
  { name: 'time-nano', mtime: { seconds: 981_173_106, nanoseconds: 123_456_789 }, body: 'x' },
  { name: 'time-2040', mtime: { seconds: 2_208_988_800, nanoseconds: 500_000_000 }, body: 'x' },
  { name: 'link', type: 'symlink', mode: 0o777, linkTarget: 'plain' },
  { name: 'link-long', type: 'symlink', mode: 0o777, linkTarget: `${'t'.repeat(250)}/${'u'.repeat(250)}` },
  { name: 'link-raw', type: 'symlink', mode: 0o777, linkTarget: 'raw-\udcff\udcfe\udc80' },
  {
    name: 'link-owner',
    type: 'symlink',
    mode: 0o777,
    linkTarget: 'nowhere',
    uid: 7,
    gid: 8,
    mtime: { seconds: 9, nanoseconds: 1 },
  },
  { name: 'hard', type: 'hard-link', linkTarget: 'plain' },
  { name: 'hard-long', type: 'hard-link', linkTarget: longName },
  { name: 'pipe', type: 'fifo', mode: 0o620 },
  { name: 'null', type: 'character-device', mode: 0o666, device: { major: 1, minor: 3 } },
  { name: 'large-device', type: 'block-device', mode: 0o660, device: { major: 4095, minor: 1_048_575 } },
  {
    name: 'xattrs',
    body: 'x',
    xattrs: new Map([
      ['security.capability', capability],
      ['user.empty', Buffer.alloc(0)],
      ['user.raw', Buffer.from([0, 0xff, 0x80, 0xc3, 0x28, 0x0a, 0x3d, 0x20])],
    ]),
  },
  { name: 'xattr-long', body: 'x', xattrs: new Map([['user.long', Buffer.alloc(3000, 0xfe)]]) },
  { name: 'zero', body: '' },
  { name: 'block', body: 'b'.repeat(512) },
  { name: 'block-and-one', body: 'b'.repeat(513) },
];

const headers = members.map(({ body = '', ...member }): TarHeader & { readonly body: string } => ({
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: { seconds: 1_000_000_000, nanoseconds: 0 },
  sizeBytes: body.length,
  ...member,
  body,
}));

const isRoot = process.getuid?.() === 0;
let directory: string;
let root: string;

/** The path of a member on the host, in the bytes it has. */
const hostPath = (name: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), encodePathText(name)]);

describe.skipIf(!isRoot)('GNU tar extracts what renderTarHeader wrote', () => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tar-header-'));
    root = join(directory, 'root');
    const chunks = headers.flatMap((header) => [
      renderTarHeader(header),
      Buffer.from(header.body),
      tarPadding(header.sizeBytes),
    ]);
    writeFileSync(join(directory, 'all.tar'), Buffer.concat([...chunks, tarEnd]));
    mkdirSync(root);
    const flags = ['--xattrs', '--xattrs-include=*', '--same-owner', '--same-permissions', '--numeric-owner'];
    // With --warning=all a header that tar only tolerates would be heard of.
    const { stderr } = spawnSync('tar', ['-xf', join(directory, 'all.tar'), '-C', root, '--warning=all', ...flags], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(stderr.replace(/^tar: .*(?:implausibly old time stamp|time stamp .* s in the future).*\n/gm, '')).toBe('');
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('and finds no member more or less', () => {
    const found = spawnSync('find', [root, '-mindepth', '1', '-print0'], { encoding: 'latin1' }).stdout;
    expect(found.split('\0').length - 1).toBe(headers.length - 1);
  });

  test.each(headers.filter(({ type }) => type !== 'hard-link').map((header) => [header.name, header] as const))(
    '%j',
    (_, header) => {
      const found = lstatSync(hostPath(header.name), { bigint: true });
      expect({ uid: found.uid, gid: found.gid }).toEqual({ uid: BigInt(header.uid), gid: BigInt(header.gid) });
      expect((Number(found.mode) & 0o7777).toString(8)).toBe(header.mode.toString(8));
      const time = BigInt(header.mtime.seconds) * 1_000_000_000n + BigInt(header.mtime.nanoseconds);
      expect(found.mtimeNs).toBe(time);
      expect(typeOf(found)).toBe(header.type);
      if (header.type === 'file') expect(readFileSync(hostPath(header.name), 'latin1')).toBe(header.body);
      if (header.linkTarget !== undefined)
        expect(readlinkSync(hostPath(header.name), 'buffer')).toEqual(encodePathText(header.linkTarget));
      if (header.device !== undefined) expect(found.rdev).toBe(deviceNumber(header.device.major, header.device.minor));
    },
  );

  test('and the extended attributes are the same bytes', () => {
    const expected = headers.map(({ type, xattrs }) =>
      type === 'hard-link'
        ? {}
        : Object.fromEntries([...(xattrs ?? [])].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])),
    );
    expect(readXattrs(headers.map(({ name }) => hostPath(name)))).toEqual(expected);
  });

  test.each([
    ['hard', 'plain'],
    ['hard-long', longName],
  ])('%s is another name of its target', (name, target) => {
    expect(lstatSync(hostPath(name)).ino).toBe(lstatSync(hostPath(target)).ino);
  });
});

function typeOf(found: BigIntStats): string {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  if (found.isSymbolicLink()) return 'symlink';
  if (found.isFIFO()) return 'fifo';
  if (found.isCharacterDevice()) return 'character-device';
  return found.isBlockDevice() ? 'block-device' : 'socket';
}

/** How the kernel hands a device number to user space (include/linux/kdev_t.h, new_encode_dev). */
function deviceNumber(major: number, minor: number): bigint {
  return (BigInt(minor) & 0xffn) | (BigInt(major) << 8n) | ((BigInt(minor) & ~0xffn) << 12n);
}

/** The xattrs of all members in hexadecimal, in their order; read by Python, which hands them over as bytes. */
function readXattrs(paths: readonly Buffer[]): Record<string, string>[] {
  const script = `import json, os, sys
paths = [bytes.fromhex(line) for line in sys.stdin.read().split()]
read = lambda path: {name: os.getxattr(path, name, follow_symlinks=False).hex() for name in os.listxattr(path, follow_symlinks=False)}
print(json.dumps([read(path) for path in paths]))`;
  const input = paths.map((path) => path.toString('hex')).join('\n');
  return JSON.parse(execFileSync('python3', ['-c', script], { encoding: 'utf8', input })) as Record<string, string>[];
}
