import { describe, expect, test } from 'vitest';
import type { Sketch } from '../../image/tree-of.js';
import { type Entries, readThrough, refusal, restack } from './restack.js';

const tuple = 'x86_64-linux-gnu';
const sum = (character: string) => character.repeat(32);

/** A package as distroless images record it. */
function recorded(name: string, version: string, files: Entries): Entries {
  const lines = Object.keys(files).map((path) => `${sum('a')}  ${path.slice(1)}\n`);
  return {
    [`/var/lib/dpkg/status.d/${name}`]: { body: `Package: ${name}\nVersion: ${version}\n` },
    [`/var/lib/dpkg/status.d/${name}.md5sums`]: { body: lines.join('') },
    ...files,
  };
}

/** A package as dpkg records it. */
function installed(packages: Readonly<Record<string, readonly [string, Entries]>>): Entries {
  const stanzas = Object.entries(packages).map(
    ([name, [version]]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`,
  );
  const lists = Object.entries(packages).map(([name, [, files]]): [string, Sketch] => [
    `/var/lib/dpkg/info/${name}:amd64.list`,
    { body: `/.\n${Object.keys(files).join('\n')}\n` },
  ]);
  return Object.assign(
    { '/var/lib/dpkg/status': { body: stanzas.join('\n') }, ...Object.fromEntries(lists) },
    ...Object.values(packages).map(([, files]) => files),
  );
}

const ssl: Entries = {
  [`/usr/lib/${tuple}/libssl.so.3`]: { body: 'ssl new' },
  [`/usr/lib/${tuple}/libcrypto.so.3`]: { body: 'crypto new' },
};
const oldSsl: Entries = {
  [`/usr/lib/${tuple}/libssl.so.3`]: { body: 'ssl old' },
  [`/usr/lib/${tuple}/libcrypto.so.3`]: { body: 'crypto old' },
  [`/usr/lib/${tuple}/engines-3/padlock.so`]: { body: 'padlock old' },
  '/usr/share/doc/libssl3/copyright': { body: 'the same' },
};
const [sslPath] = Object.keys(ssl) as [string];

describe('packages are never mixed', () => {
  const original = installed({ libssl3: ['3.0.15', ssl] });

  test('of another version in the base, all of it goes, its record and its links too', async () => {
    const base = {
      ...recorded('libssl3', '3.0.11', oldSsl),
      ...recorded('libssl3-extra', '1', { '/usr/share/extra': { body: 'x' } }),
      '/usr/lib/libssl.so': { linkTarget: sslPath },
      '/usr/lib/libpadlock.so': { linkTarget: `${tuple}/engines-3/padlock.so` },
    };
    const stacked = await restack(original, base, { paths: [sslPath] });
    expect([...stacked.whiteouts].sort()).toEqual([
      '/usr/lib/libpadlock.so',
      '/usr/lib/libssl.so',
      `/usr/lib/${tuple}/engines-3/padlock.so`,
      `/usr/lib/${tuple}/libcrypto.so.3`,
      '/usr/share/doc/libssl3/copyright',
      '/var/lib/dpkg/status.d/libssl3',
      '/var/lib/dpkg/status.d/libssl3.md5sums',
    ]);
    expect(readThrough(stacked, sslPath)).toBe('ssl new');
    expect(stacked.tree.has('/var/lib/dpkg/status.d/libssl3-extra')).toBe(true);
    expect(stacked.remarks).toEqual([
      'the application’s own take the place of these packages of the base: libssl3 (3.0.15, not 3.0.11)',
    ]);
  });

  test('of the same version they are one: what is the same is shared, and both sums are recorded', async () => {
    const base = recorded('libssl3', '3.0.15', { ...ssl, '/usr/share/doc/libssl3/copyright': { body: 'c' } });
    const added: Entries = {
      '/var/lib/dpkg/status.d/libssl3': { body: 'Package: libssl3\nVersion: 3.0.15\nStatus: install ok installed\n' },
      '/var/lib/dpkg/status.d/libssl3.md5sums': {
        body: `${sum('a')}  ${sslPath.slice(1)}\n${sum('b')}  usr/bin/c_rehash\n`,
      },
    };
    const stacked = await restack(original, base, { paths: [sslPath], added });
    expect(stacked.whiteouts).toEqual([]);
    expect(stacked.shared.bytes).toBe('ssl new'.length);
    expect(readThrough(stacked, '/var/lib/dpkg/status.d/libssl3')).not.toContain('Status');
    expect(readThrough(stacked, '/var/lib/dpkg/status.d/libssl3.md5sums').split('\n')).toEqual([
      `${sum('a')}  usr/lib/${tuple}/libssl.so.3`,
      `${sum('a')}  usr/lib/${tuple}/libcrypto.so.3`,
      `${sum('a')}  usr/share/doc/libssl3/copyright`,
      `${sum('b')}  usr/bin/c_rehash`,
      '',
    ]);
  });

  test('a library under another package’s name is that package’s end: not one file of each', async () => {
    const renamed = installed({ libssl3t64: ['3.5', ssl] });
    const stacked = await restack(renamed, recorded('libssl3', '3.0.11', oldSsl), { paths: [sslPath] });
    expect(readThrough(stacked, `/usr/lib/${tuple}/libcrypto.so.3`)).toBe('nothing');
    expect(stacked.tree.has('/var/lib/dpkg/status.d/libssl3')).toBe(false);
  });

  test('an older library where loaders look first would be taken: it goes', async () => {
    const base = {
      [`/lib/${tuple}/libssl.so.3`]: { body: 'ssl old' },
      '/lib/i386-linux-gnu/libssl.so.3': { body: 'x' },
    };
    const stacked = await restack(original, base, { paths: [sslPath] });
    expect(stacked.whiteouts).toEqual([`/lib/${tuple}/libssl.so.3`]);
    expect(stacked.remarks).toEqual([
      'the application’s own take the place of these libraries of the base: libssl.so.3',
    ]);
  });

  test('a base that has dpkg’s status loses the stanza, and needs no second record', async () => {
    const base = installed({
      libssl3: ['3.0.11', oldSsl],
      libc6: ['2.36', {}],
      tzdata: ['1', { '/etc/tz': { body: 't' } }],
    });
    const record = (name: string, version: string): Entries => ({
      [`/var/lib/dpkg/status.d/${name}`]: { body: `Package: ${name}\nVersion: ${version}\n` },
    });
    const both = installed({ libssl3: ['3.0.15', ssl], tzdata: ['1', { '/etc/tz': { body: 't' } }] });
    const stacked = await restack(both, base, {
      paths: [sslPath, '/etc/tz'],
      added: { ...record('libssl3', '3.0.15'), ...record('tzdata', '1') },
    });
    const status = readThrough(stacked, '/var/lib/dpkg/status');
    expect(status.match(/^Package: .*/gm)).toEqual(['Package: libc6', 'Package: tzdata']);
    expect(stacked.tree.has('/var/lib/dpkg/status.d/libssl3')).toBe(true);
    expect(stacked.tree.has('/var/lib/dpkg/status.d/tzdata')).toBe(false);
    expect(stacked.tree.has('/var/lib/dpkg/info/libssl3:amd64.list')).toBe(false);
    expect(stacked.tree.has('/var/lib/dpkg/info/tzdata:amd64.list')).toBe(true);
  });

  test('apk’s database is one of both', async () => {
    const database = '/lib/apk/db/installed';
    const block = (name: string, version: string, file: string) => `P:${name}\nV:${version}\nF:usr/lib\nR:${file}\n\n`;
    const own: Entries = {
      [database]: { body: block('musl', '1', 'a') + block('zlib', '2', 'z.so') + block('app', '1', 'app') },
      '/usr/lib/a': { body: 'a' },
      '/usr/lib/z.so': { body: 'new' },
      '/usr/lib/app': { body: 'app' },
    };
    const base: Entries = {
      [database]: { body: block('musl', '1', 'b') + block('zlib', '1', 'z.so') + block('base', '1', 'base') },
      '/usr/lib/b': { body: 'b' },
      '/usr/lib/z.so': { body: 'old' },
      '/usr/lib/base': { body: 'base' },
    };
    const stacked = await restack(own, base);
    expect(readThrough(stacked, database)).toBe(
      `P:musl\nV:1\nF:usr/lib\nR:b\nR:a\n\n${block('base', '1', 'base')}${block('zlib', '2', 'z.so')}${block('app', '1', 'app')}`,
    );
  });
});

describe('whose system it is', () => {
  const release = (id: string, version: string): Entries => ({
    '/etc/os-release': { body: `ID=${id}\nVERSION_ID="${version}"\n` },
  });
  const program: Entries = { '/usr/bin/tool': { body: 'tool', mode: 0o755 } };
  const base = { ...release('debian', '12'), ...recorded('tzdata', '1', { '/usr/share/zoneinfo/UTC': { body: 'u' } }) };

  test('another distribution’s programs are refused', async () => {
    const own = { ...release('ubuntu', '24.04'), ...installed({ tool: ['1', program] }) };
    expect(await refusal(restack(own, base))).toBe('its packages are debian’s, and those of the image are ubuntu’s');
  });

  test('a program of one’s own stands anywhere, and another release is told', async () => {
    const own = { ...release('alpine', '3.20'), '/server': { body: 'server', mode: 0o755 } };
    const { remarks } = await restack(own, base);
    expect(remarks).toEqual(['the base’s packages are of debian 12, and scanners take them for those of alpine 3.20']);
    const { remarks: none } = await restack({ '/server': { body: 'server', mode: 0o755 } }, base);
    expect(none).toEqual([]);
  });
});

describe('the loader’s configuration', () => {
  const loader: Entries = { [`/lib/${tuple}/libc.so.6`]: { body: 'libc' } };
  const base = { ...loader, '/etc/ld.so.cache': { body: 'base' }, '/etc/ld.so.preload': { body: '/lib/hook.so' } };

  test('the base’s cache and preloaded libraries are not the application’s', async () => {
    expect([...(await restack(loader, base)).whiteouts].sort()).toEqual(['/etc/ld.so.cache', '/etc/ld.so.preload']);
    const kept = await restack({ ...loader, '/etc/ld.so.cache': { body: 'ours' } }, base);
    expect(kept.whiteouts).toEqual(['/etc/ld.so.preload']);
    expect(readThrough(kept, '/etc/ld.so.cache')).toBe('ours');
  });

  test('what has no loader leaves them alone', async () => {
    expect((await restack({ '/server': { body: 'static' } }, base)).whiteouts).toEqual([]);
  });
});
