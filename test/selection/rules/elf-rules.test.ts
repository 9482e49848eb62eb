import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { writeLdSoCache, x8664Flags } from '../ld-so-cache-writer.js';
import { selectFrom, smallImage } from '../small-image.js';

const glibc = `
  /lib64/ld-linux-x86-64.so.2 0755 elf
  /usr/lib/x86_64-linux-gnu/libc.so.6 elf interpreter=/lib64/ld-linux-x86-64.so.2
`;

describe('elf-interpreter', () => {
  it('keeps the loader that no trace sees', async () => {
    const image = smallImage(
      '/app 0755 elf interpreter=/lib/ld-any.so.1\n/lib/ld-any.so.1 -> real/ld.so\n/lib/real/ld.so elf',
    );
    const { kept, notes } = await selectFrom(image, { trace: ['exec /app'] });
    expect(kept).toEqual(['/app', '/lib/ld-any.so.1', '/lib/real/ld.so']);
    expect(notes).toEqual([{ kind: 'no-certificates' }]);
  });

  it('tells of a loader that the image lacks', async () => {
    const { notes } = await selectFrom(smallImage('/app elf interpreter=/lib/none.so.1'), { trace: ['/app'] });
    expect(notes).toContainEqual({ kind: 'interpreter-not-found', parent: '/app', interpreter: '/lib/none.so.1' });
  });
});

describe('elf-needed', () => {
  it('keeps the libraries of libraries, each behind its link', async () => {
    const image = smallImage(`${glibc}
      /app 0755 elf interpreter=/lib64/ld-linux-x86-64.so.2 needed=liba.so.1,libc.so.6
      /usr/lib/x86_64-linux-gnu/liba.so.1 -> liba.so.1.2.3
      /usr/lib/x86_64-linux-gnu/liba.so.1.2.3 elf needed=libb.so,libc.so.6
      /usr/lib/x86_64-linux-gnu/libb.so elf
      /usr/lib/x86_64-linux-gnu/libunused.so elf
    `);
    const { kept, selection } = await selectFrom(image, { trace: ['exec /app'] });
    expect(kept).toEqual([
      '/app',
      '/lib64/ld-linux-x86-64.so.2',
      '/usr/lib/x86_64-linux-gnu/liba.so.1',
      '/usr/lib/x86_64-linux-gnu/liba.so.1.2.3',
      '/usr/lib/x86_64-linux-gnu/libb.so',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
    ]);
    expect(selection.get(asImagePath('/usr/lib/x86_64-linux-gnu/libb.so'))).toEqual([
      {
        kind: 'elf-needed',
        parent: '/usr/lib/x86_64-linux-gnu/liba.so.1.2.3',
        library: 'libb.so',
        via: 'default directory',
      },
    ]);
  });

  it('libraries that need each other do not hang', async () => {
    const image = smallImage(
      '/app elf needed=liba.so\n/lib64/liba.so elf needed=libb.so\n/lib64/libb.so elf needed=liba.so',
    );
    expect((await selectFrom(image, { trace: ['/app'] })).kept).toEqual(['/app', '/lib64/liba.so', '/lib64/libb.so']);
  });

  it('finds what only the cache knows of, though nothing traced the cache', async () => {
    const cache = writeLdSoCache([{ name: 'libq.so', path: '/opt/q/libq.so', flags: x8664Flags, isCpuVariant: false }]);
    const image = smallImage('/app elf needed=libq.so\n/opt/q/libq.so elf\n/etc/ld.so.cache', {
      '/etc/ld.so.cache': cache,
    });
    const { kept } = await selectFrom(image, { trace: ['/app'] });
    expect(kept).toEqual(['/app', '/opt/q/libq.so']);
  });

  it('finds what only an include of ld.so.conf knows of, when there is no cache', async () => {
    const image = smallImage(`
      /app elf needed=libq.so
      /opt/q/libq.so elf
      /etc/ld.so.conf : # local\\ninclude ld.so.conf.d/*.conf
      /etc/ld.so.conf.d/q.conf : /opt/q
    `);
    expect((await selectFrom(image, { trace: ['/app'] })).kept).toEqual(['/app', '/opt/q/libq.so']);
  });

  it("finds a plugin's library by the RPATH of the program that loads both", async () => {
    const image = smallImage(`
      /opt/t/bin/t elf rpath=$ORIGIN/../lib needed=liba.so
      /opt/t/lib/liba.so elf needed=libb.so
      /opt/t/lib/libb.so elf
    `);
    const { kept, notes } = await selectFrom(image, { trace: ['exec /opt/t/bin/t'] });
    expect(kept).toEqual(['/opt/t/bin/t', '/opt/t/lib/liba.so', '/opt/t/lib/libb.so']);
    expect(notes).toEqual([{ kind: 'no-certificates' }]);
  });

  it("follows musl's order on Alpine, and takes its loader for libc", async () => {
    const image = smallImage(`
      /lib/ld-musl-x86_64.so.1 0755 elf
      /bin/app 0755 elf interpreter=/lib/ld-musl-x86_64.so.1 needed=libz.so.1,libc.musl-x86_64.so.1
      /usr/local/lib/libz.so.1 elf
    `);
    const { kept, notes } = await selectFrom(image, { trace: ['exec /bin/app'] });
    expect(kept).toEqual(['/bin/app', '/lib/ld-musl-x86_64.so.1', '/usr/local/lib/libz.so.1']);
    expect(notes).toEqual([{ kind: 'no-certificates' }]);
  });

  it('keeps the library of the right kind when LD_LIBRARY_PATH leads to another first', async () => {
    const image = smallImage('/app elf needed=liba.so\n/arm/liba.so elf machine=183\n/lib64/liba.so elf');
    const { kept } = await selectFrom(image, { trace: ['/app'], config: { Env: ['LD_LIBRARY_PATH=/arm'] } });
    expect(kept).toContain('/lib64/liba.so');
  });

  it('tells of a library that is nowhere', async () => {
    const { notes } = await selectFrom(smallImage('/app elf needed=libnone.so'), { trace: ['/app'] });
    expect(notes).toContainEqual({ kind: 'library-not-found', parent: '/app', library: 'libnone.so' });
  });
});

describe('cpu-variants', () => {
  it('keeps the builds for other CPUs, whichever this machine loaded', async () => {
    const image = smallImage(`
      /usr/lib/libz.so.1 elf
      /usr/lib/glibc-hwcaps/x86-64-v3/libz.so.1 elf
      /usr/lib/glibc-hwcaps/x86-64-v4/libz.so.1 elf
      /usr/lib/glibc-hwcaps/x86-64-v4/libother.so.1 elf
    `);
    const all = [
      '/usr/lib/glibc-hwcaps/x86-64-v3/libz.so.1',
      '/usr/lib/glibc-hwcaps/x86-64-v4/libz.so.1',
      '/usr/lib/libz.so.1',
    ];
    for (const traced of all) expect((await selectFrom(image, { trace: [traced] })).kept).toEqual(all);
  });
});

describe('loader-configuration', () => {
  const configuration = `
    /etc/ld.so.cache : x
    /etc/ld.so.conf : include /etc/ld.so.conf.d/*.conf
    /etc/ld.so.conf.d/a.conf : /opt/a
    /etc/ld.so.preload : /opt/preload.so
    /etc/ld-musl-x86_64.path : /lib
    /opt/preload.so elf
    /app 0755 : static
  `;

  it("keeps the loader's files with glibc's loader", async () => {
    const { kept } = await selectFrom(smallImage(configuration + glibc), { trace: ['/lib64/ld-linux-x86-64.so.2'] });
    expect(kept).toEqual([
      '/etc/ld.so.cache',
      '/etc/ld.so.conf',
      '/etc/ld.so.conf.d/a.conf',
      '/etc/ld.so.preload',
      '/lib64/ld-linux-x86-64.so.2',
      '/opt/preload.so',
    ]);
  });

  it("keeps musl's path file with musl's loader", async () => {
    const image = smallImage(`${configuration}\n/lib/ld-musl-x86_64.so.1 elf`);
    expect((await selectFrom(image, { trace: ['/lib/ld-musl-x86_64.so.1'] })).kept).toEqual([
      '/etc/ld-musl-x86_64.path',
      '/lib/ld-musl-x86_64.so.1',
    ]);
  });

  it('keeps none of it for a static program', async () => {
    expect((await selectFrom(smallImage(configuration + glibc), { trace: ['exec /app'] })).kept).toEqual(['/app']);
  });
});
