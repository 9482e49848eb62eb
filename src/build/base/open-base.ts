import type { Engine } from '../../engine/engine.js';
import type { Emit } from '../../events.js';
import type { BaseImage } from '../../image/base-image.js';
import type { Image } from '../../image/image.js';
import type { Selection } from '../../selection/reason.js';
import type { TempDir } from '../../system/temp-dir.js';
import type { BaseRequest } from '../result-options.js';
import { openDistroless } from './open-distroless.js';
import { openNamedBase } from './open-named-base.js';

export interface OpenBaseContext {
  readonly engine: Engine;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Takes the base's archive as long as the base is held. */
  readonly work: TempDir;
}

/** A base that is open, and why it is this one. */
export interface OpenedBase {
  readonly image: BaseImage;
  /** A clause. */
  readonly because: string;
}

/**
 * Opens what a slim image is to stand on: an image of the engine or an archive, or of a family the one that fits what is
 * kept. Throws `base-refused`, `image-not-found` and what opening an archive throws.
 */
export async function openBase(
  request: BaseRequest,
  kept: { readonly image: Image; readonly selection: Selection },
  context: OpenBaseContext,
): Promise<OpenedBase> {
  const open = (reference: string) => openNamedBase(reference, kept.image, context);
  if (request.kind === 'distroless') return await openDistroless(request, kept, { open, signal: context.signal });
  return { image: await open(request.reference), because: '--base names it' };
}
