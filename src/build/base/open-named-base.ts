import { rm } from 'node:fs/promises';
import type { Engine, EngineImage } from '../../engine/engine.js';
import { saveImageTo } from '../../engine/save-image.js';
import { SlimtraceError } from '../../errors.js';
import type { ArchiveImage } from '../../image/archive/archive-image.js';
import { hostArchitecture } from '../../image/archive/image-config.js';
import { findArchiveImage } from '../../image/archive/open-archive.js';
import { openLayers } from '../../image/archive/open-layers.js';
import { type ArchiveReference, parseArchiveReference, renderArchiveReference } from '../../image/archive/reference.js';
import type { BaseImage } from '../../image/base-image.js';
import type { Platform } from '../../image/image.js';
import { pullName, registryDigest } from '../../image/name.js';
import { Resources } from '../../system/resources.js';
import type { TempDir } from '../../system/temp-dir.js';
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
  const { engine, work } = context;
  const found = await findOnEngine(reference, subject, engine);
  await using held = new Resources();
  const archived = await saveImageTo(work, engine, found.id);
  held.use({ [Symbol.asyncDispose]: () => rm(archived.path, { force: true }) });
  const base = await openArchiveBase(archived, { reference, found }, subject, context);
  held.use(base);
  const kept = held.move();
  return { ...base, [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
}

/**
 * Finds a base without reading its layers: the names it goes by on the engine, or the archive it is in. Throws what
 * {@link openNamedBase} throws, as far as that is to be seen so early.
 */
export async function findNamedBase(
  reference: string,
  subject: Subject,
  context: OpenNamedContext,
): Promise<{ readonly names: readonly string[]; readonly archive: ArchiveReference | undefined }> {
  const archive = parseArchiveReference(reference);
  if (archive === undefined) return { names: (await findOnEngine(reference, subject, context.engine)).names, archive };
  const name = renderArchiveReference(archive);
  return await refusing(name, async () => {
    await findInArchive(archive, name, subject, context);
    return { names: [], archive };
  });
}

async function findOnEngine(reference: string, subject: Subject, engine: Engine): Promise<EngineImage> {
  const found = await engine.inspectImage(reference);
  requireFit(reference, found, found.layerCount, subject);
  return found;
}

async function findInArchive(
  archive: ArchiveReference,
  name: string,
  subject: Subject,
  { signal, work }: Pick<OpenNamedContext, 'signal' | 'work'>,
): Promise<ArchiveImage> {
  const { os: _, ...platform } = subject.platform;
  // Only an image of another machine's architecture has to be asked for: one that doesn't fit is refused with words.
  const wanted = platform.architecture === hostArchitecture() ? {} : { platform };
  const found = await findArchiveImage(archive, { signal, temporaryDirectory: work.path, ...wanted });
  requireFit(name, found, found.layers.length, subject);
  return found;
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
  context: OpenNamedContext,
): Promise<BaseImage> {
  const name = saved?.reference ?? renderArchiveReference(archive);
  return await refusing(name, async () => {
    const found = await findInArchive(archive, name, subject, context);
    const options = { signal: context.signal, temporaryDirectory: context.work.path };
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
  });
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
async function refusing<T>(base: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asRefusal(error, base);
  }
}

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
