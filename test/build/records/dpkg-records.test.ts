import { describe, expect, test } from 'vitest';
import { recordsOf } from './records-of.js';

const sum = (digit: string) => digit.repeat(32);
const dpkg = '/var/lib/dpkg';
const status = `Package: libx
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 9000
Maintainer: X <x@example.org>
Architecture: amd64
Multi-Arch: same
Source: xsource (1:2.0)
Version: 1:2.0-1+b1
Depends: libc6 (>= 2.36), gone
Conffiles:
 /etc/x/kept ${sum('a')}
 /etc/x/gone ${sum('b')} obsolete
Description: the library x
 in many words

Package: tool
Status: install ok installed
Maintainer: T
Architecture: all
Version: 3
Description: a tool
`;
const image = {
  [`${dpkg}/status`]: { body: status },
  [`${dpkg}/info/libx:amd64.list`]: { body: '/.\n/lib\n/lib/x.so\n/lib/gone.so\n/etc/x/kept\n/etc/x/gone\n' },
  [`${dpkg}/info/libx:amd64.md5sums`]: { body: `${sum('1')}  lib/x.so\n${sum('2')}  lib/gone.so\n` },
  [`${dpkg}/info/tool.list`]: { body: '/usr/bin\n/usr/bin/tool\n/usr/share/tool\n' },
  [`${dpkg}/info/tool.md5sums`]: { body: `${sum('3')}  usr/bin/tool\n` },
  '/lib': { linkTarget: 'usr/lib' },
  '/usr/lib/x.so': {},
  '/usr/lib/gone.so': {},
  '/etc/x/kept': {},
  '/etc/x/gone': {},
  '/usr/bin/tool': {},
  '/usr/share/tool': { type: 'directory' as const },
};

describe('dpkg', () => {
  test('a package with a kept file stays, with the kept files alone; what is gone is gone', async () => {
    const { written, ...rest } = await recordsOf(image, [
      '/',
      '/lib',
      '/usr/lib/x.so',
      '/etc/x/kept',
      '/usr/share/tool',
    ]);
    expect(rest).toEqual({ form: 'dpkg', packages: ['libx'], remarks: [] });
    expect(written).toEqual({
      '/var': '/',
      '/var/lib': '/',
      '/var/lib/dpkg': '/',
      '/var/lib/dpkg/status.d': '/',
      '/var/lib/dpkg/status.d/libx': `Package: libx
Status: install ok installed
Maintainer: X <x@example.org>
Architecture: amd64
Multi-Arch: same
Source: xsource (1:2.0)
Version: 1:2.0-1+b1
Description: the library x
Conffiles:
 /etc/x/kept ${sum('a')}
`,
      '/var/lib/dpkg/status.d/libx.md5sums': `${sum('1')}  lib/x.so\n`,
    });
  });

  test('a conffile or a symlink alone is enough', async () => {
    const withLink = {
      ...image,
      '/usr/bin/tool': { linkTarget: 'elsewhere' },
      [`${dpkg}/info/tool.md5sums`]: { body: '' },
    };
    const { packages, written } = await recordsOf(withLink, ['/etc/x/kept', '/usr/bin/tool']);
    expect(packages).toEqual(['libx', 'tool']);
    expect(Object.keys(written).filter((path) => path.endsWith('.md5sums'))).toEqual([]);
    expect(written['/var/lib/dpkg/status.d/tool']).toContain('Package: tool\n');
  });

  test('a file has its real name where the link that leads to it is gone', async () => {
    const { written } = await recordsOf(image, ['/usr/lib/x.so']);
    expect(written['/var/lib/dpkg/status.d/libx.md5sums']).toBe(`${sum('1')}  usr/lib/x.so\n`);
  });

  test('nothing kept, nothing written', async () => {
    expect(await recordsOf(image, ['/', '/usr/bin'])).toMatchObject({ form: 'dpkg', packages: [], written: {} });
  });

  test('a status file that the application reads stays as it is, and no package is counted twice', async () => {
    const records = await recordsOf(image, ['/usr/lib/x.so', `${dpkg}/status`]);
    expect(records).toMatchObject({ form: 'whole', packages: ['libx', 'tool'], written: {} });
    expect(records.remarks).toEqual([
      '/var/lib/dpkg/status is kept for the application or by request, so it stays as it is: of the 2 packages it lists, 1 have files here',
    ]);
  });

  test('one package for two architectures: two records', async () => {
    const other = status.split('\n\n')[0]?.replace('amd64', 'i386');
    const both = {
      ...image,
      [`${dpkg}/status`]: { body: `${status}\n${other}\n` },
      [`${dpkg}/info/libx:i386.list`]: { body: '/lib\n/lib/x32.so\n' },
      [`${dpkg}/info/libx:i386.md5sums`]: { body: `${sum('4')}  lib/x32.so\n` },
      '/usr/lib/x32.so': {},
    };
    const { packages, written } = await recordsOf(both, ['/lib', '/usr/lib/x.so', '/usr/lib/x32.so']);
    expect(packages).toEqual(['libx']);
    expect(written['/var/lib/dpkg/status.d/libx']).toContain('Architecture: amd64');
    expect(written['/var/lib/dpkg/status.d/libx:i386']).toContain('Architecture: i386');
    expect(written['/var/lib/dpkg/status.d/libx:i386.md5sums']).toBe(`${sum('4')}  lib/x32.so\n`);
  });

  test('a diverted file is recorded by the name it has', async () => {
    const diverted = {
      ...image,
      [`${dpkg}/diversions`]: { body: '/usr/bin/tool\n/usr/bin/tool.real\nother\n' },
      '/usr/bin/tool.real': {},
    };
    const { written } = await recordsOf(diverted, ['/usr/bin/tool.real']);
    expect(written['/var/lib/dpkg/status.d/tool.md5sums']).toBe(`${sum('3')}  usr/bin/tool.real\n`);
  });

  test('file names that are not UTF-8 keep their bytes', async () => {
    const odd = {
      ...image,
      [`${dpkg}/info/tool.list`]: { body: Buffer.from('/usr/bin/t\xff\n', 'latin1') },
      [`${dpkg}/info/tool.md5sums`]: { body: Buffer.from(`${sum('3')}  usr/bin/t\xff\n`, 'latin1') },
      '/usr/bin/t\udcff': {},
    };
    const { written } = await recordsOf(odd, ['/usr/bin/t\udcff']);
    expect(written['/var/lib/dpkg/status.d/tool.md5sums']).toBe(`${sum('3')}  usr/bin/t\xff\n`);
  });

  test('the database behind a link: the link comes along', async () => {
    const moved = Object.fromEntries(
      Object.entries(image).map(([path, sketch]) => [path.replace(dpkg, '/usr/lib/dpkg-db'), sketch]),
    );
    const linked = { ...moved, [dpkg]: { linkTarget: '../../usr/lib/dpkg-db' } };
    const { written } = await recordsOf(linked, ['/usr/bin/tool']);
    expect(written).toMatchObject({ [dpkg]: ' -> ../../usr/lib/dpkg-db', '/var/lib': '/', '/usr/lib/dpkg-db': '/' });
    expect(written['/usr/lib/dpkg-db/status.d/tool']).toContain('Version: 3\n');
  });
});

describe('distroless', () => {
  const records = `${dpkg}/status.d`;
  const distroless = {
    [`${records}/libx`]: { body: status.split('\n\n')[0]?.replace('Status: install ok installed\n', '') ?? '' },
    [`${records}/libx.md5sums`]: { body: `${sum('1')}  lib/x.so\n${sum('2')}  lib/gone.so\n` },
    [`${records}/gone`]: { body: 'Package: gone\nVersion: 1\n' },
    [`${records}/gone.md5sums`]: { body: `${sum('5')}  usr/bin/gone\n` },
    [`${records}/meta`]: { body: 'Package: meta\nVersion: 1\nArchitecture: all\n' },
    '/lib/x.so': {},
    '/usr/bin/gone': {},
  };

  test('its records are trimmed likewise; a package whose files nobody wrote down stays', async () => {
    const { packages, written } = await recordsOf(distroless, ['/lib/x.so']);
    expect(packages).toEqual(['libx', 'meta']);
    expect(written[`${records}/libx.md5sums`]).toBe(`${sum('1')}  lib/x.so\n`);
    expect(written[`${records}/libx`]).toContain('Status: install ok installed\n');
    expect(written[`${records}/meta`]).toContain('Package: meta\n');
  });

  test('a record that is kept itself stays as it is', async () => {
    const { packages, written } = await recordsOf(distroless, ['/lib/x.so', `${records}/libx`]);
    expect(packages).toContain('libx');
    expect(written[`${records}/libx`]).toBeUndefined();
  });
});

describe('hostile', () => {
  test('a record that would be written outside, over a directory or into a file', async () => {
    const evil = {
      ...image,
      [`${dpkg}/status`]: { body: status.replace('Package: tool', 'Package: ../../../bin/sh') },
    };
    const outside = await recordsOf(evil, ['/usr/bin/tool']);
    expect(outside).toMatchObject({ packages: [], written: {} });
    expect(outside.remarks).toEqual([
      "packages with files here that dpkg's records don't describe, so they are not recorded: tool",
    ]);
    const name = { ...image, [`${dpkg}/info/evil.list`]: { body: '/usr/bin/tool\n' } };
    const crossed = status.replace('Package: tool', 'Package: ../sh').replace('all', 'all\nX: y');
    expect((await recordsOf({ ...name, [`${dpkg}/status`]: { body: crossed } }, ['/usr/bin/tool'])).written).toEqual(
      {},
    );

    const onDirectory = await recordsOf({ ...image, [`${dpkg}/status.d/tool/x`]: {} }, ['/usr/bin/tool']);
    expect(onDirectory.written[`${dpkg}/status.d/tool`]).toBeUndefined();

    const onFile = await recordsOf({ ...image, [`${dpkg}/status.d`]: { body: '' } }, ['/usr/bin/tool']);
    expect(onFile).toMatchObject({ form: 'none', packages: [], written: {} });
    const dangling = await recordsOf({ ...image, [`${dpkg}/status.d`]: { linkTarget: '/nowhere' } }, ['/usr/bin/tool']);
    expect(dangling).toMatchObject({ form: 'none', written: {} });
    expect(dangling.remarks).toHaveLength(1);
  });
});

test('a line of digests without end, which no pattern comes through', async () => {
  const endless = `Package: libx\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nConffiles:\n /x${` ${'a'.repeat(32)}`.repeat(40_000)} X\n`;
  const { packages } = await recordsOf({ ...image, [`${dpkg}/status`]: { body: endless } }, ['/usr/lib/x.so']);
  expect(packages).toEqual(['libx']);
});
