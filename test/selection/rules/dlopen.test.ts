import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

const directory = '/usr/lib/x86_64-linux-gnu';
const filler = 'x'.repeat(300);
const library = (name: string, words = ''): string => `${directory}/${name} elf names=${filler} ${words}`;

describe('dlopen', () => {
  it('keeps a library that a kept object names, and what that needs', async () => {
    const image = smallImage(`
      /usr/bin/app 0755 elf imports=dlopen names=liblater.so.2
      ${directory}/liblater.so.2 -> liblater.so.2.0
      ${library('liblater.so.2.0', 'needed=libdeep.so.1')}
      ${library('libdeep.so.1')}
      ${library('libother.so.1')}
    `);
    const { kept, selection } = await selectFrom(image, { trace: ['exec /usr/bin/app'] });
    expect(kept).toEqual([
      '/usr/bin/app',
      `${directory}/libdeep.so.1`,
      `${directory}/liblater.so.2`,
      `${directory}/liblater.so.2.0`,
    ]);
    expect(selection.get(asImagePath(`${directory}/liblater.so.2.0`))).toEqual([
      {
        kind: 'static',
        defence: 'dlopen',
        because: 'names liblater.so.2, which it may load while it runs',
        parent: '/usr/bin/app',
      },
    ]);
  });

  it.each([
    ['an object that can load nothing', '/usr/bin/app elf imports=puts names=liblater.so.2'],
    ['a name that is nowhere', '/usr/bin/app elf imports=dlopen names=libnowhere.so.2'],
    ['the end of a name', '/usr/bin/app elf imports=dlopen names=.abi3.so'],
  ])('%s asks for nothing', async (_, app) => {
    const image = smallImage(`${app}\n${library('liblater.so.2')}\n${library('.abi3.so')}`);
    expect((await selectFrom(image, { trace: ['exec /usr/bin/app'] })).kept).toEqual(['/usr/bin/app']);
  });

  it('a library of another kind of machine, or a linker script, is none', async () => {
    const image = smallImage(`
      /usr/bin/app elf imports=dlopen names=liblater.so.2,libc.so
      /opt/lib/liblater.so.2 elf machine=183 names=${filler}
      ${directory}/libc.so : GROUP ( libc.so.6 )
    `);
    expect((await selectFrom(image, { trace: ['exec /usr/bin/app'] })).kept).toEqual(['/usr/bin/app']);
  });

  it('a program finds its own libraries beside it', async () => {
    const image = smallImage(
      `/opt/app/app elf imports=dlopen names=libplugin.so\n/opt/app/libplugin.so elf names=${filler}`,
    );
    const { kept } = await selectFrom(image, { trace: ['exec /opt/app/app'] });
    expect(kept).toEqual(['/opt/app/app', '/opt/app/libplugin.so']);
  });

  it('tells of what is left out because it is hardly ever loaded', async () => {
    const image = smallImage(`
      ${library('libc.so.6').replace(filler, `libidn2.so.0,${filler}`)}
      ${directory}/libidn2.so.0 -> libidn2.so.0.3
      ${library('libidn2.so.0.3')}
    `);
    const { kept, doubts } = await selectFrom(image, { trace: [`read ${directory}/libc.so.6`] });
    expect(kept).toEqual([`${directory}/libc.so.6`]);
    expect(doubts).toMatchObject([
      { doubt: 'left-out', parent: `${directory}/libc.so.6`, target: `${directory}/libidn2.so.0.3` },
    ]);
  });

  it('libgcc_s is left to the pack that knows when libc loads it', async () => {
    const libc = library('libc.so.6').replace(filler, `libgcc_s.so.1,${filler}`);
    const image = `${libc}\n${library('libgcc_s.so.1')}\n/usr/bin/app elf imports=SYMBOL`;
    const trace = [`read ${directory}/libc.so.6`, 'exec /usr/bin/app'];
    const idle = await selectFrom(smallImage(image.replace('SYMBOL', 'puts')), { trace });
    expect(idle).toMatchObject({ kept: ['/usr/bin/app', `${directory}/libc.so.6`], doubts: [] });
    const { kept } = await selectFrom(smallImage(image.replace('SYMBOL', 'pthread_cancel')), { trace });
    expect(kept).toContain(`${directory}/libgcc_s.so.1`);
  });

  it('tells of an application that makes up its names, and of no distribution’s program or runtime', async () => {
    const image = smallImage(
      ['/opt/app/app', '/usr/bin/app', '/usr/local/bin/node'].map((path) => `${path} elf imports=dlopen`).join('\n'),
    );
    const { doubts } = await selectFrom(image, {
      trace: ['exec /opt/app/app', 'exec /usr/bin/app', 'exec /usr/local/bin/node'],
    });
    expect(doubts).toEqual([{ doubt: 'dynamic-loader', loader: 'dlopen', parent: '/opt/app/app' }]);
  });

  it('can be left out', async () => {
    const image = smallImage(`/usr/bin/app elf imports=dlopen names=liblater.so.2\n${library('liblater.so.2')}`);
    const options = { without: new Set(['dlopen']) };
    expect((await selectFrom(image, { trace: ['exec /usr/bin/app'], options })).kept).toEqual(['/usr/bin/app']);
  });
});
