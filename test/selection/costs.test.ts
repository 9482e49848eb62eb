import { describe, expect, it } from 'vitest';
import { selectFrom, smallImage } from './small-image.js';

const image = smallImage(`
  /usr/bin/app 0755 elf interpreter=/lib/ld.so needed=libone.so,libtwo.so
  /lib/ld.so 0755 elf
  /lib/libone.so 0755 elf
  /lib/libtwo.so 0755 elf
  /data/file : some text
  /data/link -> file
  /etc/passwd : root:x:0:0::/root:/bin/sh
`);

describe('what a ground for keeping files costs', () => {
  it('is what would go without it, with all that hangs on that', async () => {
    const { costs } = await selectFrom(image, {
      trace: ['exec /usr/bin/app', '/lib/libone.so', '/data/link'],
      options: { include: ['/lib/libtwo.so'] },
    });
    // libtwo.so is included and needed, so neither of the two alone costs it; the loader hangs on the traced program.
    expect(Object.fromEntries(costs.map(({ ground, files }) => [ground, files]))).toEqual({
      trace: 4,
      libraries: 1,
      identity: 1,
    });
    expect(costs.find(({ ground }) => ground === 'identity')?.bytes).toBe(26);
  });

  it('of healing is what was healed', async () => {
    const healed = await selectFrom(image, { trace: ['exec /usr/bin/app'], healed: [['/data/file']] });
    expect(healed.costs).toContainEqual({ ground: 'healing', files: 1, bytes: 10 });
  });
});
