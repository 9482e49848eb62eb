import { type ImageTarget, type WrittenImage, writeImage } from '../image/archive/write-image.js';
import type { TreeEntry } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import type { ImagePath } from '../image/path.js';
import { buildConfig, type SlimSource } from './slim-config.js';
import { type AddedFile, writeLayer } from './write-layer.js';

export interface BuildOptions {
  /** Where the archive goes. */
  readonly target: ImageTarget;
  /** The name the image has in the archive. */
  readonly name: string;
  readonly source: SlimSource;
  readonly version: string;
  readonly sourceDateEpoch: number | undefined;
  /** Files that aren't from the image, such as certificates. */
  readonly added: readonly AddedFile[];
}

/** Builds a slim image on scratch: one layer with the selected paths as they are in the pristine tree. */
export async function buildImage(
  image: Image,
  selected: Iterable<ImagePath>,
  options: BuildOptions,
): Promise<WrittenImage> {
  const entries = entriesOf(image, selected, new Set(options.added.map(({ entry }) => entry.path)));
  await image.contents.fetch(entries.filter(({ type }) => type === 'file').map(({ path }) => path));
  const layer = writeLayer(entries, image.contents, options.added);
  const config = buildConfig(options.source, options.version, options.sourceDateEpoch);
  return await writeImage(options.target, options.name, config, [layer]);
}

function entriesOf(image: Image, selected: Iterable<ImagePath>, replaced: ReadonlySet<ImagePath>): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const path of selected) {
    const entry = image.tree.get(path);
    if (entry === undefined) throw new Error(`${path} is selected and not in the tree`);
    if (!replaced.has(path)) entries.push(entry);
  }
  return entries;
}
