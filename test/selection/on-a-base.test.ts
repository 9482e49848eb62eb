import { expect, test } from 'vitest';
import type { Doubt } from '../../src/selection/doubt.js';
import { enumeratedDirectories } from '../../src/selection/enumerated.js';
import { missingDoubts } from '../../src/selection/missing-doubts.js';
import type { Trace } from '../../src/trace/trace.js';
import { treeOf } from '../image/tree-of.ts';

const file = {};
const original = treeOf({ '/usr/lib/app/one': file, '/usr/lib/app/two': file, '/usr/lib/app/three': file });
// The base keeps its libraries in /lib, and brings a file that nothing asked for.
const slim = treeOf({
  '/usr/lib': { type: 'symlink', linkTarget: '/lib' },
  '/lib/app/one': file,
  '/lib/app/two': file,
});

test('a name that the base brings is not missing from a listed directory', () => {
  const path = { path: '/usr/lib/app', accesses: ['list'], programs: ['/bin/app'] };
  const trace = { paths: [path] } as unknown as Trace;
  expect(enumeratedDirectories([trace], original, slim)).toEqual([
    { directory: '/usr/lib/app', programs: ['/bin/app'], names: 3, missing: ['three'] },
  ]);
});

test('a file that the base brings is not told as left out', () => {
  const leftOut = (target: string) =>
    ({ doubt: 'left-out', parent: '/bin/app', target, because: '' }) as unknown as Doubt;
  const others = [
    { doubt: 'dynamic-loader', loader: 'dlopen', parent: '/bin/app' },
    { doubt: 'conditional-import', parent: '/bin/app', module: 'x' },
  ] as unknown as Doubt[];
  const doubts = [leftOut('/usr/lib/app/two'), leftOut('/usr/lib/app/three'), ...others];
  expect(missingDoubts(doubts, slim)).toEqual(doubts.slice(1));
});
