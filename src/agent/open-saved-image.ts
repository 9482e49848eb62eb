import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineImage } from '../engine/engine.js';
import { findArchiveImage } from '../image/archive/open-archive.js';
import { openLayers } from '../image/archive/open-layers.js';
import { FileTree } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import { Resources } from '../system/resources.js';
import { inTempDir, openTempDir } from '../system/temp-dir.js';
import { withoutEngineParts } from './engine-parts.js';

/**
 * Opens an image of an engine from an archive that the engine writes of it. Takes no container, so no rights to look into one,
 * and as long as the whole image takes to be written.
 */
export async function openSavedImage(
  engine: Engine,
  source: EngineImage,
  { reference, signal }: { readonly reference: string; readonly signal: AbortSignal },
): Promise<Image> {
  await using held = new Resources();
  const directory = held.use(await openTempDir());
  const path = join(directory.path, 'image.tar');
  held.use({ [Symbol.asyncDispose]: () => rm(path, { force: true }) });
  await inTempDir(directory, async () => await engine.saveImage?.(source.id, path));
  const options = { signal, temporaryDirectory: directory.path, platform: source.platform };
  const found = await findArchiveImage({ transport: 'file', path }, options);
  const layers = held.use(await openLayers(found.layers, options));
  await layers.verify();
  // No engine put anything in; with the same times as a listing's, one image gives one slim image either way.
  const tree = new FileTree(withoutEngineParts([...layers.tree.entries()], source.created, []));
  const kept = held.move();
  return {
    reference,
    id: source.id,
    platform: source.platform,
    config: source.config,
    sizeBytes: source.sizeBytes,
    layerCount: source.layerCount,
    tree,
    contents: layers.contents,
    layerOf: (one) => layers.layerOf(one),
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}
