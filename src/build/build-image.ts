import { type ImageTarget, type WriteOptions, type WrittenImage, writeImage } from '../image/archive/write-image.js';
import type { ContentSource } from '../image/image.js';
import type { Composition } from './composition.js';
import { buildConfig, namesOfBase, type SlimSource } from './slim-config.js';
import { writeLayer } from './write-layer.js';

export interface BuildOptions {
  /** Where the archive goes. */
  readonly target: ImageTarget;
  /** The name the image has in the archive. */
  readonly name: string;
  readonly source: SlimSource;
  readonly version: string;
  readonly sourceDateEpoch: number | undefined;
  readonly attest?: WriteOptions['attest'];
}

/** Writes a slim image: the layers of its base, unchanged, and above them its own. */
export async function buildImage(
  composition: Composition,
  contents: ContentSource,
  options: BuildOptions,
): Promise<WrittenImage> {
  const { base, layers } = composition;
  const read = layers.flatMap(({ files }) => files.flatMap((file) => (isRead(file.contents) ? file.contents : [])));
  await contents.fetch(read);
  const own = layers.map((layer) => writeLayer(layer, contents));
  const config = buildConfig(composition, options);
  return await writeImage(options.target, options.name, config, [...(base?.image.layers ?? []), ...own], {
    ...(base === undefined ? {} : { annotations: namesOfBase(base.image) }),
    ...(options.attest === undefined ? {} : { attest: options.attest }),
  });
}

function isRead<T>(contents: Uint8Array | T | undefined): contents is T {
  return contents !== undefined && !(contents instanceof Uint8Array);
}
