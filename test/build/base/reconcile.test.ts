import { describe, expect, test } from 'vitest';
import type { Sketch } from '../../image/tree-of.js';
import { type Entries, readThrough, refusal, restack } from './restack.js';

const dir: Sketch = { type: 'directory' };
const later = { seconds: 1_700_000_000, nanoseconds: 0 };
const tuple = 'x86_64-linux-gnu';

describe('what the base has', () => {
  test('is left out, whatever its time, and all else is ours', async () => {
    const own: Entries = {
      '/': dir,
      '/etc': dir,
      '/etc/same': { body: 'same', mtime: later },
      '/etc/mode': { body: 'x', mode: 0o600 },
      '/etc/owner': { body: 'x', uid: 7 },
      '/etc/other': { body: 'ours' },
      '/etc/link': { linkTarget: 'same' },
      '/etc/else': { linkTarget: 'other' },
      '/etc/caps': { body: 'x', xattrs: new Map([['security.capability', Buffer.from([1, 0xff])]]) },
      '/etc/kind': { type: 'fifo' },
    };
    const base: Entries = {
      ...own,
      '/etc/same': { body: 'same' },
      '/etc/mode': { body: 'x' },
      '/etc/owner': { body: 'x' },
      '/etc/other': { body: 'base' },
      '/etc/else': { linkTarget: 'same' },
      '/etc/caps': { body: 'x', xattrs: new Map([['security.capability', Buffer.from([1, 0xfe])]]) },
      '/etc/kind': { body: '' },
      '/etc/theirs': { body: 'theirs' },
    };
    const { written, whiteouts, shared, ...stacked } = await restack(own, base);
    expect(written).toEqual([
      '/: directory',
      '/etc/caps: x',
      '/etc/else -> other',
      '/etc/kind: fifo',
      '/etc/mode: x',
      '/etc/other: ours',
      '/etc/owner: x',
      '/etc: directory',
    ]);
    expect(whiteouts).toEqual([]);
    expect(shared).toEqual({ entries: 2, bytes: 4 });
    expect(readThrough({ written, whiteouts, shared, ...stacked }, '/etc/theirs')).toBe('theirs');
  });

  test('a layer says how the directories above its files are, for engines apply it alone', async () => {
    const own: Entries = { '/root': { ...dir, mode: 0o700 }, '/root/a': { body: 'ours' } };
    const base: Entries = { '/root': { ...dir, mode: 0o700 }, '/root/b': { body: 'b' } };
    const { files } = await restack(own, base);
    expect(files.find(({ entry }) => entry.path === '/root')?.entry.mode).toBe(0o700);
  });

  test('a parent that nobody selected has the base’s mode, and not the one that is made up for it', async () => {
    const { tree } = await restack({ '/root/a': { body: 'a' } }, { '/root': { ...dir, mode: 0o700 } });
    expect(tree.get('/root')?.mode).toBe(0o700);
  });

  test('a directory’s own mode and owner win', async () => {
    const { tree } = await restack(
      { '/srv': { ...dir, mode: 0o770, uid: 9 } },
      { '/srv': dir, '/srv/b': { body: 'b' } },
    );
    expect(tree.get('/srv')).toMatchObject({ mode: 0o770, uid: 9 });
    expect(tree.has('/srv/b')).toBe(true);
  });

  test('a source of byte code keeps its time, or Python would compile it at each start', async () => {
    const at = '/usr/lib/python3.11';
    const own: Entries = {
      [`${at}/os.py`]: { body: 'import', mtime: later },
      [`${at}/re.py`]: { body: 'import', mtime: later },
      [`${at}/__pycache__/os.cpython-311.pyc`]: { body: 'code' },
    };
    const base: Entries = { [`${at}/os.py`]: { body: 'import' }, [`${at}/re.py`]: { body: 'import' } };
    const { tree } = await restack(own, base);
    expect(tree.get(`${at}/os.py`)?.mtime).toEqual(later);
    expect(tree.get(`${at}/re.py`)?.mtime.seconds).toBe(0);
  });

  test('what a web server may show the time of keeps it', async () => {
    const { tree } = await restack(
      { '/srv/index.html': { body: 'x', mtime: later } },
      { '/srv/index.html': { body: 'x' } },
    );
    expect(tree.get('/srv/index.html')?.mtime).toEqual(later);
  });

  test('a file with two names is shared whole or not at all', async () => {
    const linked = (body: string): Entries => ({
      '/bin/a': { body, hardLinkId: '1' },
      '/bin/b': { body, hardLinkId: '1' },
    });
    const apart: Entries = { '/bin/a': { body: 'x' }, '/bin/b': { body: 'x' } };
    expect((await restack(linked('x'), linked('x'))).written).toEqual([]);
    for (const base of [apart, { '/bin/a': { body: 'x', hardLinkId: '1' } }]) {
      const { files } = await restack(linked('x'), base);
      expect(files.filter(({ entry }) => entry.hardLinkId === '1').map(({ entry }) => entry.path)).toEqual([
        '/bin/a',
        '/bin/b',
      ]);
    }
  });

  test('hard links of both images are not taken for one file', async () => {
    const { tree } = await restack(
      { '/a': { body: 'ours', hardLinkId: '0:1' }, '/b': { body: 'ours', hardLinkId: '0:1' } },
      { '/c': { body: 'theirs', hardLinkId: '0:1' }, '/d': { body: 'theirs', hardLinkId: '0:1' } },
    );
    expect(tree.get('/a')?.hardLinkId).not.toBe(tree.get('/c')?.hardLinkId);
  });
});

describe('a merged image on a base that is not', () => {
  const merged: Entries = {
    '/bin': { linkTarget: 'usr/bin' },
    '/lib': { linkTarget: 'usr/lib' },
    '/lib64': { linkTarget: 'usr/lib64' },
    '/usr/lib64/ld-linux-x86-64.so.2': { linkTarget: `/lib/${tuple}/ld-linux-x86-64.so.2` },
    [`/usr/lib/${tuple}/ld-linux-x86-64.so.2`]: { body: 'loader', mode: 0o755 },
    [`/usr/lib/${tuple}/libc.so.6`]: { body: 'libc' },
    [`/usr/lib/${tuple}/libfoo.so.1`]: { linkTarget: 'libfoo.so.1.2' },
    [`/usr/lib/${tuple}/libfoo.so.1.2`]: { body: 'foo' },
    [`/usr/lib/${tuple}/libssl.so.3`]: { body: 'ssl' },
    '/usr/lib/python3/a.py': { body: 'a' },
    '/usr/bin/tool': { body: 'tool', mode: 0o755 },
  };
  const apart: Entries = {
    '/bin': dir,
    '/lib64/ld-linux-x86-64.so.2': { linkTarget: `/lib/${tuple}/ld-linux-x86-64.so.2` },
    [`/lib/${tuple}/ld-linux-x86-64.so.2`]: { body: 'loader', mode: 0o755 },
    [`/lib/${tuple}/libc.so.6`]: { body: 'libc' },
    [`/lib/${tuple}/libm.so.6`]: { body: 'libm' },
    [`/usr/lib/${tuple}/libssl.so.3`]: { body: 'ssl' },
  };

  test('has both names of everything, and the base’s directories are still there', async () => {
    const { written, ...rest } = await restack(merged, apart);
    const stacked = { written, ...rest };
    expect(written.filter((line) => !line.endsWith('directory'))).toEqual([
      '/bin -> usr/bin',
      '/lib/python3 -> ../usr/lib/python3',
      `/lib/${tuple}/libfoo.so.1 -> ../../usr/lib/${tuple}/libfoo.so.1`,
      `/lib/${tuple}/libfoo.so.1.2 -> ../../usr/lib/${tuple}/libfoo.so.1.2`,
      `/lib/${tuple}/libssl.so.3 -> ../../usr/lib/${tuple}/libssl.so.3`,
      '/usr/bin/tool: tool',
      '/usr/lib/python3/a.py: a',
      `/usr/lib/${tuple}/ld-linux-x86-64.so.2 -> ../../../lib/${tuple}/ld-linux-x86-64.so.2`,
      `/usr/lib/${tuple}/libc.so.6 -> ../../../lib/${tuple}/libc.so.6`,
      `/usr/lib/${tuple}/libfoo.so.1 -> libfoo.so.1.2`,
      `/usr/lib/${tuple}/libfoo.so.1.2: foo`,
      '/usr/lib64/ld-linux-x86-64.so.2 -> ../../lib64/ld-linux-x86-64.so.2',
    ]);
    for (const place of [`/lib/${tuple}`, `/usr/lib/${tuple}`]) {
      expect(readThrough(stacked, `${place}/libfoo.so.1`)).toBe('foo');
      expect(readThrough(stacked, `${place}/libc.so.6`)).toBe('libc');
      expect(readThrough(stacked, `${place}/libssl.so.3`)).toBe('ssl');
    }
    expect(readThrough(stacked, '/lib64/ld-linux-x86-64.so.2')).toBe('loader');
    expect(readThrough(stacked, '/bin/tool')).toBe('tool');
    expect(readThrough(stacked, `/lib/${tuple}/libm.so.6`)).toBe('libm');
  });

  test('a program is not run by another name than its own: it looks for its files beside itself', async () => {
    const { written } = await restack(
      { '/bin': { linkTarget: 'usr/bin' }, '/usr/bin/sh': { body: 'sh', mode: 0o755 } },
      { '/bin/sh': { body: 'sh', mode: 0o755 } },
    );
    expect(written).toContain('/usr/bin/sh: sh');
    expect(written).toContain('/bin/sh -> ../usr/bin/sh');
  });

  test('a link that goes up from a directory with two names leads where it led', async () => {
    const stacked = await restack(
      {
        '/lib': { linkTarget: 'usr/lib' },
        '/usr/lib/x/a': { body: 'a' },
        '/usr/share/data': { body: 'data' },
        '/app/data': { linkTarget: '/lib/x/../../share/data' },
      },
      { '/lib/x/b': { body: 'b' } },
    );
    expect(readThrough(stacked, '/app/data')).toBe('data');
  });

  test('a base’s directory would be hidden by a file: refused', async () => {
    const own: Entries = { '/lib': { linkTarget: 'usr/lib' }, '/usr/lib/x': { body: 'x' } };
    expect(await refusal(restack(own, { '/lib/x/y': { body: 'y' } }))).toBe(
      'it has a directory at /lib/x, where the image has a file or link',
    );
  });
});

describe('an image that is not merged on a base that is', () => {
  const base: Entries = {
    '/bin': { linkTarget: 'usr/bin' },
    '/lib': { linkTarget: 'usr/lib' },
    '/usr/bin': dir,
    '/usr/lib/b': { body: 'b' },
  };

  test('goes to the real places, its links with it', async () => {
    const stacked = await restack(
      {
        '/lib/x/liba.so': { body: 'a' },
        '/lib/x/up': { linkTarget: '../../etc/conf' },
        '/lib/x/near': { linkTarget: 'liba.so' },
        '/etc/conf': { body: 'conf' },
        '/usr/lib/c': { body: 'c' },
        '/bin/which': { linkTarget: '/usr/bin/which' },
        '/usr/bin/which': { body: 'which' },
      },
      base,
    );
    expect(stacked.written.filter((line) => !line.endsWith('directory'))).toEqual([
      '/etc/conf: conf',
      '/usr/bin/which: which',
      '/usr/lib/c: c',
      '/usr/lib/x/liba.so: a',
      '/usr/lib/x/near -> liba.so',
      '/usr/lib/x/up -> /etc/conf',
    ]);
    expect(readThrough(stacked, '/lib/x/up')).toBe('conf');
    expect(readThrough(stacked, '/bin/which')).toBe('which');
    expect(readThrough(stacked, '/lib/b')).toBe('b');
  });

  test('with the same file at both places has it once, with different ones is refused', async () => {
    const { written } = await restack({ '/lib/a': { body: 'a' }, '/usr/lib/a': { body: 'a' } }, base);
    expect(written).toContain('/usr/lib/a: a');
    expect(await refusal(restack({ '/lib/a': { body: '1' }, '/usr/lib/a': { body: '2' } }, base))).toBe(
      '/lib/a and /usr/lib/a differ in the image and are one place there',
    );
  });
});

describe('nothing of the base is hidden by accident', () => {
  test.each<[string, Entries, Entries, string]>([
    ['a file over a directory', { '/a': { body: 'x' } }, { '/a/b': { body: 'b' } }, 'it has a directory at /a'],
    ['a directory over a file', { '/a/b': { body: 'x' } }, { '/a': { body: 'a' } }, 'it has a file at /a'],
    [
      'a dangling link over a directory',
      { '/a': { linkTarget: 'no' } },
      { '/a/b': { body: 'b' } },
      'it has a directory at /a',
    ],
    [
      'a file over a link to a directory',
      { '/a': { body: 'x' } },
      { '/a': { linkTarget: 'c' }, '/c/d': { body: 'd' } },
      '/a leads to /c',
    ],
    [
      'another link at the root',
      { '/a': { linkTarget: 'e' }, '/e/f': { body: 'f' } },
      { '/a': { linkTarget: 'c' }, '/c/d': { body: 'd' } },
      '/a leads to /c',
    ],
  ])('%s: refused', async (_, own, base, reason) => {
    expect(await refusal(restack(own, base))).toContain(reason);
  });

  test('what is empty gives way', async () => {
    const own: Entries = { '/a': { body: 'a' }, '/b': { linkTarget: 'c' }, '/c/d': { body: 'd' } };
    const stacked = await restack(own, { '/a': dir, '/b': dir });
    expect(stacked.whiteouts).toEqual([]);
    expect(readThrough(stacked, '/a')).toBe('a');
    expect(readThrough(stacked, '/b/d')).toBe('d');
  });
});
