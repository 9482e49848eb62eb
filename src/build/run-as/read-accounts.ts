import { FileTree, type TreeEntry } from '../../image/file-tree.js';
import type { ContentSource, Image } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import type { AccountFiles } from './accounts.js';

/** Longer ones are no account files; nobody is found in them. */
const longestBytes = 4 * 1024 * 1024;

/** Who is who in an image as it is. */
export function readOriginalAccounts({ tree, contents }: Pick<Image, 'tree' | 'contents'>): Promise<AccountFiles> {
  return readAccounts(tree, ({ path, sizeBytes }) => readWhole(contents, path, sizeBytes));
}

/** What a slim image amounts to, and where the bytes of its files are. */
export interface FinishedFiles {
  readonly entries: readonly TreeEntry[];
  /** Those that don't come from the base. */
  readonly files: readonly PlacedFile[];
  readonly original: ContentSource;
  readonly base: ContentSource | undefined;
}

/** Who is who in a slim image. */
export function readShippedAccounts({ entries, files, original, base }: FinishedFiles): Promise<AccountFiles> {
  const placed = new Map(files.map((file) => [file.entry.path, file.contents]));
  return readAccounts(new FileTree(entries), async ({ path, sizeBytes }) => {
    const contents = placed.get(path);
    if (contents instanceof Uint8Array) return contents;
    if (contents !== undefined) return await readWhole(original, contents, sizeBytes);
    return base === undefined ? new Uint8Array() : await readWhole(base, path, sizeBytes);
  });
}

async function readAccounts(tree: FileTree, read: (entry: TreeEntry) => Promise<Uint8Array>): Promise<AccountFiles> {
  const text = async (path: string) => {
    const { entry } = tree.resolve(path);
    if (entry?.type !== 'file' || entry.sizeBytes > longestBytes) return '';
    return Buffer.from(await read(entry)).toString('utf8');
  };
  return { passwd: await text('/etc/passwd'), group: await text('/etc/group') };
}

async function readWhole(contents: ContentSource, path: ImagePath, sizeBytes: number): Promise<Uint8Array> {
  await contents.fetch([path]);
  return contents.read(path, 0, sizeBytes);
}
