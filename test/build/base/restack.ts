import { type Reconciled, reconcileWithBase } from '../../../src/build/base/reconcile.js';
import { type PlacedFile, placeEntry } from '../../../src/build/composition.js';
import { stackedEntries } from '../../../src/build/layers/stacked-entries.js';
import { SlimtraceError } from '../../../src/errors.js';
import { FileTree, type TreeEntry } from '../../../src/image/file-tree.js';
import { asImagePath, type ImagePath } from '../../../src/image/path.js';
import { imageOf, type Sketch } from '../../image/tree-of.js';

export type Entries = Readonly<Record<string, Sketch>>;

/** What came of putting one image's files on another. */
export interface Restacked extends Reconciled {
  /** The finished image. */
  readonly tree: FileTree;
  /** The text of one of its regular files; a path that a symlink leads through doesn't do. */
  bodyOf(path: ImagePath): string;
  /** Our own layer, as `path: what`. */
  readonly written: readonly string[];
}

/** Puts all of an image's entries on a base, or the named ones; `added` are files that were made for it. */
export async function restack(
  original: Entries,
  base: Entries,
  { paths = Object.keys(original), added = {} }: { readonly paths?: readonly string[]; readonly added?: Entries } = {},
): Promise<Restacked> {
  const [image, under] = [imageOf(original), imageOf(base)];
  const kept = paths.map((path) => placeEntry(image.tree.get(path) as TreeEntry));
  const made = [...imageOf(added).tree.entries()]
    .filter(({ path }) => path in added)
    .map((entry): PlacedFile => ({ ...placeEntry(entry), contents: Buffer.from(added[entry.path]?.body ?? '') }));
  const files = [...new Map([...kept, ...made].map((file) => [file.entry.path, file])).values()];
  const result = await reconcileWithBase(files, { ...under, name: 'the-base' }, image);
  const own = new Map(result.files.map((file) => [file.entry.path, file]));
  const bodyOf = (path: ImagePath): string => {
    const contents = own.get(path)?.contents;
    if (contents instanceof Uint8Array) return Buffer.from(contents).toString();
    return Buffer.from((contents === undefined ? base[path] : original[contents])?.body ?? '').toString();
  };
  return {
    ...result,
    tree: new FileTree(stackedEntries(under.tree.entries(), result)),
    bodyOf,
    written: result.files.map(({ entry }) => describe(entry, bodyOf)).sort(),
  };
}

function describe(entry: TreeEntry, bodyOf: (path: ImagePath) => string): string {
  if (entry.type === 'symlink') return `${entry.path} -> ${entry.linkTarget}`;
  return entry.type === 'file' ? `${entry.path}: ${bodyOf(entry.path)}` : `${entry.path}: ${entry.type}`;
}

/** Why a base was refused. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SlimtraceError) || error.code !== 'base-refused')
    throw new Error('the base was not refused', { cause: error });
  return error.details.reason ?? '';
}

/** The text a name leads to, or what else is there. */
export function readThrough({ tree, bodyOf }: Restacked, name: string): string {
  const { entry } = tree.resolve(asImagePath(name));
  if (entry === undefined) return 'nothing';
  return entry.type === 'file' ? bodyOf(entry.path) : entry.type;
}
