import type { PlannedLayer } from './build/composition.js';
import { type ImageOutput, openImageOutput } from './build/image-output.js';
import type { Engine, EngineImage } from './engine/engine.js';
import type { ArchiveReference } from './image/archive/reference.js';
import type { WriteOptions, WrittenImage } from './image/archive/write-image.js';
import type { BuiltLayer } from './push-size.js';
import type { SlimTarget } from './slim-target.js';
import type { Digest } from './system/digest.js';

/** A slim image on the engine, and how to write it once more. */
export interface Publishable {
  readonly image: EngineImage;
  /** What engines that go by configs call it (OCI image-spec config.md, "ImageID"). */
  readonly configDigest: Digest;
  /** Bottom first. */
  readonly layers: readonly BuiltLayer[];
  /** Writes the same image as an archive, with attestations about it where there are any. */
  readonly write: (place: ArchiveReference, name: string, attest?: WriteOptions['attest']) => Promise<WrittenImage>;
  /** Writes one with the same layers, and one more on them. */
  readonly writeBelow: (above: PlannedLayer, place: ArchiveReference, name: string) => Promise<unknown>;
}

export interface Published {
  /** The name it has in the end: the good one, or the `-failed` one. */
  readonly name: string;
  readonly image: EngineImage;
  /** The archive it was written as. */
  readonly output: ArchiveReference | undefined;
  /** What was written there. */
  readonly written: WrittenImage | undefined;
}

export interface PublishPlan {
  readonly target: SlimTarget;
  readonly output: ImageOutput | undefined;
  /** For the archive of a proved image. */
  readonly attest: WriteOptions['attest'];
}

/**
 * Names a slim image by what came of it, and writes its archive before: an output that can't be written leaves no image
 * either.
 */
export async function publishImage(
  { image, write }: Pick<Publishable, 'image' | 'write'>,
  passed: boolean,
  { target, output, attest }: PublishPlan,
  engine: Engine,
): Promise<Published> {
  const name = passed ? target.name : target.failedName;
  let written: WrittenImage | undefined;
  if (passed)
    await writeTo(output, async (place) => {
      written = await write(place, name, attest);
    });
  else if (target.failedOutput !== undefined) {
    await using failed = await openImageOutput(target.failedOutput);
    await writeTo(failed, (place) => write(place, name));
  }
  await engine.tagImage(image.id, name);
  const place = passed ? target.output : target.failedOutput;
  return { name, image: await engine.inspectImage(image.id), output: place, written };
}

async function writeTo(
  output: ImageOutput | undefined,
  write: (place: ArchiveReference) => Promise<unknown>,
): Promise<void> {
  await output?.write(write);
  await output?.commit();
}
