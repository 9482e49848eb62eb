import { SlimtraceError } from '../../errors.js';
import type { TreeEntry } from '../file-tree.js';
import { childOf, type ImagePath, rootPath } from '../path.js';
import { normaliseEntryName, quoteName } from './entry-name.js';
import { type DirectoryNode, type Inode, isDirectory, type Node, newDirectory, walkTo } from './layer-tree.js';
import type { IndexedMember } from './tar-index.js';
import { type Marking, markingOf } from './whiteout.js';

/** An entry of the flattened tree, and of a regular file also where its contents are. */
export interface FlattenedEntry {
  readonly entry: TreeEntry;
  readonly place: { readonly layer: number; readonly bodyOffset: number } | undefined;
}

/** A name in the tree of some layers, and what it is of. */
export interface StandingEntry {
  readonly path: ImagePath;
  readonly inode: Inode;
}

/** So many characters all paths may have together: links to deep directories multiply them. */
const maxPathCharacters = 512 * 1024 * 1024;

/** Whoever drives the work gets a turn after so many entries. */
export const entriesPerTurn = 4096;

/**
 * Applies layers on top of each other (OCI image-spec layer.md). Whiteouts act on lower layers only, wherever they
 * stand in their layer; for the rest a later entry acts on what is there by then, as engines do that unpack one entry
 * after the other (containerd, moby, umoci). Metadata only; nothing is written anywhere. Throws `archive-invalid`, which
 * names the entry, for what those refuse and for names that leave the root.
 */
export class Flattening {
  readonly #root = newDirectory(undefined);
  #layerCount = 0;

  /** Puts the next layer on top. `what` is its name in errors. Yields now and then, for others to have a turn. */
  *addLayer(members: readonly IndexedMember[], what: string): Generator<void> {
    yield* new LayerApplication(this.#root, members, { layer: this.#layerCount, what }).run();
    this.#layerCount += 1;
  }

  /**
   * What stands in the tree of the layers so far, directories left out. The same thing under several names is one object,
   * and one that a layer put there again is another.
   */
  *standing(): Generator<StandingEntry> {
    for (const { path, node } of everyNode(this.#root))
      if (node.inode !== undefined && !isDirectory(node)) yield { path, inode: node.inode };
  }

  /** Ends the work: the entries of all layers, parents before children. */
  *entries(): Generator<FlattenedEntry> {
    for (const { node } of everyNode(this.#root)) if (node.inode !== undefined) node.inode.names += 1;
    for (const { path, node } of everyNode(this.#root)) yield flattenedEntry(path, node.inode);
  }
}

const circle = 'symlinks lead round in a circle';

interface Subject {
  readonly layer: number;
  readonly what: string;
}

/** One layer on its way into the tree. */
class LayerApplication {
  readonly #root: DirectoryNode;
  readonly #members: readonly IndexedMember[];
  readonly #subject: Subject;
  readonly #names: string[] = [];
  /** What hard links lead to in lower layers that this layer hides: whiteouts come first here, wherever they stand. */
  readonly #lowerTargets = new Map<IndexedMember, Inode>();
  /** The directory of the entry before, which is mostly that of the next. */
  #last: { readonly name: string; readonly directory: DirectoryNode } | undefined;
  #ownDirectories: Set<string> | undefined;

  constructor(root: DirectoryNode, members: readonly IndexedMember[], subject: Subject) {
    this.#root = root;
    this.#members = members;
    this.#subject = subject;
  }

  *run(): Generator<void> {
    const plain: number[] = [];
    const whiteouts: { readonly member: IndexedMember; readonly marking: Marking }[] = [];
    for (const [ordinal, member] of this.#members.entries()) {
      if (ordinal % entriesPerTurn === 0) yield;
      const name = normaliseEntryName(member.name);
      if (name === undefined) throw this.#invalid(member, 'its name leads out of the image, or is no path');
      this.#names.push(name);
      const marking = markingOf(name);
      if (marking.kind === 'invalid') throw this.#invalid(member, marking.problem);
      if (marking.kind === 'plain') plain.push(ordinal);
      else whiteouts.push({ member, marking });
    }
    if (whiteouts.length > 0) this.#rememberLowerTargets();
    for (const { member, marking } of whiteouts) this.#hide(member, marking);
    for (const member of this.#lowerTargets.keys())
      if (this.#targetOf(member) !== undefined) this.#lowerTargets.delete(member);
    for (const [count, ordinal] of plain.entries()) {
      if (count % entriesPerTurn === 0) yield;
      this.#put(this.#members[ordinal] as IndexedMember, ordinal);
    }
  }

  #rememberLowerTargets(): void {
    for (const member of this.#members) {
      if (member.type !== 'hard-link') continue;
      const found = this.#targetOf(member);
      const inode = isDirectory(found) ? undefined : found?.inode;
      if (inode !== undefined) this.#lowerTargets.set(member, inode);
    }
  }

  #hide(member: IndexedMember, marking: Marking): void {
    if (marking.kind === 'opaque') this.#directoryBelow(member, marking.directory)?.children.clear();
    if (marking.kind !== 'whiteout') return;
    const { directory, base } = splitName(marking.name);
    this.#directoryBelow(member, directory)?.children.delete(base);
  }

  /**
   * A directory of lower layers. Where this layer puts a directory of its own in the place of a link, what stands in it
   * hides nothing behind that link.
   */
  #directoryBelow(member: IndexedMember, name: string): DirectoryNode | undefined {
    const mayFollow = (link: string) => {
      this.#ownDirectories ??= new Set(this.#names.filter((_, at) => this.#members[at]?.type === 'directory'));
      return !this.#ownDirectories.has(link);
    };
    const walk = walkTo(this.#root, name, { isCreating: false, mayFollow });
    if (walk.kind === 'loop') throw this.#invalid(member, circle);
    return walk.kind === 'directory' ? walk.directory : undefined;
  }

  #put(member: IndexedMember, ordinal: number): void {
    const name = this.#names[ordinal] as string;
    if (name === '') {
      this.#putRoot(member, ordinal);
      return;
    }
    const { directory: directoryName, base } = splitName(name);
    const { children } = this.#directoryOf(member, directoryName);
    const existing = children.get(base);
    if (existing !== undefined && !(isDirectory(existing) && member.type === 'directory')) this.#last = undefined;
    if (member.type === 'hard-link') {
      children.set(base, this.#link(member, existing));
      return;
    }
    const inode = this.#inodeOf(member, ordinal);
    if (member.type !== 'directory') children.set(base, { inode, children: undefined });
    else if (!isDirectory(existing)) children.set(base, newDirectory(inode));
    else existing.inode = inode;
  }

  #putRoot(member: IndexedMember, ordinal: number): void {
    if (member.type !== 'directory') throw this.#invalid(member, 'it would replace the root directory');
    this.#root.inode = this.#inodeOf(member, ordinal);
  }

  #inodeOf(member: IndexedMember, ordinal: number): Inode {
    return { member, layer: this.#subject.layer, ordinal, names: 0 };
  }

  #directoryOf(member: IndexedMember, name: string): DirectoryNode {
    if (this.#last?.name === name) return this.#last.directory;
    const walk = walkTo(this.#root, name, { isCreating: true });
    if (walk.kind === 'not-a-directory') throw this.#invalid(member, `${quoteName(walk.at)} is not a directory`);
    if (walk.kind !== 'directory') throw this.#invalid(member, circle);
    this.#last = { name, directory: walk.directory };
    return walk.directory;
  }

  /** What stood under the link's name is gone by the time it is made, as with link(2) after unlink(2). */
  #link(member: IndexedMember, existing: Node | undefined): Node {
    const found = this.#targetOf(member);
    const isItself = found !== undefined && found === existing;
    const inode = isItself ? undefined : (found?.inode ?? this.#lowerTargets.get(member));
    const target = quoteName(member.linkTarget ?? '');
    if (isDirectory(found)) throw this.#invalid(member, `it is a hard link to a directory, ${target}`);
    if (inode === undefined) throw this.#invalid(member, `it is a hard link to nothing, ${target}`);
    return { inode, children: undefined };
  }

  #targetOf(member: IndexedMember): Node | undefined {
    const name = normaliseEntryName(member.linkTarget ?? '');
    if (name === undefined)
      throw this.#invalid(member, `it is a hard link out of the image, to ${quoteName(member.linkTarget ?? '')}`);
    if (name === '') return this.#root;
    const { directory, base } = splitName(name);
    const walk = walkTo(this.#root, directory, { isCreating: false });
    return walk.kind === 'directory' ? walk.directory.children.get(base) : undefined;
  }

  #invalid(member: IndexedMember, problem: string): SlimtraceError {
    return new SlimtraceError('archive-invalid', {
      reason: `${this.#subject.what}: entry ${quoteName(member.name)}: ${problem}`,
    });
  }
}

function splitName(name: string): { readonly directory: string; readonly base: string } {
  const cut = name.lastIndexOf('/');
  return { directory: name.slice(0, Math.max(cut, 0)), base: name.slice(cut + 1) };
}

function* everyNode(root: Node): Generator<{ readonly path: ImagePath; readonly node: Node }> {
  const pending: { readonly path: ImagePath; readonly node: Node }[] = [{ path: rootPath, node: root }];
  let characters = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    characters += next.path.length;
    if (characters > maxPathCharacters)
      throw new SlimtraceError('archive-invalid', {
        reason: `its paths are too long together, at ${quoteName(next.path)}`,
      });
    yield next;
    const from = pending.length;
    for (const [name, node] of next.node.children ?? []) pending.push({ path: childOf(next.path, name), node });
    for (let left = from, right = pending.length - 1; left < right; left += 1, right -= 1)
      [pending[left], pending[right]] = [pending[right] as never, pending[left] as never];
  }
}

const supplied = { mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, mtime: { seconds: 0, nanoseconds: 0 } };

function flattenedEntry(path: ImagePath, inode: Inode | undefined): FlattenedEntry {
  if (inode === undefined) return { entry: { path, type: 'directory', ...supplied }, place: undefined };
  const { member } = inode;
  const type = member.type as TreeEntry['type']; // an inode never is a hard link
  const entry: TreeEntry = {
    path,
    type,
    mode: member.mode,
    uid: member.uid,
    gid: member.gid,
    sizeBytes: member.sizeBytes,
    mtime: member.mtime,
    ...(type === 'symlink' ? { linkTarget: member.linkTarget ?? '' } : {}),
    ...(member.device === undefined ? {} : { device: member.device }),
    ...(inode.names > 1 && type !== 'directory' ? { hardLinkId: `${inode.layer}:${inode.ordinal}` } : {}),
    ...(member.xattrs === undefined ? {} : { xattrs: member.xattrs }),
  };
  return { entry, place: type === 'file' ? { layer: inode.layer, bodyOffset: member.bodyOffset } : undefined };
}
