import { comparePaths, type FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath } from '../../image/path.js';
import type { NameShape } from './hash-shape.js';
import { shapeOf } from './name-shape.js';

/** So many names may take one's place: of a directory with more, nobody could say which. */
const maxSuccessors = 64;

/** Ends the search in a tree that was made to last. */
const maxSteps = 4096;

/** What the names of another build of an image became in this one. */
export class Successors {
  readonly #tree: FileTree;
  readonly #shapes = new Map<ImagePath, ReadonlyMap<string, readonly Shaped[]>>();
  readonly #known = new Map<string, readonly string[]>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** Whether the tree has a path by this very name, be it a symlink that leads nowhere. */
  has(path: string): boolean {
    return (
      this.#tree.resolve(path).entry !== undefined ||
      this.#tree.resolve(path, { followLast: false }).entry !== undefined
    );
  }

  /**
   * The paths that took the place of one that is gone, sorted: each of its names is there, or another build's name of it is,
   * in the same directory. Empty when there is none. Only for paths that the tree doesn't have.
   */
  of(path: string): readonly string[] {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const found: string[] = [];
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    this.#walk('', names, found, { left: maxSteps });
    const sorted = found.sort(comparePaths);
    this.#known.set(path, sorted);
    return sorted;
  }

  /** The same name first; where it leads nowhere, the others of its shape. */
  #walk(above: string, names: readonly string[], found: string[], steps: { left: number }): void {
    const [name, ...rest] = names;
    if (name === undefined) {
      found.push(above);
      return;
    }
    if (steps.left <= 0 || found.length >= maxSuccessors) return;
    steps.left -= 1;
    const before = found.length;
    if (this.has(`${above}/${name}`)) this.#walk(`${above}/${name}`, rest, found, steps);
    if (found.length > before || name === '..') return;
    for (const sibling of this.#siblings(above, name)) this.#walk(`${above}/${sibling}`, rest, found, steps);
  }

  #siblings(directory: string, name: string): readonly string[] {
    const { entry } = this.#tree.resolve(directory === '' ? '/' : directory);
    if (entry?.type !== 'directory') return [];
    const shape = shapeOf(name, entry.path);
    if (shape === undefined) return [];
    const same = (this.#shapesIn(entry.path).get(shape.key) ?? []).filter(
      (other) => other.name !== name && (shape.isSure || other.shape.isSure),
    );
    return same.length > maxSuccessors ? [] : same.map((other) => other.name);
  }

  #shapesIn(directory: ImagePath): ReadonlyMap<string, readonly Shaped[]> {
    const known = this.#shapes.get(directory);
    if (known !== undefined) return known;
    const shapes = new Map<string, Shaped[]>();
    for (const child of this.#tree.children(directory)) {
      const name = baseName(child);
      const shape = shapeOf(name, directory);
      if (shape === undefined) continue;
      const same = shapes.get(shape.key);
      if (same === undefined) shapes.set(shape.key, [{ name, shape }]);
      else same.push({ name, shape });
    }
    this.#shapes.set(directory, shapes);
    return shapes;
  }
}

interface Shaped {
  readonly name: string;
  readonly shape: NameShape;
}
