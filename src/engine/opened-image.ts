import type { Image } from '../image/image.js';
import type { EngineImage } from './engine.js';

/** An image of an engine with what was read of it, as the rest of slimtrace knows images. Disposing of it releases `held`. */
export function openedImage(
  reference: string,
  { id, platform, config, sizeBytes, layerCount }: EngineImage,
  read: Pick<Image, 'tree' | 'contents' | 'layerOf'>,
  held: AsyncDisposable,
): Image {
  const { tree, contents, layerOf } = read;
  return {
    ...{ reference, id, platform, config, sizeBytes, layerCount, tree, contents },
    ...(layerOf === undefined ? {} : { layerOf }),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}
