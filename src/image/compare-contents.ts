import type { Image } from './image.js';
import type { ImagePath } from './path.js';

/** Bytes of each image that are in memory at a time. */
const chunkBytes = 1024 * 1024;

/**
 * Of files that have the same length in two images, those with other contents. All are fetched from both images.
 *
 * @throws `contents-missing`, or the signal's reason
 */
export async function findOtherContents(
  original: Pick<Image, 'tree' | 'contents'>,
  slim: Pick<Image, 'contents'>,
  paths: readonly ImagePath[],
  signal: AbortSignal,
): Promise<ImagePath[]> {
  if (paths.length === 0) return [];
  await Promise.all([original.contents.fetch(paths), slim.contents.fetch(paths)]);
  const other: ImagePath[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const sizeBytes = original.tree.get(path)?.sizeBytes ?? 0;
    for (let at = 0; at < sizeBytes; at += chunkBytes) {
      const isSame = Buffer.compare(
        original.contents.read(path, at, chunkBytes),
        slim.contents.read(path, at, chunkBytes),
      );
      if (isSame === 0) continue;
      other.push(path);
      break;
    }
  }
  return other;
}
