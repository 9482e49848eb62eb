import { type ImageTarget, writeImage } from '../../../src/image/archive/write-image.js';
import { type MemberSketch, tarOf } from './raw-tar.js';

/** Names that no registry has. */
export const corpusName = 'corpus.test/every:1';
export const otherName = 'corpus.test/other:2';

const time = { seconds: 1_600_000_000, nanoseconds: 123_456_789 };

function directory(name: string, more: Partial<MemberSketch> = {}): MemberSketch {
  return { name, type: 'directory', mtime: time, ...more };
}

const longName = 'n'.repeat(120);
const longTarget = `${'t'.repeat(90)}/${'u'.repeat(90)}`;

/** Every kind of entry and of metadata that all of the tools can hold. */
const bottom: readonly MemberSketch[] = [
  directory('.', { mode: 0o755 }),
  directory('kinds', { mode: 0o2775, uid: 12, gid: 34 }),
  { name: 'kinds/plain', body: 'plain', mtime: time },
  { name: 'kinds/empty', mtime: { seconds: 0, nanoseconds: 0 } },
  { name: 'kinds/setuid', body: 'setuid', mode: 0o4755, uid: 1000, gid: 1001, mtime: time },
  { name: 'kinds/no-rights', body: 'none', mode: 0, mtime: time },
  { name: 'kinds/large-owner', body: 'owner', uid: 4_000_000_000, gid: 3_000_000_000, mtime: time },
  { name: 'kinds/old', body: 'old', mtime: { seconds: -300_000_000, nanoseconds: 0 } },
  { name: 'kinds/late', body: 'late', mtime: { seconds: 9_000_000_000, nanoseconds: 1 } },
  { name: 'kinds/link', linkTarget: 'plain', mtime: time },
  { name: 'kinds/dangling', linkTarget: '/nowhere/at/all', mtime: time },
  { name: 'kinds/loop', linkTarget: 'loop', mtime: time },
  { name: 'kinds/long-target', linkTarget: longTarget, mtime: time },
  { name: 'kinds/first', body: 'hard', mode: 0o4711, mtime: time },
  { name: 'kinds/second', type: 'hard-link', linkTarget: 'kinds/first', mode: 0o4711, mtime: time },
  { name: 'kinds/third', type: 'hard-link', linkTarget: 'kinds/first', mode: 0o4711, mtime: time },
  { name: 'kinds/pipe', type: 'fifo', mode: 0o620, mtime: time },
  { name: 'kinds/null', type: 'character-device', mode: 0o666, device: { major: 1, minor: 3 }, mtime: time },
  { name: 'kinds/disk', type: 'block-device', mode: 0o660, gid: 6, device: { major: 7, minor: 200 }, mtime: time },
  { name: 'kinds/latin-\udce9', body: 'latin', mtime: time },
  { name: 'kinds/raw-\udcff\udcfe', linkTarget: 'latin-\udce9', mtime: time },
  { name: 'kinds/utf-8 ü 日本 🦊', body: 'utf-8', mtime: time },
  { name: 'kinds/new\nline', body: 'newline', mtime: time },
  { name: `kinds/${longName}`, body: 'long', mtime: time },
  { name: `kinds/${longName}-link`, type: 'hard-link', linkTarget: `kinds/${longName}`, mtime: time },
  {
    name: 'kinds/xattrs',
    body: 'xattrs',
    mtime: time,
    xattrs: new Map([
      ['user.text', Buffer.from('a text')],
      ['user.raw', Buffer.from([0, 255, 128, 10, 61, 32])],
    ]),
  },
  {
    name: 'kinds/capability',
    body: 'capability',
    mode: 0o755,
    mtime: time,
    // vfs_cap_data, revision 2: cap_net_bind_service, effective (include/uapi/linux/capability.h)
    xattrs: new Map([['security.capability', Buffer.from('0100000200040000000000000000000000000000', 'hex')]]),
  },
  directory('kinds/sticky', { mode: 0o1777 }),
  directory('below'),
  { name: 'below/gone', body: 'gone', mtime: time },
  { name: 'below/stays', body: 'stays', mtime: time },
  { name: 'below/replaced', body: 'replaced by a directory', mtime: time },
  directory('below/dir-gone'),
  { name: 'below/dir-gone/file', body: 'file', mtime: time },
  directory('below/opaque'),
  { name: 'below/opaque/hidden', body: 'hidden', mtime: time },
  directory('below/opaque/hidden-dir'),
  { name: 'below/opaque/hidden-dir/file', body: 'file', mtime: time },
  directory('below/attributes', { mode: 0o700 }),
  { name: 'below/attributes/kept', body: 'kept', mtime: time },
];

/** Whiteouts, explicit and opaque, and what takes the place of something else. */
const middle: readonly MemberSketch[] = [
  directory('.'),
  directory('below'),
  { name: 'below/.wh.gone', mtime: time },
  { name: 'below/.wh.dir-gone', mtime: time },
  directory('below/replaced', { mode: 0o711 }),
  { name: 'below/replaced/inside', body: 'inside', mtime: time },
  directory('below/opaque'),
  { name: 'below/opaque/.wh..wh..opq', mtime: time },
  { name: 'below/opaque/new', body: 'new', mtime: time },
  directory('below/attributes', { mode: 0o1770, uid: 7, gid: 8 }),
];

/** Is there twice: engines write it once, and link to it. */
const twice: readonly MemberSketch[] = [
  directory('.'),
  directory('twice'),
  { name: 'twice/file', body: 'twice', mtime: time },
];

const gone: readonly MemberSketch[] = [directory('.'), { name: '.wh.twice', mtime: time }];

const layers = [bottom, middle, twice, gone, twice];

/** Writes the image that goes through every tool. */
export async function writeCorpusImage(target: ImageTarget): Promise<void> {
  await write(target, corpusName, layers, { Cmd: ['/kinds/plain'], Env: ['A=b'], Labels: { corpus: 'yes' } });
}

/** Writes a small one beside it. */
export async function writeOtherImage(path: string, name: string, architecture = 'amd64'): Promise<void> {
  const other: MemberSketch[] = [directory('.'), { name: 'other', body: architecture, mtime: time }];
  await write({ transport: 'file', path }, name, [other], { Cmd: ['/other'] }, architecture);
}

async function write(
  target: ImageTarget,
  name: string,
  contents: readonly (readonly MemberSketch[])[],
  config: object,
  architecture = 'amd64',
): Promise<void> {
  const history = contents.map((_, at) => ({ created: '2024-01-01T00:00:00Z', created_by: `layer ${at}` }));
  const blob = { architecture, os: 'linux', created: '2024-01-01T00:00:00Z', config, history };
  const streams = contents.map(async function* (members) {
    yield tarOf(members);
  });
  await writeImage(target, name, blob, streams);
}
