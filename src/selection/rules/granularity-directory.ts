import type { FileTree } from '../../image/file-tree.js';
import { type ImagePath, parentOf } from '../../image/path.js';
import type { RuleContext } from '../rule.js';

/** What comes along with a file. The same company is given once: to the first file that asks. */
export interface Company {
  readonly paths: readonly ImagePath[];
  /** A clause with the file as its subject. */
  readonly because: string;
}

export const noCompany: Company = { paths: [], because: '' };

/**
 * Directories that every system shares (hier(7)): to stand in /usr/bin together says nothing of two programs. What is
 * mounted or volatile at run time is with them.
 */
const sharedDirectory = new RegExp(
  `^(?:/|${[
    '(?:/usr|/usr/local)?/(?:s?bin|etc|games|include|share|libexec|lib(?:32|64|x32)?(?:/[^/]+-linux-[^/]+)?)',
    '/(?:usr(?:/local)?|boot|home|media|mnt|opt|var(?:/(?:cache|lib|log|opt|spool))?)',
    '/(?:dev|proc|sys|tmp|run|var/(?:tmp|run))(?:/.*)?',
  ].join('|')})$`,
  's',
);

/**
 * The files and symlinks beside a file, subdirectories left alone. Where several packages share a directory, only those
 * of the file's own package; where all systems share it, and no package is known to own the file, none.
 */
export function directoryCompany({ tree, ownership }: RuleContext): (path: ImagePath) => Company {
  const ownerOf = (path: ImagePath): string | undefined =>
    ownership?.ownerOf(path) ?? ownership?.ownerOf(sourceOf(path, tree) ?? path);
  const directories = new Map<ImagePath, Neighbours>();
  const neighboursIn = (directory: ImagePath): Neighbours => {
    const known = directories.get(directory) ?? groupByOwner(directory, tree, ownerOf);
    directories.set(directory, known);
    return known;
  };
  const given = new Set<readonly ImagePath[]>();
  return (path) => {
    const owner = ownerOf(path);
    const source = sourceOf(path, tree);
    const paths: ImagePath[] = [];
    for (const directory of new Set([parentOf(path), parentOf(source ?? path)])) {
      const neighbours = neighboursIn(directory);
      const group = neighbours.isShared ? neighbours.ofOwner.get(owner ?? '') : neighbours.all;
      if (group === undefined || given.has(group)) continue;
      given.add(group);
      for (const neighbour of group) paths.push(neighbour);
    }
    return { paths, because: 'stands in the same directory' };
  };
}

interface Neighbours {
  readonly isShared: boolean;
  readonly all: readonly ImagePath[];
  readonly ofOwner: ReadonlyMap<string, readonly ImagePath[]>;
}

function groupByOwner(
  directory: ImagePath,
  tree: FileTree,
  ownerOf: (path: ImagePath) => string | undefined,
): Neighbours {
  const all = tree.children(directory).filter((path) => ['file', 'symlink'].includes(tree.get(path)?.type ?? ''));
  const ofOwner = new Map<string, ImagePath[]>();
  for (const path of all) {
    const owner = ownerOf(path);
    if (owner === undefined) continue;
    const group = ofOwner.get(owner);
    if (group === undefined) ofOwner.set(owner, [path]);
    else group.push(path);
  }
  return { isShared: sharedDirectory.test(directory) || ofOwner.size > 1, all, ofOwner };
}

/**
 * The source of a compiled Python module (PEP 3147): no package lists what is compiled when it is installed, and only the
 * compiled file is read afterwards.
 */
export function sourceOf(path: ImagePath, tree: FileTree): ImagePath | undefined {
  const [, directory, name] = /^(.*)\/__pycache__\/([^/.]+)\.[^/]*\.pyc$/s.exec(path) ?? [];
  return name === undefined ? undefined : tree.get(`${directory}/${name}.py`)?.path;
}
