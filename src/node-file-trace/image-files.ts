import type { FileTree, TreeEntry } from '../image/file-tree.js';
import { baseName, type ImagePath } from '../image/path.js';

/** As much of `fs.Stats` and of `fs.Dirent` as is asked for. */
export interface FileFacts {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

/**
 * An image's files through functions of the names that `node:fs` has, the synchronous ones. They throw what those throw,
 * `ENOENT` for all that can't be had.
 */
export class ImageFiles {
  readonly #tree: FileTree;
  readonly #contents: Map<ImagePath, Uint8Array>;

  constructor(tree: FileTree, contents: Iterable<readonly [ImagePath, Uint8Array]>) {
    this.#tree = tree;
    this.#contents = new Map(contents);
  }

  /** The regular file that a path leads to, symlinks followed. */
  file(path: string): TreeEntry | undefined {
    const { entry } = this.#tree.resolve(path);
    return entry?.type === 'file' ? entry : undefined;
  }

  hasContents(path: ImagePath): boolean {
    return this.#contents.has(path);
  }

  add(path: ImagePath, bytes: Uint8Array): void {
    this.#contents.set(path, bytes);
  }

  existsSync(path: string): boolean {
    return this.#tree.resolve(path).entry !== undefined;
  }

  accessSync(path: string): void {
    this.#entry(path, true);
  }

  statSync(path: string): FileFacts {
    return factsOf(this.#entry(path, true));
  }

  lstatSync(path: string): FileFacts {
    return factsOf(this.#entry(path, false));
  }

  readlinkSync(path: string): string {
    const { linkTarget } = this.#entry(path, false);
    if (linkTarget === undefined) throw failure('EINVAL', path);
    return linkTarget;
  }

  realpathSync(path: string): string {
    return this.#entry(path, true).path;
  }

  readdirSync(path: string, options?: { readonly withFileTypes?: boolean } | string): readonly (string | FileFacts)[] {
    const directory = this.#entry(path, true);
    if (directory.type !== 'directory') throw failure('ENOTDIR', path);
    const isTyped = typeof options === 'object' && options?.withFileTypes === true;
    return this.#tree.children(directory.path).flatMap((child) => {
      const entry = this.#tree.get(child);
      if (entry === undefined) return [];
      return [isTyped ? factsOf(entry) : baseName(child)];
    });
  }

  /** A string when an encoding is named, else bytes. */
  readFileSync(path: string, options?: { readonly encoding?: BufferEncoding } | BufferEncoding): string | Buffer {
    const bytes = this.#contents.get(this.#entry(path, true).path);
    if (bytes === undefined) throw failure('ENOENT', path);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const encoding = typeof options === 'string' ? options : options?.encoding;
    return encoding === undefined ? buffer : buffer.toString(encoding);
  }

  #entry(path: string, followLast: boolean): TreeEntry {
    const { entry } = this.#tree.resolve(path, { followLast });
    if (entry === undefined) throw failure('ENOENT', path);
    return entry;
  }
}

function factsOf({ path, type, sizeBytes, mode }: TreeEntry): FileFacts {
  return {
    name: baseName(path),
    size: sizeBytes,
    mode,
    isFile: () => type === 'file',
    isDirectory: () => type === 'directory',
    isSymbolicLink: () => type === 'symlink',
    isFIFO: () => type === 'fifo',
    isSocket: () => type === 'socket',
    isBlockDevice: () => type === 'block-device',
    isCharacterDevice: () => type === 'character-device',
  };
}

function failure(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
