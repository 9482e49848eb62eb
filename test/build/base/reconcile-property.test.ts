import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlimtraceError } from '../../../src/errors.js';
import type { FileTree, TreeEntry } from '../../../src/image/file-tree.js';
import { treeOf } from '../../image/tree-of.js';
import { orderlyTree, wildTree } from './random-stack.js';
import { type Entries, type Restacked, readThrough, restack } from './restack.js';

const runs = Number(process.env.SLIMTRACE_RUNS ?? 150);
const timeoutMs = 20 * runs + 5000;

/** A name, and each by which a link of the tree makes it reachable: every directory link is tried in each name's place. */
function namesOf(tree: FileTree): readonly string[] {
  const links = [...tree.entries()].flatMap(({ path, type }) => {
    const target = type === 'symlink' ? tree.resolve(path).entry : undefined;
    return target?.type === 'directory' ? [{ link: path, target: target.path }] : [];
  });
  const names = new Set<string>([...tree.entries()].map(({ path }) => path));
  for (const name of [...names])
    for (const { link, target } of links)
      if (name.startsWith(`${target}/`)) names.add(link + name.slice(target.length));
  return [...names];
}

/** What is known of an entry but its own name and time. */
function describeEntry(entry: TreeEntry | undefined, body: string | undefined): unknown {
  if (entry === undefined) return 'nothing';
  const { type, mode, uid, gid } = entry;
  return { type, mode, uid, gid, body };
}

function requireOurNames(own: Entries, stacked: Restacked): void {
  const tree = treeOf(own);
  for (const name of namesOf(tree)) {
    const { entry } = tree.resolve(name);
    if (entry === undefined) continue;
    const there = stacked.tree.resolve(name).entry;
    const isFile = entry.type === 'file';
    expect(describeEntry(there, isFile ? readThrough(stacked, name) : undefined), name).toEqual(
      describeEntry(entry, isFile ? String(own[entry.path]?.body) : undefined),
    );
  }
}

/** Every path of the base is there as it was, but for those that a file or link of ours stands at, or that led there. */
function requireTheirs(base: Entries, stacked: Restacked): void {
  const tree = treeOf(base);
  const gone = new Set<string>(stacked.whiteouts);
  const ours = new Set(stacked.files.filter(({ entry }) => entry.type !== 'directory').map(({ entry }) => entry.path));
  for (const name of namesOf(tree)) {
    const { entry: before, symlinks } = tree.resolve(name);
    if (before === undefined || [before.path, ...symlinks].some((path) => gone.has(path) || ours.has(path))) continue;
    expect(stacked.tree.resolve(name).entry?.path, name).toBe(before.path);
    if (before.type === 'file') expect(readThrough(stacked, name), name).toBe(String(base[before.path]?.body));
  }
}

async function stackOrRefuse(own: Entries, base: Entries): Promise<Restacked | undefined> {
  try {
    return await restack(own, base);
  } catch (error) {
    if (error instanceof SlimtraceError && error.code === 'base-refused') return undefined;
    throw error;
  }
}

describe('every name of ours leads to the same, and every path of the base is there', () => {
  test(
    'of trees as distributions make them, and none is refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(orderlyTree, orderlyTree, async (own, base) => {
          const stacked = await restack(own, base);
          requireOurNames(own, stacked);
          requireTheirs(base, stacked);
        }),
        { numRuns: runs },
      );
    },
    timeoutMs,
  );

  test(
    'of any trees, or the base is refused',
    async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(wildTree, wildTree, async (own, base) => {
          const stacked = await stackOrRefuse(own, base);
          if (stacked === undefined) refused += 1;
          else {
            requireOurNames(own, stacked);
            requireTheirs(base, stacked);
          }
        }),
        { numRuns: runs },
      );
      expect(refused).toBeLessThan(runs * 0.7);
    },
    timeoutMs,
  );

  test(
    'no path twice, and nothing that is taken away and written',
    async () => {
      await fc.assert(
        fc.asyncProperty(wildTree, wildTree, async (own, base) => {
          const stacked = await stackOrRefuse(own, base);
          const written = stacked?.files.map(({ entry }) => entry.path) ?? [];
          expect(new Set(written).size).toBe(written.length);
          for (const path of stacked?.whiteouts ?? []) expect(written).not.toContain(path);
        }),
        { numRuns: runs },
      );
    },
    timeoutMs,
  );
});
