import type { FileTree } from '../image/file-tree.js';
import type { ContentSource } from '../image/image.js';
import type { ImagePath } from '../image/path.js';
import { type ElfFacts, parseElf } from './elf.js';
import { parseElfImports } from './elf-imports.js';
import { findLibraryNames } from './library-names.js';

const headBytes = 4096;
const maxContentsBytes = 16 * 1024 * 1024;
const none: ReadonlySet<string> = new Set();

/** The files a selection may read: what was fetched so far, each parsed at most once. */
export class FetchedFiles {
  readonly #tree: FileTree;
  readonly #source: ContentSource;
  readonly #fetched = new Set<ImagePath>();
  readonly #elfs = new Map<ImagePath, ElfFacts | undefined>();
  readonly #imports = new Map<ImagePath, ReadonlySet<string>>();
  readonly #libraryNames = new Map<ImagePath, readonly string[]>();

  constructor(tree: FileTree, source: ContentSource) {
    this.#tree = tree;
    this.#source = source;
  }

  /** Fetches the regular files among `paths` that aren't here yet: one trip, or none. */
  async fetch(paths: Iterable<ImagePath>): Promise<void> {
    const missing = [...new Set(paths)].filter(
      (path) => !this.#fetched.has(path) && this.#tree.get(path)?.type === 'file',
    );
    if (missing.length === 0) return;
    await this.#source.fetch(missing);
    for (const path of missing) this.#fetched.add(path);
  }

  head(path: ImagePath): Uint8Array | undefined {
    return this.#fetched.has(path) ? this.#read(path, 0, headBytes) : undefined;
  }

  contents(path: ImagePath): Uint8Array | undefined {
    const sizeBytes = this.#tree.get(path)?.sizeBytes ?? 0;
    if (!this.#fetched.has(path) || sizeBytes > maxContentsBytes) return undefined;
    return this.#read(path, 0, sizeBytes);
  }

  elf(path: ImagePath): ElfFacts | undefined {
    if (!this.#fetched.has(path)) return undefined;
    if (!this.#elfs.has(path)) {
      this.#elfs.set(
        path,
        parseElf((offset, length) => this.#read(path, offset, length)),
      );
    }
    return this.#elfs.get(path);
  }

  imports(path: ImagePath): ReadonlySet<string> {
    const known = this.#imports.get(path);
    if (known !== undefined || this.elf(path) === undefined) return known ?? none;
    const imports = parseElfImports((offset, length) => this.#read(path, offset, length));
    this.#imports.set(path, imports);
    return imports;
  }

  libraryNames(path: ImagePath): readonly string[] {
    const known = this.#libraryNames.get(path);
    if (known !== undefined || this.elf(path) === undefined) return known ?? [];
    const sizeBytes = this.#tree.get(path)?.sizeBytes ?? 0;
    const names = findLibraryNames((offset, length) => this.#read(path, offset, length), sizeBytes);
    this.#libraryNames.set(path, names);
    return names;
  }

  /** Never asks the source for what lies beyond the end: parsers follow offsets that a hostile file names. */
  #read(path: ImagePath, offset: number, length: number): Uint8Array {
    const sizeBytes = this.#tree.get(path)?.sizeBytes ?? 0;
    if (offset >= sizeBytes) return new Uint8Array();
    return this.#source.read(path, offset, Math.min(length, sizeBytes - offset));
  }
}
