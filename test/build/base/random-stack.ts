import fc from 'fast-check';
import { FileTree } from '../../../src/image/file-tree.js';
import { entryOf, type Sketch } from '../../image/tree-of.js';
import type { Entries } from './restack.js';

const directories = [
  '/bin',
  '/lib',
  '/lib/t',
  '/lib/t/d',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/lib/t',
  '/usr/lib/t/d',
  '/etc',
  '/app',
];
const names = ['a', 'b', 'c', 'd', 't'];

const body = fc.constantFrom('1', '2');
const file = fc.record({ body, mode: fc.constantFrom(0o644, 0o755), uid: fc.constantFrom(0, 9) });
const target = fc.constantFrom(
  'a',
  'b',
  '../a',
  '../../usr/lib/t/a',
  '/lib/t/b',
  '/usr/bin',
  '../d',
  'd',
  '/lib',
  '../lib/t/../../etc/a',
);
const sketch: fc.Arbitrary<Sketch> = fc.oneof(
  { weight: 5, arbitrary: file },
  { weight: 2, arbitrary: target.map((linkTarget): Sketch => ({ linkTarget })) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('directory' as const), mode: fc.constantFrom(0o755, 0o700) }) },
);
const paths = fc
  .tuple(fc.constantFrom(...directories), fc.constantFrom(...names))
  .map(([directory, name]) => `${directory}/${name}`);
const merges: Entries = {
  '/usr/bin': { type: 'directory' },
  '/usr/lib': { type: 'directory' },
  '/bin': { linkTarget: 'usr/bin' },
  '/lib': { linkTarget: 'usr/lib' },
};

/** A tree, merged or not, whose entries may be in each other's way: those are left out. */
export const wildTree: fc.Arbitrary<Entries> = fc
  .record({ isMerged: fc.boolean(), entries: fc.array(fc.tuple(paths, sketch), { maxLength: 14 }) })
  .map(({ isMerged, entries }) => standing([...(isMerged ? Object.entries(merges) : []), ...entries]));

/** A tree as distributions make them: files in usual places, and links beside what they lead to. */
export const orderlyTree: fc.Arbitrary<Entries> = fc
  .record({
    isMerged: fc.boolean(),
    files: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('/bin', '/lib/t', '/lib/t/d', '/usr/bin', '/usr/lib/t', '/usr/lib/t/d', '/etc'),
        fc.constantFrom('a', 'b', 'c'),
        file,
      ),
      {
        selector: ([directory, name]) => `${directory.replace(/^\/usr/, '')}/${name}`,
        maxLength: 12,
      },
    ),
    links: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
  })
  .map(({ isMerged, files, links }) => {
    const place = (directory: string) => (isMerged ? directory.replace(/^\/(bin|lib)/, '/usr/$1') : directory);
    return standing([
      ...(isMerged ? Object.entries(merges) : []),
      ...files.map(([directory, name, what]): [string, Sketch] => [`${place(directory)}/${name}`, what]),
      ...links.map((name): [string, Sketch] => [`${place('/lib/t')}/${name}.so`, { linkTarget: name }]),
    ]);
  });

/** Those that can stand together: nothing is below a file or link, no path twice; parents are there. */
function standing(entries: readonly (readonly [string, Sketch])[]): Entries {
  const kept = new Map<string, Sketch>();
  for (const [path, what] of entries) {
    const above = path
      .split('/')
      .slice(1, -1)
      .map((_, at, parts) => `/${parts.slice(0, at + 1).join('/')}`);
    const isBlocked = above.some((place) => kept.has(place) && kept.get(place)?.type !== 'directory');
    if (kept.has(path) || isBlocked) continue;
    for (const place of above) if (!kept.has(place)) kept.set(place, { type: 'directory' });
    kept.set(path, what);
  }
  const tree = new FileTree([...kept].map(([path, what]) => entryOf(path, what)));
  return Object.fromEntries([...kept].filter(([path]) => tree.has(path)));
}
