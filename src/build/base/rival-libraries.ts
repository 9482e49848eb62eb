import { type FileTree, isSharedLibraryName, type TreeEntry } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import { isLibraryDirectory, mayServeSamePrograms } from './library-directory.js';
import { BaseConflict } from './refuse-base.js';
import { findSameContents, type Twins } from './same-entry.js';
import type { Standing } from './standing.js';

/** A library of a base by a name of which the application has another one: loaders might take either. */
export interface RivalLibrary {
  /** Where the base names it. */
  readonly path: ImagePath;
  /** The file it is there. */
  readonly file: TreeEntry;
}

/** So many places has no system for one library; each would be compared with each. */
const maxPlaces = 64;

interface NamedLibrary {
  readonly path: ImagePath;
  readonly entry: TreeEntry;
}

/** Where loaders look without being told, symlinks count by what they lead to. */
export async function findRivalLibraries({ kept, files, base, original }: Standing): Promise<readonly RivalLibrary[]> {
  const own = new Map<string, NamedLibrary[]>();
  for (const library of librariesOf(kept)) {
    const name = baseName(library.path);
    const known = own.get(name);
    if (known === undefined) own.set(name, [library]);
    else if (known.length === maxPlaces)
      throw new BaseConflict(`the image has ${name} in more than ${maxPlaces} places`);
    else known.push(library);
  }
  const candidates: { readonly theirs: NamedLibrary; readonly pairs: Twins[] }[] = [];
  for (const theirs of librariesOf(base.tree)) {
    const same = (own.get(baseName(theirs.path)) ?? []).filter(({ path }) =>
      mayServeSamePrograms(parentOf(path), parentOf(theirs.path)),
    );
    const pairs = same.flatMap(({ entry }): Twins[] => {
      const file = files.get(entry.path);
      return file === undefined ? [] : [{ ours: file, theirs: theirs.entry }];
    });
    if (pairs.length > 0) candidates.push({ theirs, pairs });
  }
  const equal = await findSameContents(
    candidates.flatMap(({ pairs }) => pairs),
    original.contents,
    base.contents,
  );
  return candidates
    .filter(({ pairs }) => !pairs.some((pair) => equal.has(pair)))
    .map(({ theirs }) => ({ path: theirs.path, file: theirs.entry }));
}

function* librariesOf(tree: FileTree): Generator<NamedLibrary> {
  for (const { path, type } of tree.entries()) {
    if (type === 'directory' || !isSharedLibraryName(path) || !isLibraryDirectory(parentOf(path))) continue;
    const { entry } = tree.resolve(path);
    if (entry?.type === 'file') yield { path, entry };
  }
}
