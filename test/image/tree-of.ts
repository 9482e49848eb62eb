import { FileTree, type TreeEntry } from '../../src/image/file-tree.js';
import type { ContentSource, Image } from '../../src/image/image.js';
import { asImagePath, type ImagePath } from '../../src/image/path.js';

/** An entry in few words: a regular file 0644 of root at time 0, but for what is said. `body` is its contents. */
export type Sketch = Partial<Omit<TreeEntry, 'path'>> & { readonly body?: string | Uint8Array };

export function entryOf(path: string, { body, ...sketch }: Sketch = {}): TreeEntry {
  const type = sketch.type ?? (sketch.linkTarget === undefined ? 'file' : 'symlink');
  return {
    path: asImagePath(path),
    type,
    mode: type === 'directory' ? 0o755 : type === 'symlink' ? 0o777 : 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: body === undefined ? 0 : Buffer.from(body).length,
    mtime: { seconds: 0, nanoseconds: 0 },
    ...sketch,
  };
}

export function treeOf(entries: Readonly<Record<string, Sketch>>): FileTree {
  return new FileTree(Object.entries(entries).map(([path, sketch]) => entryOf(path, sketch)));
}

/** An image whose contents are at hand, and which tells what was fetched. */
export interface SketchedImage extends Image {
  readonly fetched: readonly ImagePath[];
}

export function imageOf(entries: Readonly<Record<string, Sketch>>, about: Partial<Image> = {}): SketchedImage {
  const fetched: ImagePath[] = [];
  const bodyOf = (path: ImagePath): Uint8Array => {
    if (!fetched.includes(path)) throw new Error(`${path} is read before it was fetched`);
    return Buffer.from(entries[path]?.body ?? '');
  };
  const contents: ContentSource = {
    fetch: async (paths) => void fetched.push(...paths),
    read: (path, offset, length) => bodyOf(path).subarray(offset, offset + length),
    stream: async function* (path) {
      yield bodyOf(path);
    },
  };
  return {
    reference: 'app',
    id: 'sha256:1',
    platform: { os: 'linux', architecture: 'amd64' },
    config: {},
    sizeBytes: 1000,
    layerCount: 1,
    tree: treeOf(entries),
    contents,
    fetched,
    [Symbol.asyncDispose]: async () => {},
    ...about,
  };
}
