import { describe, expect, test } from 'vitest';
import { type PackageOwnership, readPackages } from '../../src/image/packages.js';
import { asImagePath } from '../../src/image/path.js';
import { writeHeader } from './rpm/header-writer.js';
import { writeSqlite } from './rpm/sqlite-writer.js';
import { imageOf, type Sketch } from './tree-of.js';

async function read(entries: Readonly<Record<string, Sketch>>): Promise<PackageOwnership> {
  const { tree, contents } = imageOf(entries);
  return await readPackages(tree, contents);
}

const owner = (ownership: PackageOwnership, path: string) => ownership.ownerOf(asImagePath(path));
const info = (name: string) => `/var/lib/dpkg/info/${name}`;

describe('readPackages', () => {
  test('dpkg: the architecture is no part of a package’s name', async () => {
    const ownership = await read({
      [info('libc6:amd64.list')]: { body: '/.\n/lib\n/lib/libc.so.6\n' },
      [info('bash.list')]: { body: '/bin/bash\n' },
      [info('bash.md5sums')]: { body: '' },
      '/lib/libc.so.6': {},
      '/bin/bash': {},
    });
    expect(ownership).toMatchObject({ kind: 'dpkg', packages: ['bash', 'libc6'] });
    expect(owner(ownership, '/lib/libc.so.6')).toBe('libc6');
    expect(owner(ownership, '/bin/bash')).toBe('bash');
  });

  test('a file listed under /bin is found under /usr/bin when /bin is a link', async () => {
    const ownership = await read({
      [info('dash.list')]: { body: '/bin/dash\n/bin/sh\n' },
      '/bin': { linkTarget: 'usr/bin' },
      '/usr/bin/dash': {},
      '/usr/bin/sh': { linkTarget: 'dash' },
    });
    expect(owner(ownership, '/usr/bin/dash')).toBe('dash');
    expect(owner(ownership, '/usr/bin/sh')).toBe('dash');
  });

  test('directories belong to nobody, files that are not there to nobody', async () => {
    const ownership = await read({
      [info('a.list')]: { body: '/etc\n/etc/gone\n\nrelative\n/../..\n' },
      '/etc': { type: 'directory' },
      '/relative': {},
    });
    expect(owner(ownership, '/etc')).toBeUndefined();
    expect(owner(ownership, '/relative')).toBeUndefined();
    expect(ownership.packages).toEqual(['a']);
  });

  test('the files of a package: its directories too, what is gone left out, each by its real path', async () => {
    const ownership = await read({
      [info('a.list')]: { body: '/.\n/bin\n/bin/a\n/var/lib/a\n/etc/gone\n/bin/a\n' },
      [info('a:i386.list')]: { body: '/lib/a.so\n' },
      '/bin': { linkTarget: 'usr/bin' },
      '/usr/bin/a': {},
      '/var/lib/a': { type: 'directory' },
      '/lib/a.so': {},
    });
    expect(ownership.filesOf('a')).toEqual(['/', '/bin', '/lib/a.so', '/usr/bin/a', '/var/lib/a']);
    expect(ownership.filesOf('b')).toEqual([]);
  });

  test('what is recorded: one for each architecture, without directories', async () => {
    const ownership = await read({
      [info('a.list')]: { body: '/.\n/usr\n/usr/bin\n/usr/bin/a\n' },
      [info('b:amd64.list')]: { body: '/lib/b.so\n/usr/share/b\n' },
      [info('b:i386.list')]: { body: '/lib/b32.so\n/usr/share/b\n' },
      '/usr/bin/a': {},
      '/lib/b.so': {},
      '/lib/b32.so': {},
      '/usr/share/b': {},
    });
    expect(ownership.records).toEqual([
      { id: 'a', name: 'a', files: ['/usr/bin/a'] },
      { id: 'b:amd64', name: 'b', files: ['/lib/b.so', '/usr/share/b'] },
      { id: 'b:i386', name: 'b', files: ['/lib/b32.so', '/usr/share/b'] },
    ]);
  });

  test('a link in the place of a directory belongs to no package; a package’s own link is its own', async () => {
    const ownership = await read({
      [info('a.list')]: { body: '/.\n/lib\n/lib/a.so\n/usr/lib/jvm/default\n' },
      [info('b.list')]: { body: '/.\n/lib\n/usr/share/b\n' },
      '/lib': { linkTarget: 'usr/lib' },
      '/usr/lib/a.so': {},
      '/usr/lib/jvm/java-17/bin': { type: 'directory' },
      '/usr/lib/jvm/default': { linkTarget: 'java-17' },
    });
    expect(ownership.records.map(({ files }) => files)).toEqual([['/usr/lib/a.so', '/usr/lib/jvm/default'], []]);
    expect(owner(ownership, '/lib')).toBeUndefined();
  });

  test('a file that dpkg moved out of another package’s way is still its package’s', async () => {
    const ownership = await read({
      [info('bash.list')]: { body: '/bin/sh\n' },
      [info('dash.list')]: { body: '/bin/sh\n' },
      [info('gone.list')]: { body: '/bin/gone\n' },
      '/var/lib/dpkg/diversions': { body: '/bin/sh\n/bin/sh.distrib\ndash\n/bin/gone\n/bin/gone.real\n:\n' },
      '/bin/sh': {},
      '/bin/sh.distrib': {},
      '/bin/gone': {},
    });
    expect(owner(ownership, '/bin/sh')).toBe('dash');
    expect(owner(ownership, '/bin/sh.distrib')).toBe('bash');
    expect(owner(ownership, '/bin/gone')).toBe('gone');
    expect(ownership.records.map(({ files }) => files)).toEqual([
      ['/bin/sh', '/bin/sh.distrib'],
      ['/bin/sh'],
      ['/bin/gone'],
    ]);
  });

  test('rpm: by what its database says', async () => {
    const body = writeSqlite([
      writeHeader(
        'bash',
        ['/bin/', '/etc/'],
        [
          [0, 'bash'],
          [1, 'gone'],
          [1, 'skel'],
        ],
      ),
    ]);
    const ownership = await read({
      '/var/lib/rpm': { linkTarget: '../../usr/lib/sysimage/rpm' },
      '/usr/lib/sysimage/rpm/rpmdb.sqlite': { body },
      '/bin': { linkTarget: 'usr/bin' },
      '/usr/bin/bash': {},
      '/etc/skel': { type: 'directory' },
    });
    expect(ownership).toMatchObject({ kind: 'rpm', packages: ['bash'] });
    expect(owner(ownership, '/usr/bin/bash')).toBe('bash');
    expect(ownership.filesOf('bash')).toEqual(['/etc/skel', '/usr/bin/bash']);
  });

  test('a name that is not UTF-8 has an owner too', async () => {
    const body = Buffer.from([0x2f, 0xff, 0x0a]);
    const ownership = await read({ [info('a.list')]: { body }, '/\udcff': {} });
    expect(owner(ownership, '/\udcff')).toBe('a');
  });

  test('distroless: status.d in place of dpkg’s info', async () => {
    const ownership = await read({
      '/var/lib/dpkg/status.d/base-files': { body: 'Package: base-files\n' },
      '/var/lib/dpkg/status.d/base-files.md5sums': {
        body: '0123456789abcdef0123456789abcdef  etc/os release\nnonsense\n',
      },
      '/etc/os release': {},
    });
    expect(ownership).toMatchObject({ kind: 'dpkg', packages: ['base-files'] });
    expect(owner(ownership, '/etc/os release')).toBe('base-files');
  });

  test('distroless: conffiles are in the control fields, and a package whose files nobody lists is still one', async () => {
    const conffiles = 'Conffiles:\n /etc/a.conf 0123456789abcdef0123456789abcdef\n';
    const ownership = await read({
      '/var/lib/dpkg/status.d/a': { body: `Package: a\n${conffiles}` },
      '/var/lib/dpkg/status.d/b:i386': { body: 'Package: b\n' },
      '/var/lib/dpkg/status.d/no name': { body: 'Package: c\n' },
      '/etc/a.conf': {},
    });
    expect(ownership.records).toEqual([
      { id: 'a', name: 'a', files: ['/etc/a.conf'] },
      { id: 'b:i386', name: 'b', files: undefined },
    ]);
  });

  test('apk: in either place of its database', async () => {
    const body = 'C:Q1x\nP:musl\nV:1.2\nF:lib\nR:ld-musl.so.1\na:0:0:755\nF:\nR:top\n\nP:busybox\nF:bin\nR:busybox\n';
    for (const database of ['/lib/apk/db/installed', '/usr/lib/apk/db/installed']) {
      const ownership = await read({ [database]: { body }, '/lib/ld-musl.so.1': {}, '/top': {}, '/bin/busybox': {} });
      expect(ownership).toMatchObject({ kind: 'apk', packages: ['busybox', 'musl'] });
      expect(owner(ownership, '/lib/ld-musl.so.1')).toBe('musl');
      expect(owner(ownership, '/top')).toBe('musl');
      expect(owner(ownership, '/bin/busybox')).toBe('busybox');
    }
  });

  test('a database of a kind nobody here reads is not taken for none', async () => {
    expect((await read({ '/var/lib/rpm/rpmdb.sqlite': {} })).kind).toBe('unknown');
    expect((await read({ '/usr/lib/sysimage/rpm/Packages.db': {} })).kind).toBe('unknown');
    expect((await read({ '/app': {} })).kind).toBe('none');
    expect((await read({ '/var/lib/dpkg/info/x.list': { type: 'directory' } })).kind).toBe('none');
  });
});
