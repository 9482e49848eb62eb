import { describe, expect, test } from 'vitest';
import { readInventory } from '../../../src/image/inventory/read-inventory.js';
import { readPackages } from '../../../src/image/packages.js';
import { writeHeader } from '../rpm/header-writer.js';
import { writeSqlite } from '../rpm/sqlite-writer.js';
import { imageOf, type Sketch } from '../tree-of.js';

async function inventoryOf(entries: Readonly<Record<string, Sketch>>) {
  const { tree, contents } = imageOf(entries);
  return await readInventory(tree, contents, await readPackages(tree, contents));
}

const osRelease = { body: 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME=\'Debian 12\'\n' };
const json = (value: object): Sketch => ({ body: JSON.stringify(value) });

describe('readInventory', () => {
  test('dpkg: versions whole, the source where it is another, what was removed left out', async () => {
    const { distribution, packages } = await inventoryOf({
      '/etc/os-release': { linkTarget: '../usr/lib/os-release' },
      '/usr/lib/os-release': osRelease,
      '/var/lib/dpkg/status': {
        body: `Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.36-9)
Version: 2.36-9+b1

Package: attr
Status: install ok installed
Architecture: amd64
Version: 1:2.5.1-4

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`,
      },
      '/var/lib/dpkg/info/libc6:amd64.list': { body: '/.\n/lib\n/lib/libc.so.6\n' },
      '/var/lib/dpkg/info/attr.list': { body: '/usr/bin/attr\n' },
      '/var/lib/dpkg/info/gone.list': { body: '/etc/gone\n' },
      '/lib/libc.so.6': {},
      '/usr/bin/attr': {},
    });
    expect(distribution).toEqual({ id: 'debian', versionId: '12', prettyName: 'Debian 12' });
    expect(packages.map(({ purl, version, files }) => [purl, version, files])).toEqual([
      ['pkg:deb/debian/attr@1:2.5.1-4?arch=amd64&distro=debian-12', '1:2.5.1-4', ['/usr/bin/attr']],
      [
        'pkg:deb/debian/libc6@2.36-9%2Bb1?arch=amd64&distro=debian-12&upstream=glibc%402.36-9',
        '2.36-9+b1',
        ['/lib/libc.so.6'],
      ],
    ]);
  });

  test('dpkg, one package for two architectures: each has its own files', async () => {
    const stanza = (architecture: string) =>
      `Package: zlib1g\nStatus: install ok installed\nArchitecture: ${architecture}\nMulti-Arch: same\nVersion: 1\n\n`;
    const { packages } = await inventoryOf({
      '/var/lib/dpkg/status': { body: stanza('amd64') + stanza('i386') },
      '/var/lib/dpkg/info/zlib1g:amd64.list': { body: '/lib/x86_64/libz.so\n' },
      '/var/lib/dpkg/info/zlib1g:i386.list': { body: '/lib/i386/libz.so\n' },
      '/lib/x86_64/libz.so': {},
      '/lib/i386/libz.so': {},
    });
    expect(packages.map(({ architecture, files }) => [architecture, files])).toEqual([
      ['amd64', ['/lib/x86_64/libz.so']],
      ['i386', ['/lib/i386/libz.so']],
    ]);
  });

  test('apk: licence, architecture and origin', async () => {
    const { packages } = await inventoryOf({
      '/etc/os-release': { body: 'ID=alpine\nVERSION_ID=3.20.1\n' },
      '/lib/apk/db/installed': {
        body: 'C:Q1\nP:ssl_client\nV:1.36.1-r2\nA:x86_64\nL:GPL-2.0-only\no:busybox\nF:usr/bin\nR:ssl_client\n\n',
      },
      '/usr/bin/ssl_client': {},
    });
    expect(packages).toMatchObject([
      {
        purl: 'pkg:apk/alpine/ssl_client@1.36.1-r2?arch=x86_64&distro=alpine-3.20.1&upstream=busybox',
        licenses: ['GPL-2.0-only'],
        files: ['/usr/bin/ssl_client'],
      },
    ]);
  });

  test('rpm: epoch and release', async () => {
    const header = writeHeader('openssl-libs', ['/usr/lib64/'], [[0, 'libssl.so.3']], {
      1001: '3.0.7',
      1002: '27.el9',
      1003: 1,
      1014: 'Apache-2.0',
      1022: 'x86_64',
      1044: 'openssl-3.0.7-27.el9.src.rpm',
    });
    const { packages } = await inventoryOf({
      '/etc/os-release': { body: 'ID="rocky"\nVERSION_ID="9.4"\n' },
      '/var/lib/rpm/rpmdb.sqlite': { body: writeSqlite([header]) },
      '/usr/lib64/libssl.so.3': {},
    });
    expect(packages).toMatchObject([
      {
        version: '1:3.0.7-27.el9',
        purl: 'pkg:rpm/rocky/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rocky-9.4&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm',
        source: { name: 'openssl', version: '3.0.7-27.el9' },
        files: ['/usr/lib64/libssl.so.3'],
      },
    ]);
  });

  test('npm: nested packages are their own, a package in two places has the files of both', async () => {
    const { packages } = await inventoryOf({
      '/app/package.json': json({ name: 'app', version: '1.0.0' }),
      '/app/node_modules/@s/a/package.json': json({ name: '@s/a', version: '1.2.3', license: 'MIT' }),
      '/app/node_modules/@s/a/lib/index.js': {},
      '/app/node_modules/@s/a/esm/package.json': json({ type: 'module' }),
      '/app/node_modules/@s/a/node_modules/b/package.json': json({ name: 'b', version: '2.0.0' }),
      '/srv/node_modules/b/package.json': json({ name: 'b', version: '2.0.0', licenses: [{ type: 'ISC' }] }),
      '/app/node_modules/.bin/a': { linkTarget: '../@s/a/lib/index.js' },
      '/app/node_modules/broken/package.json': { body: '{' },
    });
    expect(packages.map(({ purl, files }) => [purl, files])).toEqual([
      [
        'pkg:npm/%40s/a@1.2.3',
        [
          '/app/node_modules/@s/a/esm/package.json',
          '/app/node_modules/@s/a/lib/index.js',
          '/app/node_modules/@s/a/package.json',
        ],
      ],
      ['pkg:npm/b@2.0.0', ['/app/node_modules/@s/a/node_modules/b/package.json', '/srv/node_modules/b/package.json']],
    ]);
  });

  test('Python, Ruby and PHP', async () => {
    const site = '/usr/local/lib/python3.11/site-packages';
    const { packages } = await inventoryOf({
      [`${site}/Foo_Bar-1.0.dist-info/METADATA`]: {
        body: 'Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.0\nLicense-Expression: MIT\n\nName: other\n',
      },
      [`${site}/Foo_Bar-1.0.dist-info/RECORD`]: {
        body: 'foo/__init__.py,sha256=x,1\n"foo/a,b.py",,\n../../../bin/foo,,\nFoo_Bar-1.0.dist-info/METADATA,,\n',
      },
      [`${site}/foo/__init__.py`]: {},
      [`${site}/foo/a,b.py`]: {},
      [`${site}/foo/written-later.py`]: {},
      '/usr/local/bin/foo': {},
      '/var/lib/gems/3.1.0/specifications/rack-2.2.6.gemspec': {
        body: '# -*- encoding: utf-8 -*-\nGem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.2.6"\n  s.licenses = ["MIT".freeze]\nend\n',
      },
      '/var/lib/gems/3.1.0/gems/rack-2.2.6/lib/rack.rb': {},
      '/app/vendor/composer/installed.json': json({
        packages: [{ name: 'Psr/Log', version: '3.0.0', license: ['MIT'], 'install-path': '../psr/log' }],
      }),
      '/app/vendor/psr/log/src/Logger.php': {},
    });
    expect(packages.map(({ purl, licenses, files }) => [purl, licenses, files?.length])).toEqual([
      ['pkg:composer/psr/log@3.0.0', ['MIT'], 1],
      ['pkg:gem/rack@2.2.6', ['MIT'], 2],
      ['pkg:pypi/foo-bar@1.0', ['MIT'], 5],
    ]);
  });

  test('what a distribution’s package brought is that package’s', async () => {
    const { packages } = await inventoryOf({
      '/var/lib/dpkg/status': { body: 'Package: node-ms\nStatus: install ok installed\nVersion: 2.1.3-2\n' },
      '/var/lib/dpkg/info/node-ms.list': { body: '/usr/share/node_modules/ms/package.json\n' },
      '/usr/share/node_modules/ms/package.json': json({ name: 'ms', version: '2.1.3' }),
    });
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:deb/debian/node-ms@2.1.3-2']);
  });

  test('hostile manifests: names that climb or break lines name nothing, and nothing is thrown', async () => {
    const { packages } = await inventoryOf({
      '/a/node_modules/ok/package.json': json({ name: '../../etc\nx', version: '1\u001b[31m' }),
      '/a/node_modules/list/package.json': { body: '[1]' },
      '/s/x.dist-info/METADATA': { body: 'Name: x\nVersion: 1\n' },
      '/s/x.dist-info/RECORD': { body: '../../../../../etc/passwd,,\n/etc/passwd,,\n,,\n\u0000\n' },
      '/etc/passwd': {},
      '/a/composer/installed.json': json({ packages: [null, 7, { name: '../x' }, { name: 'a/b', 'install-path': 7 }] }),
      '/g/specifications/.gemspec': { body: '' },
      '/g/specifications/x-1.gemspec': { body: '\n'.repeat(1_000_000) },
      '/g/specifications/y-1.gemspec': { body: 's.licenses = [\n'.repeat(100_000) },
      '/lib/dpkg.egg-info': { body: 'x'.repeat(100_000) },
    });
    expect(packages.map(({ purl, version }) => [purl, version])).toEqual([
      ['pkg:composer/a/b', ''],
      ['pkg:gem/x@1', '1'],
      ['pkg:gem/y@1', '1'],
      ['pkg:npm/ok', ''],
      ['pkg:pypi/x@1', '1'],
    ]);
  });

  test('thousands of packages, and one hundreds of times in itself', async () => {
    const entries: Record<string, Sketch> = {};
    for (let at = 0; at < 3000; at += 1)
      entries[`/app/node_modules/p${at}/package.json`] = json({ name: `p${at}`, version: '1.0.0' });
    let path = '/deep';
    for (let at = 0; at < 200; at += 1) {
      path += '/node_modules/same';
      entries[`${path}/package.json`] = json({ name: 'same', version: '1.0.0' });
    }
    const { packages } = await inventoryOf(entries);
    expect(packages).toHaveLength(3001);
    expect(packages.at(-1)?.files).toHaveLength(200);
  });
});
