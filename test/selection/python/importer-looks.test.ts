import { expect, test } from 'vitest';
import { importerLooks } from '../../../src/selection/python/importer-looks.ts';
import type { Touched } from '../../../src/trace/trace.ts';
import { traceOf } from '../../trace/trace-of.ts';
import { smallImage } from '../small-image.ts';

const { tree } = smallImage(`
  /usr/bin/xz 0755 : elf
  /usr/bin/lzma -> xz
  /usr/bin/base64 0755 : elf
  /usr/bin/locale 0755 : elf
  /usr/bin/python3.11 0755 : elf
  /srv/app/json/
`);

const look = (path: string, more: Partial<Touched> = {}): Touched => ({
  path,
  accesses: ['stat'],
  programs: ['/usr/bin/python3.11'],
  ...more,
});
const looksOf = (...paths: readonly Touched[]): string[] => [...importerLooks(tree, traceOf(paths))];

test('a program in the directory of a script, with the name of a module that was imported', () => {
  const init = look('/usr/bin/base64/__init__.cpython-311-x86_64-linux-gnu.so');
  expect(looksOf(look('/usr/bin/base64'), init)).toEqual(['/usr/bin/base64', init.path]);
});

test('behind a link, as the kernel then names it too', () => {
  const through = look('/usr/bin/xz', { reachedThrough: ['/usr/bin/lzma'] });
  expect(looksOf(look('/usr/bin/lzma'), look('/usr/bin/lzma/__init__.py'), through)).toContain('/usr/bin/xz');
});

test.each([
  ['an application looked for it', [look('/usr/bin/base64')]],
  ['it was executed', [look('/usr/bin/base64', { accesses: ['exec', 'stat'] }), look('/usr/bin/base64/__init__.py')]],
  ['another program asked', [look('/usr/bin/base64', { programs: ['/bin/sh'] }), look('/usr/bin/base64/__init__.py')]],
  ['it is a directory', [look('/srv/app/json'), look('/srv/app/json/__init__.py')]],
])('not when %s', (_, paths) => {
  expect(looksOf(...paths)).toEqual([]);
});
