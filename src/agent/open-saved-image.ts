import type { Engine, EngineImage } from '../engine/engine.js';
import { openedImage } from '../engine/opened-image.js';
import { saveImageTo } from '../engine/save-image.js';
import { findArchiveImage } from '../image/archive/open-archive.js';
import { openLayers } from '../image/archive/open-layers.js';
import { FileTree } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import { Resources } from '../system/resources.js';
import { openTempDir } from '../system/temp-dir.js';
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
  const saved = await saveImageTo(directory, engine, source.id);
  const options = { signal, temporaryDirectory: directory.path, platform: source.platform };
  const found = await findArchiveImage(saved, options);
  const layers = held.use(await openLayers(found.layers, options));
  await layers.verify();
  // No engine put anything in; with the same times as a listing's, one image gives one slim image either way.
  const tree = new FileTree(withoutEngineParts([...layers.tree.entries()], source.created, []));
  const { contents } = layers;
  return openedImage(reference, source, { tree, contents, layerOf: (one) => layers.layerOf(one) }, held.move());
}
