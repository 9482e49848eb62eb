import { expect, test } from 'vitest';
import { recordsOf } from './records-of.js';

const musl = `C:Q1musl=
P:musl
V:1.2.5-r0
A:x86_64
S:406000
I:650000
T:the musl c library
L:MIT
o:musl
p:so:libc.musl-x86_64.so.1=1
`;
const installed = `${musl}F:lib
M:0:0:755
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1aaaa=
R:libc.musl-x86_64.so.1
a:0:0:777
Z:Q1bbbb=
F:usr/share/musl
R:doc

C:Q1busy=
P:busybox
V:1.36
A:x86_64
F:bin
R:busybox
Z:Q1cccc=

P:.build-deps
V:0
`;
const image = {
  '/lib/apk/db/installed': { body: installed },
  '/lib/ld-musl-x86_64.so.1': {},
  '/lib/libc.musl-x86_64.so.1': { linkTarget: 'ld-musl-x86_64.so.1' },
  '/usr/share/musl/doc': {},
  '/bin/busybox': {},
};

test('packages with a kept file stay, with the lines of the kept files', async () => {
  const records = await recordsOf(image, ['/', '/lib', '/lib/ld-musl-x86_64.so.1', '/bin']);
  expect(records).toMatchObject({ form: 'apk', packages: ['musl'], remarks: [] });
  expect(records.written).toEqual({
    '/lib/apk': '/',
    '/lib/apk/db': '/',
    '/lib/apk/db/installed': `${musl}F:lib
M:0:0:755
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1aaaa=

`,
  });
});

test('what is kept whole is the same text', async () => {
  const all = ['/lib/ld-musl-x86_64.so.1', '/lib/libc.musl-x86_64.so.1', '/usr/share/musl/doc', '/bin/busybox'];
  const { written } = await recordsOf(image, all);
  expect(written['/lib/apk/db/installed']).toBe(installed.replace('P:.build-deps\nV:0\n', ''));
});

test('a database in /usr/lib, reached by /lib too', async () => {
  const { '/lib/apk/db/installed': database, ...rest } = image;
  const merged = Object.fromEntries(
    Object.entries(rest).map(([path, sketch]) => [path.replace(/^\/lib/, '/usr/lib'), sketch]),
  );
  const { written } = await recordsOf(
    { ...merged, '/usr/lib/apk/db/installed': database, '/lib': { linkTarget: 'usr/lib' } },
    ['/usr/lib/ld-musl-x86_64.so.1'],
  );
  expect(written['/lib']).toBe(' -> usr/lib');
  expect(written['/usr/lib/apk/db/installed']).toContain('P:musl\n');
});

test('a database that apk itself was seen to read stays as it is', async () => {
  const records = await recordsOf(image, ['/lib/apk/db/installed', '/bin/busybox']);
  expect(records).toMatchObject({ form: 'whole', written: {} });
  expect(records.remarks[0]).toContain('of the 3 packages it lists, 1 have files here');
});
