import { comparePaths, FileTree, type TreeEntry } from './file-tree.js';
import { baseName, type ImagePath } from './path.js';

/** A file that is a shell by one of its names. */
export interface Shell {
  readonly path: ImagePath;
  /** Its own path, or a link to it that has a shell's name. */
  readonly name: ImagePath;
}

/** `ksh93`, `zsh-5.9`, `busybox.static` and `pwsh-preview` are those they are made of. */
const shellName = new RegExp(
  `^(?:${[
    'sh ash bash dash rbash posh yash sash oksh osh ysh mrsh csh bsd-csh tcsh',
    'ksh lksh loksh mksh pdksh rksh zsh rzsh busybox toybox toysh',
    'elvish fish murex nu oils-for-unix powershell pwsh xonsh',
  ]
    .flatMap((line) => line.split(' '))
    .join('|')})(?:-?\\d[\\d.]*)?(?:[-.](?:static|preview|lts))?$`,
);
const programDirectory = /\/s?bin\/[^/]+$|^\/busybox\//;

/**
 * Finds the shells of a tree by their usual names: files in a directory of programs, executable ones anywhere, and whatever
 * file a link of such a name leads to. Each file once, sorted by path; hard links are as many files. A shell by another
 * name isn't found.
 */
export function findShells(entries: readonly TreeEntry[]): readonly Shell[] {
  const found = new Map<ImagePath, ImagePath>();
  const links: ImagePath[] = [];
  for (const entry of entries) {
    if (!shellName.test(baseName(entry.path))) continue;
    if (entry.type === 'symlink') links.push(entry.path);
    else if (isProgram(entry.path, entry)) found.set(entry.path, entry.path);
  }
  const tree = new FileTree(links.length === 0 ? [] : entries);
  for (const link of links.sort(comparePaths)) {
    const { entry } = tree.resolve(link);
    if (entry !== undefined && !found.has(entry.path) && isProgram(link, entry)) found.set(entry.path, link);
  }
  return [...found].map(([path, name]) => ({ path, name })).sort((left, right) => comparePaths(left.path, right.path));
}

/** Bits that say it can't be run don't count where programs are: whoever runs as root may change them. */
function isProgram(name: ImagePath, { type, mode }: TreeEntry): boolean {
  return type === 'file' && (programDirectory.test(name) || (mode & 0o111) !== 0);
}
