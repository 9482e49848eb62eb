import { expect, test } from 'vitest';
import { strangeFiles } from '../../../src/build/base/strange-files.js';
import type { AccessKind, Trace } from '../../../src/trace/trace.js';
import { treeOf } from '../../image/tree-of.js';
import { traceOf } from '../../trace/trace-of.js';

const traceOfApp = (paths: Readonly<Record<string, readonly AccessKind[]>>): Trace =>
  traceOf(Object.entries(paths).map(([path, accesses]) => ({ path, accesses, programs: ['/app'] })));

test('files that only the base has and the application used are found, by whatever name it used', () => {
  const original = treeOf({ '/etc/hosts': {}, '/usr/lib/libc.so': {}, '/lib': { linkTarget: 'usr/lib' } });
  const base = treeOf({
    ...{ '/etc/nsswitch.conf': {}, '/etc/hosts': {}, '/lib/libc.so': {}, '/lib/libx.so': {}, '/bin/sh': {} },
    ...{
      '/etc/looked-at': {},
      '/etc/written': {},
      '/etc/conf.d': { type: 'directory' },
      '/x': { linkTarget: 'bin/sh' },
    },
  });
  const trace = traceOfApp({
    ...{
      '/etc/nsswitch.conf': ['read'],
      '/etc/hosts': ['read'],
      '/lib/libc.so': ['read'],
      '/lib/../lib/libx.so': ['read'],
    },
    ...{
      '/x': ['exec'],
      '/etc/looked-at': ['stat'],
      '/etc/written': ['create', 'write'],
      '/etc/conf.d': ['list', 'read'],
    },
    '/nowhere': ['read'],
  });
  const slim = { base, entries: [...base.entries()] };
  expect(strangeFiles(trace, original, slim)).toEqual(['/bin/sh', '/etc/nsswitch.conf', '/lib/libx.so']);
  expect(strangeFiles(trace, original, { base: undefined, entries: [] })).toEqual([]);
});
