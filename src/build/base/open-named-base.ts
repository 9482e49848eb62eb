import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineImage } from '../../engine/engine.js';
import { SlimtraceError } from '../../errors.js';
import { hostArchitecture } from '../../image/archive/image-config.js';
import { findArchiveImage } from '../../image/archive/open-archive.js';
import { openLayers } from '../../image/archive/open-layers.js';
import { type ArchiveReference, parseArchiveReference, renderArchiveReference } from '../../image/archive/reference.js';
import type { BaseImage } from '../../image/base-image.js';
import type { Platform } from '../../image/image.js';
import { pullName, registryDigest } from '../../image/name.js';
import { Resources } from '../../system/resources.js';
import { inTempDir, type TempDir } from '../../system/temp-dir.js';
import { requireFit } from './require-fit.js';

export interface OpenNamedContext {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  /** Takes the base's archive as long as the base is held. */
  readonly work: TempDir;
}

/** What the base is for. */
export interface Subject {
  readonly id: string;
  readonly platform: Platform;
}

/**
 * Opens an image of the engine, or an archive, as the base of another image. Its layers have been found to be what their
 * digests say. Throws `base-refused` when it can't be that, `image-not-found`, and `archive-not-found`.
 */
export async function openNamedBase(
  reference: string,
  subject: Subject,
  context: OpenNamedContext,
): Promise<BaseImage> {
  const archive = parseArchiveReference(reference);
  if (archive !== undefined) return await openArchiveBase(archive, undefined, subject, context);
  const found = await context.engine.inspectImage(reference);
  requireFit(reference, found, found.layerCount, subject);
  const { engine, work } = context;
  // Saved by its ID: the name may be another image's a moment later.
  const path = join(work.path, `base-${found.id.replace(/\W/g, '-')}.tar`);
  await using held = new Resources();
  held.use({ [Symbol.asyncDispose]: () => rm(path, { force: true }) });
  if (engine.saveImage === undefined) throw new SlimtraceError('not-an-archive', { image: reference });
  await inTempDir(work, async () => await engine.saveImage?.(found.id, path));
  const base = await openArchiveBase({ transport: 'file', path }, { reference, found }, subject, context);
  held.use(base);
  const kept = held.move();
  return { ...base, [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
}

/** What the engine knows of the image that it saved. */
interface SavedFrom {
  readonly reference: string;
  readonly found: EngineImage;
}

async function openArchiveBase(
  archive: ArchiveReference,
  saved: SavedFrom | undefined,
  subject: Subject,
  { signal, work }: OpenNamedContext,
): Promise<BaseImage> {
  const name = saved?.reference ?? renderArchiveReference(archive);
  try {
    const options = { signal, temporaryDirectory: work.path };
    const { os: _, ...platform } = subject.platform;
    // Only an image of another machine's architecture has to be asked for: one that doesn't fit is refused with words.
    const wanted = platform.architecture === hostArchitecture() ? {} : { platform };
    const found = await findArchiveImage(archive, { ...options, ...wanted });
    requireFit(name, found, found.layers.length, subject);
    const layers = await openLayers(found.layers, options);
    await using held = new Resources();
    held.use(layers);
    await layers.verify();
    const named =
      saved === undefined ? found.names[0] : pullName(saved.reference, saved.found.names, saved.found.repoDigests);
    const kept = held.move();
    return {
      name,
      ...(named === undefined ? {} : { pullName: named }),
      digest: saved === undefined ? (found.manifestDigest ?? found.id) : digestOf(saved),
      platform: found.platform,
      config: found.config,
      history: historyOf(found.history, layers.layers.length, named ?? found.id),
      layers: layers.layers,
      tree: layers.tree,
      contents: layers.contents,
      [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
    };
  } catch (error) {
    throw asRefusal(error, name);
  }
}

function digestOf({ reference, found }: SavedFrom): string {
  return registryDigest(reference, found.repoDigests) ?? found.id;
}

/** The base's own, unless it tells of other layers than there are: readers take one entry for each (image-spec config.md). */
function historyOf(history: readonly object[], layerCount: number, name: string): readonly object[] {
  const told = history.filter((entry) => !('empty_layer' in entry)).length;
  if (told === layerCount) return history;
  return Array.from({ length: layerCount }, () => ({ comment: `a layer of ${name}` }));
}

/** What is wrong with the archive is why it can't be the base. */
function asRefusal(error: unknown, base: string): unknown {
  const isOfArchive = error instanceof SlimtraceError && /^archive-(?!not-found)/.test(error.code);
  if (!isOfArchive) return error;
  const { message: reason, hint } = error;
  return new SlimtraceError(
    'base-refused',
    { base, reason, ...(hint === undefined ? {} : { hint }) },
    { cause: error.cause },
  );
}
