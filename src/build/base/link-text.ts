import type { FileTree } from '../../image/file-tree.js';
import { childOf, type ImagePath, parentOf, rootPath } from '../../image/path.js';

/** The text of a symlink at `from` that leads to `to`, from directory to directory: both must be real paths. */
export function renderRelativeLink(from: ImagePath, to: ImagePath): string {
  const [start, end] = [partsOf(parentOf(from)), partsOf(to)];
  let shared = 0;
  while (shared < start.length && shared < end.length - 1 && start[shared] === end[shared]) shared += 1;
  return [...start.slice(shared).map(() => '..'), ...end.slice(shared)].join('/');
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/**
 * A symlink's text that means the same wherever its directory, or those that it names, come to stand: without `..` behind
 * a name, and absolute when the link itself moves. The link is one of `tree`.
 */
export function renderMovedLink(path: ImagePath, text: string, isMoved: boolean, tree: FileTree): string {
  const parts = text.split('/');
  const last = parts.lastIndexOf('..');
  if (last < 0) return text;
  const isOnlyAhead = parts.slice(0, last).every((part) => part === '..');
  if (isOnlyAhead && !isMoved) return text;
  let current = text.startsWith('/') ? rootPath : parentOf(path);
  for (const part of parts.slice(0, last + 1)) {
    if (part === '..') current = parentOf(current);
    else if (part !== '' && part !== '.') {
      const next = childOf(current, part);
      current = tree.resolve(next).entry?.path ?? next;
    }
  }
  const rest = parts.slice(last + 1).filter((part) => part !== '' && part !== '.');
  return rest.length === 0 ? current : `${current === rootPath ? '' : current}/${rest.join('/')}`;
}
