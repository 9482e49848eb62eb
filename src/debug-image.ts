import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Composition, PlannedLayer } from './build/composition.js';
import { chooseBusyboxDirectory, placeBusybox } from './build/debug/busybox-files.js';
import { type Busybox, openBusybox } from './build/debug/open-busybox.js';
import type { EngineImage } from './engine/engine.js';
import { pendingImageName } from './engine/pending-image.js';
import { SlimtraceError } from './errors.js';
import type { ImagePath } from './image/path.js';
import type { SlimContext } from './observe-image.js';
import type { Publishable } from './publish-image.js';
import type { SlimTarget } from './slim-target.js';
import { inTempDir, type TempDir } from './system/temp-dir.js';
import { LoadedCandidate } from './try-candidate.js';

export interface DebugImageRequest {
  /** `NAME:TAG` */
  readonly name: string;
  /** Undefined for this machine's busybox, or Debian's. */
  readonly busyboxFile: string | undefined;
}

/** An image that has the layers of the slim one, its config, and one layer more: a static busybox. */
export interface DebugImage {
  readonly reference: string;
  readonly id: string;
  /** Where the busybox is, with a link for each of its commands. */
  readonly directory: ImagePath;
  readonly busybox: { readonly from: string; readonly version: string };
}

/** A busybox that was found, and the name of the image that it is to stand in. */
export interface DebugImagePlan {
  readonly name: string;
  readonly busybox: Busybox;
}

/**
 * Finds what an image for debugging takes, before the work. Throws `usage` where it couldn't be kept or would take another
 * image's name, and what {@link openBusybox} throws.
 */
export async function planDebugImage(
  request: DebugImageRequest | undefined,
  { source, target }: { readonly source: EngineImage; readonly target: SlimTarget },
  { engine, signal }: SlimContext,
): Promise<DebugImagePlan | undefined> {
  if (request === undefined) return undefined;
  const { name, busyboxFile: file } = request;
  if (!engine.keepsImages) {
    throw new SlimtraceError('usage', {
      problem: '--debug-tag needs an engine that keeps images, and archives are slimmed without one',
      hint: 'load the archive into docker or podman and slim it there',
    });
  }
  const taken = [
    ...source.names.map((of) => [of, 'a name of the original image'] as const),
    [target.name, 'the name of the slim image'] as const,
    [target.failedName, 'the name of the slim image when it fails'] as const,
  ].find(([of]) => of === name);
  if (taken !== undefined) throw new SlimtraceError('usage', { problem: `--debug-tag ${name} is ${taken[1]}` });
  return { name, busybox: await openBusybox({ file, architecture: source.platform.architecture, signal }) };
}

/** An image for debugging, on the engine under the name it has until it is published. Leaving its scope takes that away. */
export interface LoadedDebugImage extends AsyncDisposable {
  readonly described: DebugImage;
  /** Gives it the name that was wanted. */
  publish(): Promise<void>;
}

/** Builds the image for debugging of a slim one that is proved, and loads it. Throws `usage` where it has no room. */
export async function loadDebugImage(
  plan: DebugImagePlan | undefined,
  slim: Pick<Publishable, 'writeBelow'> & { readonly composition: Composition },
  { work, context }: { readonly work: TempDir; readonly context: SlimContext },
): Promise<LoadedDebugImage | undefined> {
  if (plan === undefined) return undefined;
  const { engine, session, emit } = context;
  const { name, busybox } = plan;
  const directory = chooseBusyboxDirectory(slim.composition.entries);
  const layer: PlannedLayer = { kind: 'debug', files: placeBusybox(busybox, directory), whiteouts: [] };
  const path = join(work.path, 'debug.tar');
  const pending = pendingImageName(session, 'debug');
  await inTempDir(work, () => slim.writeBelow(layer, { transport: 'file', path }, pending));
  const loaded = await LoadedCandidate.load(engine, path, pending);
  await rm(path, { force: true });
  const { from, version } = busybox;
  emit({ kind: 'note', message: `debugging: busybox ${version} from ${from} is in ${directory} of ${name}` });
  return {
    described: { reference: name, id: loaded.image.id, directory, busybox: { from, version } },
    publish: () => engine.tagImage(loaded.image.id, name),
    [Symbol.asyncDispose]: () => loaded[Symbol.asyncDispose](),
  };
}
