import { join } from 'node:path';
import type { ArchiveReference } from '../image/archive/reference.js';
import { inTempDir, type TempDir } from '../system/temp-dir.js';
import type { Engine } from './engine.js';

/**
 * Has an engine write an image of its own, by its ID, into a temporary directory: the name may be another image's a moment
 * later. Throws `no-space` and `engine-command`.
 */
export async function saveImageTo(
  directory: TempDir,
  engine: Pick<Engine, 'saveImage'>,
  id: string,
): Promise<ArchiveReference> {
  const path = join(directory.path, `image-${id.replace(/\W/g, '-')}.tar`);
  await inTempDir(directory, async () => await engine.saveImage?.(id, path));
  return { transport: 'file', path };
}
