import type { ImageTree } from './image-tree.js';

export const fileStates = ['all', 'stayed', 'went', 'added'] as const;

export interface FileQuery {
  /** Part of a path or of a package's name; with `*` or `?`, a pattern for a whole path or name. Empty: everything. */
  readonly text: string;
  /** `added`: by the base or by slimtrace. */
  readonly show: (typeof fileStates)[number];
  readonly order: 'path' | 'size';
}

/** Indexes of the entries that a query asks for. */
export function findFiles(tree: ImageTree, { text, show, order }: FileQuery): readonly number[] {
  const matches = matcherFor(text.trim().toLowerCase());
  const found: number[] = [];
  for (let at = 0; at < tree.count; at += 1) {
    if (isShown(tree, at, show) && matches(tree.pathOf(at).toLowerCase(), tree.packageOf(at).toLowerCase()))
      found.push(at);
  }
  return order === 'path' ? found : found.sort((left, right) => tree.sizeOf(right) - tree.sizeOf(left) || left - right);
}

function isShown(tree: ImageTree, at: number, show: FileQuery['show']): boolean {
  if (show === 'all') return true;
  const state = tree.stateOf(at);
  if (show === 'added') return state === 'b' || state === 'w';
  return show === 'stayed' ? state === 'k' : !tree.isIn(at);
}

function matcherFor(text: string): (path: string, owner: string) => boolean {
  if (text === '') return () => true;
  if (!/[*?]/.test(text)) return (path, owner) => path.includes(text) || owner.includes(text);
  const parts = text
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+|\?/g, (wild) => (wild === '**' ? '.*' : wild === '?' ? '[^/]' : '[^/]*'));
  const pattern = new RegExp(`${text.startsWith('/') ? '^' : '(?:^|/)'}${parts}$`);
  return (path, owner) => pattern.test(path) || pattern.test(owner);
}
