import type { IndexedMember } from './tar-index.js';

/** A file, directory or other thing, whatever names it has. */
export interface Inode {
  readonly member: IndexedMember;
  /** The layer that brought it, counted from the bottom. */
  readonly layer: number;
  /** Which of the layer's members it is. */
  readonly ordinal: number;
  /** Counted once the tree is complete. */
  names: number;
}

/** A name in the tree under construction. A directory without an inode was supplied because something stands in it. */
export interface Node {
  inode: Inode | undefined;
  /** Directories have them. */
  readonly children: Map<string, Node> | undefined;
}

/** Where the walk to a directory ended. */
export type Walk =
  | { readonly kind: 'directory'; readonly directory: DirectoryNode }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-a-directory'; readonly at: string }
  | { readonly kind: 'loop' };

export interface DirectoryNode extends Node {
  readonly children: Map<string, Node>;
}

/** As many links as github.com/cyphar/filepath-securejoin follows, with which umoci and containers/storage walk. */
const maxSymlinks = 255;

export function newDirectory(inode: Inode | undefined, children = new Map<string, Node>()): DirectoryNode {
  return { inode, children };
}

export function isDirectory(node: Node | undefined): node is DirectoryNode {
  return node?.children !== undefined;
}

export interface WalkOptions {
  /** Makes what is missing on the way. */
  readonly isCreating: boolean;
  /** Asked for each symlink that the name itself leads over, with the name so far: false ends the walk as `missing`. */
  readonly mayFollow?: (name: string) => boolean;
}

/** A component of the way: what has it, if anything does. */
interface Step {
  readonly name: string;
  readonly node: Node | undefined;
}

/**
 * Walks a normalised name from the root, following symlinks inside the root as engines do when they unpack
 * (github.com/cyphar/filepath-securejoin): `..` at the root stays there, and leaves even what isn't there.
 */
export function walkTo(root: DirectoryNode, name: string, options: WalkOptions): Walk {
  const pending = name.split('/').reverse();
  let ownLeft = pending.length;
  let steps: Step[] = [];
  let links = 0;
  while (pending.length > 0) {
    const isOwn = pending.length === ownLeft;
    if (isOwn) ownLeft -= 1;
    const component = pending.pop() as string;
    if (component === '' || component === '.') continue;
    if (component === '..') {
      steps.pop();
      continue;
    }
    const current = steps.length === 0 ? root : steps.at(-1)?.node;
    const node = current?.children?.get(component);
    const target = node?.inode?.member.type === 'symlink' ? (node.inode.member.linkTarget ?? '') : undefined;
    if (target === undefined) {
      steps.push({ name: component, node });
      continue;
    }
    links += 1;
    if (links > maxSymlinks) return { kind: 'loop' };
    if (isOwn && options.mayFollow?.(beginningOf(name, ownLeft)) === false) return { kind: 'missing' };
    if (target.startsWith('/')) steps = [];
    for (const part of target.split('/').reverse()) pending.push(part);
  }
  return endOf(root, steps, options.isCreating);
}

function endOf(root: DirectoryNode, steps: readonly Step[], isCreating: boolean): Walk {
  let directory = root;
  for (const [index, { name, node }] of steps.entries()) {
    if (node !== undefined && !isDirectory(node)) {
      const at = steps.slice(0, index + 1).map((step) => step.name);
      return { kind: 'not-a-directory', at: at.join('/') };
    }
    if (node === undefined && !isCreating) return { kind: 'missing' };
    const next = node ?? newDirectory(undefined);
    if (node === undefined) directory.children.set(name, next);
    directory = next;
  }
  return { kind: 'directory', directory };
}

/** A name without its last `left` components. */
function beginningOf(name: string, left: number): string {
  const components = name.split('/');
  return components.slice(0, components.length - left).join('/');
}
