import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

const etc = `
  /etc/passwd : root:x:0:0:root:/root:/bin/sh\\napp:x:1000:1000:App #1:/home/app:/bin/sh
  /etc/group : root:x:0:
  /etc/shadow : secret
  /etc/nsswitch.conf : # names\\npasswd: files [NOTFOUND=return] systemd\\nhosts: files dns
  /root/ 0700
  /home/app/file : x
`;
const glibc = `
  /lib/x86_64-linux-gnu/libc.so.6 elf
  /lib/x86_64-linux-gnu/libnss_files.so.2 elf
  /lib/x86_64-linux-gnu/libnss_systemd.so.2 elf needed=libcap.so.2
  /lib/x86_64-linux-gnu/libnss_hesiod.so.2 elf
  /lib/x86_64-linux-gnu/libcap.so.2 elf
  /usr/lib/x86_64-linux-gnu/libnss_dns.so.2 elf
`;

describe('identity', () => {
  it('keeps users, groups and name services, never passwords', async () => {
    const { kept } = await selectFrom(smallImage(etc));
    expect(kept).toEqual(['/etc/group', '/etc/nsswitch.conf', '/etc/passwd', '/root']);
  });

  it("keeps the home of the image's user by name or number, and nothing in it", async () => {
    for (const User of ['app', '1000:1000', 'app:root']) {
      const { kept } = await selectFrom(smallImage(etc), { config: { User } });
      expect(kept).toContain('/home/app');
      expect(kept).not.toContain('/home/app/file');
    }
  });
});

describe('name-service', () => {
  it('keeps the modules nsswitch.conf names with glibc, and their libraries', async () => {
    const { kept, selection } = await selectFrom(smallImage(etc + glibc), {
      trace: ['/lib/x86_64-linux-gnu/libc.so.6'],
    });
    expect(kept.filter((path) => path.includes('lib'))).toEqual([
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib/x86_64-linux-gnu/libcap.so.2',
      '/lib/x86_64-linux-gnu/libnss_files.so.2',
      '/lib/x86_64-linux-gnu/libnss_systemd.so.2',
      '/usr/lib/x86_64-linux-gnu/libnss_dns.so.2',
    ]);
    expect(selection.get(asImagePath('/lib/x86_64-linux-gnu/libnss_files.so.2'))).toEqual([
      { kind: 'identity', what: 'name service files', parent: '/etc/nsswitch.conf' },
    ]);
  });

  it('leaves out the empty modules of a glibc that has them built in', async () => {
    const newer = glibc.replace('libc.so.6 elf', 'libc.so.6 elf names=_nss_files_getpwnam_r,libnss_files.so.2');
    const { kept } = await selectFrom(smallImage(etc + newer), { trace: ['/lib/x86_64-linux-gnu/libc.so.6'] });
    expect(kept.filter((path) => path.includes('nss_'))).toEqual([
      '/lib/x86_64-linux-gnu/libnss_systemd.so.2',
      '/usr/lib/x86_64-linux-gnu/libnss_dns.so.2',
    ]);
  });

  it('keeps files and dns where nothing is configured, and nothing without glibc', async () => {
    const { kept } = await selectFrom(smallImage(glibc), { trace: ['/lib/x86_64-linux-gnu/libc.so.6'] });
    expect(kept.filter((path) => path.includes('nss'))).toEqual([
      '/lib/x86_64-linux-gnu/libnss_files.so.2',
      '/usr/lib/x86_64-linux-gnu/libnss_dns.so.2',
    ]);
    expect((await selectFrom(smallImage(etc + glibc))).kept.filter((path) => path.includes('lib'))).toEqual([]);
  });
});
