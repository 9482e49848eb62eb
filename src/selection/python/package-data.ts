import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { baseName, type ImagePath } from '../../image/path.js';
import { initOf } from './python-files.js';

/** Files of a package that no program reads while it runs. */
const noData =
  /\.(?:pyc?|pyo|pyi|pyx|pxd|pxi|so|[chS]|cc|cpp|hpp|a|o|la|exe|dll|dylib|md|rst|map|orig|rej)$|(?:^|\/)(?:py\.typed|LICEN[CS]E[\w.]*|COPYING[\w.]*|README[\w.]*|CHANGE\w*[\w.]*|Makefile|\.[^/]+)$/;
const noDirectory = /^(?:__pycache__|tests?|testing|docs?|examples?|node_modules|include|\..*)$/;

/** How many files of a package are looked at. */
const maxFiles = 20_000;

/** A package's data files: what stands in its directory and those below that are no packages of their own, code left out. */
export function packageData(tree: FileTree, directory: ImagePath): readonly TreeEntry[] {
  const data: TreeEntry[] = [];
  const pending = [directory];
  for (let next = pending.pop(); next !== undefined && data.length < maxFiles; next = pending.pop()) {
    for (const path of tree.children(next)) {
      const entry = tree.get(path);
      if (entry?.type === 'directory') {
        if (!noDirectory.test(baseName(path)) && initOf(tree, path) === undefined) pending.push(path);
      } else if (entry !== undefined && !noData.test(path)) data.push(entry);
    }
  }
  return data;
}
