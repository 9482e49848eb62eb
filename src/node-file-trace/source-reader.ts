import type { FileTree } from '../image/file-tree.js';
import type { ContentSource } from '../image/image.js';
import type { ImagePath } from '../image/path.js';
import { mayBeSource, packageSources } from './prefetch.js';

/** In all: more than the sources of any application, and little enough to hold. */
const maxFiles = 50_000;
const maxBytes = 128 * 1024 * 1024;

type Give = (path: ImagePath, bytes: Uint8Array | undefined) => void;

/** Reads sources of an image in few trips, and no more than is good. */
export class SourceReader {
  readonly #tree: FileTree;
  readonly #source: ContentSource;
  readonly #fetched = new Set<ImagePath>();
  #sizeBytes = 0;
  readonly #wanted = new Set<ImagePath>();
  #trip = Promise.resolve();

  constructor(tree: FileTree, source: ContentSource) {
    this.#tree = tree;
    this.#source = source;
  }

  /** The contents of as many as may be had, in one trip. */
  async readMany(paths: Iterable<ImagePath>): Promise<readonly (readonly [ImagePath, Uint8Array])[]> {
    const taken = [...this.#take(paths)];
    if (taken.length > 0) await this.#source.fetch(taken);
    return taken.map((path) => [path, this.#read(path)] as const);
  }

  /**
   * Gives a file's contents, undefined when it may not be had, and unasked those of other files of its package. What is
   * wanted at the same time comes in one trip; `fail` is told when that fails.
   */
  want(path: ImagePath, give: Give, fail: (error: unknown) => void): void {
    if (this.#wanted.size === 0) setImmediate(() => this.#next(() => this.#serve(give)).catch(fail));
    this.#wanted.add(path);
  }

  /** One trip after the other: what the one brings, the next one doesn't have to. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#trip = this.#trip.then(work);
    return this.#trip;
  }

  async #serve(give: Give): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    const fresh = await this.readMany(wanted.flatMap((path) => [...packageSources(this.#tree, path)]));
    for (const [path, bytes] of fresh) give(path, bytes);
    const given = new Set(fresh.map(([path]) => path));
    for (const path of wanted) if (!given.has(path)) give(path, this.#fetched.has(path) ? this.#read(path) : undefined);
  }

  *#take(paths: Iterable<ImagePath>): Generator<ImagePath> {
    for (const path of paths) {
      const entry = this.#tree.get(path);
      if (entry === undefined || this.#fetched.has(path) || !mayBeSource(entry)) continue;
      if (this.#fetched.size >= maxFiles || this.#sizeBytes + entry.sizeBytes > maxBytes) continue;
      this.#fetched.add(path);
      this.#sizeBytes += entry.sizeBytes;
      yield path;
    }
  }

  #read(path: ImagePath): Uint8Array {
    return this.#source.read(path, 0, this.#tree.get(path)?.sizeBytes ?? 0);
  }
}
