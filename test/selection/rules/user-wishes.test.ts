import { describe, expect, it } from 'vitest';
import { SlimtraceError } from '../../../src/errors.js';
import type { SelectionOptions } from '../../../src/selection/rule.js';
import { selectFrom, smallImage } from '../small-image.js';

const text = `
  /bin -> usr/bin
  /usr/bin/[ 0755 : t
  /usr/bin/sh -> dash
  /usr/bin/dash 0755 elf needed=libc.so
  /usr/bin/bash 0755 : b
  /usr/lib64/libc.so elf
  /usr/share/app/a.txt : a
  /usr/share/app/b.bin : b
  /usr/share/app/deep/c.txt : c
  /usr/share/app/gone -> /var/none
`;

const select = (options: Partial<SelectionOptions>, trace: readonly string[] = []) =>
  selectFrom(smallImage(text), { trace, options: { certificates: false, ...options } });

describe('user-includes', () => {
  it.each([
    [['/usr/share/app/a.txt'], ['/usr/share/app/a.txt']],
    [['/usr/share/app/*.txt'], ['/usr/share/app/a.txt']],
    [['/usr/**/*.txt'], ['/usr/share/app/a.txt', '/usr/share/app/deep/c.txt']],
    [['{a,c}.txt'], ['/usr/share/app/a.txt', '/usr/share/app/deep/c.txt']],
    [['/usr/bin/['], ['/usr/bin/[']],
    [['/bin/bas?'], ['/bin', '/usr/bin', '/usr/bin/bash']],
    [['/bin/bash'], ['/bin', '/usr/bin/bash']],
    [['/bin/sh'], ['/bin', '/usr/bin/dash', '/usr/bin/sh', '/usr/lib64/libc.so']],
  ])('%s', async (include, expected) => {
    const { kept } = await select({ include });
    expect(kept).toEqual(expected);
  });

  it('a directory means all below it, dangling links and links to directories too', async () => {
    expect((await select({ include: ['/usr/share/app'] })).kept).toEqual([
      '/usr/share/app',
      '/usr/share/app/a.txt',
      '/usr/share/app/b.bin',
      '/usr/share/app/deep',
      '/usr/share/app/deep/c.txt',
      '/usr/share/app/gone',
    ]);
    expect((await select({ include: ['/bin'] })).kept).toContain('/usr/bin/bash');
  });

  it('tells of patterns that match nothing, and refuses those that mean too much', async () => {
    const { notes } = await select({ include: ['/none/*'], exclude: ['*.none'] });
    expect(notes).toEqual([
      { kind: 'pattern-matches-nothing', option: 'exclude', pattern: '*.none' },
      { kind: 'pattern-matches-nothing', option: 'include', pattern: '/none/*' },
    ]);
    await expect(select({ include: [`/${'{a,b}'.repeat(30)}`] })).rejects.toThrow(SlimtraceError);
  });
});

describe('exclude', () => {
  it('beats the trace and the includes, below directories too', async () => {
    const include = ['/usr/share/app'];
    const { kept, excluded } = await select({ include, exclude: ['/usr/share/app/deep', '*.bin'] }, [
      '/usr/share/app/deep/c.txt',
    ]);
    expect(kept).toEqual(['/usr/share/app', '/usr/share/app/a.txt', '/usr/share/app/gone']);
    expect([...excluded]).toEqual([
      ['/usr/share/app/b.bin', '*.bin'],
      ['/usr/share/app/deep', '/usr/share/app/deep'],
      ['/usr/share/app/deep/c.txt', '/usr/share/app/deep'],
    ]);
  });

  it('goes through directory links as the user names them', async () => {
    const { kept } = await select({ exclude: ['/bin/dash'] }, ['/bin/dash', '/bin/bash']);
    expect(kept).toEqual(['/bin', '/usr/bin/bash']);
  });

  it('tells what it breaks', async () => {
    const { kept, notes } = await select({ exclude: ['/usr/lib64/libc.so'] }, ['exec /bin/sh']);
    expect(kept).not.toContain('/usr/lib64/libc.so');
    expect(notes).toEqual([
      { kind: 'exclude-breaks', path: '/usr/lib64/libc.so', pattern: '/usr/lib64/libc.so', parent: '/usr/bin/dash' },
    ]);
  });

  it('never fetches what it leaves out', async () => {
    const image = smallImage(text);
    await selectFrom(image, { trace: ['/usr/bin/bash'], options: { exclude: ['bash'] } });
    expect(image.trips.flat()).not.toContain('/usr/bin/bash');
  });
});

describe('include-shell', () => {
  it("keeps /bin/sh with its links, and the image's own shell", async () => {
    expect((await select({ includeShell: true })).kept).toEqual([
      '/bin',
      '/usr/bin/dash',
      '/usr/bin/sh',
      '/usr/lib64/libc.so',
    ]);
    const own = await selectFrom(smallImage(text), {
      config: { Shell: ['/bin/bash', '-c'] },
      options: { includeShell: true },
    });
    expect(own.kept).toContain('/usr/bin/bash');
  });

  it('says so when there is none', async () => {
    const { notes } = await selectFrom(smallImage('/a'), { options: { includeShell: true, certificates: false } });
    expect(notes).toEqual([{ kind: 'no-shell', shell: '/bin/sh' }]);
  });
});
