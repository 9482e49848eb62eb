import { existsSync } from 'node:fs';
import type { Composition, LayerKind } from './build/composition.js';
import { SlimtraceError } from './errors.js';
import type { LayerBlob } from './image/archive/layer-blob.js';
import { findArchiveImage } from './image/archive/open-archive.js';
import { type OpenLayersOptions, openLayers } from './image/archive/open-layers.js';
import { renderArchiveReference } from './image/archive/reference.js';
import type { WrittenImage } from './image/archive/write-image.js';
import type { SlimContext } from './observe-image.js';
import type { SlimTarget } from './slim-target.js';
import type { Digest } from './system/digest.js';
import type { TempDir } from './system/temp-dir.js';

/** One layer of a slim image that was written. */
export interface BuiltLayer {
  readonly kind: 'base' | LayerKind;
  readonly diffId: Digest;
  /** Uncompressed. */
  readonly sizeBytes: number;
  /** Everything it lists but directories; null for a base's, which is taken as it is. */
  readonly files: number | null;
}

/** What a push moves where the image was pushed before that had the name until now. Registries keep a layer once. */
export interface Push {
  /** That image: its ID, or the archive it is in. */
  readonly previous: string;
  /** Sum of the layers that it lacks, uncompressed. */
  readonly movedBytes: number;
  /** Sum of all layers, uncompressed. */
  readonly totalBytes: number;
  /** Kinds of the layers that it lacks. */
  readonly moved: readonly BuiltLayer['kind'][];
}

export interface PreviousImage {
  readonly reference: string;
  readonly diffIds: readonly string[];
  /** As the engine counts it; of an archive what its layers hold. Undefined when that can't be read. */
  readonly readSize: () => Promise<number | undefined>;
}

/** The layers of a composition as they were written, bottom first. */
export function describeLayers(
  { base, layers }: Pick<Composition, 'base' | 'layers'>,
  { diffIds, layerBytes }: Pick<WrittenImage, 'diffIds' | 'layerBytes'>,
): readonly BuiltLayer[] {
  const below = base?.image.layers.length ?? 0;
  return diffIds.map((diffId, at) => {
    const own = layers[at - below];
    const files = own?.files.filter(({ entry }) => entry.type !== 'directory').length ?? null;
    return { kind: own?.kind ?? 'base', diffId, sizeBytes: layerBytes[at] ?? 0, files };
  });
}

/**
 * The image that has the name a slim one is to get, on an engine that keeps images, or else the one in the archive that
 * will be replaced. Undefined when there is none, or none that can be read.
 */
export async function findPrevious(
  { name, output }: SlimTarget,
  { engine, signal }: Pick<SlimContext, 'engine' | 'signal'>,
  work: TempDir,
): Promise<PreviousImage | undefined> {
  try {
    if (engine.keepsImages) {
      const { id, diffIds, sizeBytes } = await engine.inspectImage(name);
      return { reference: id, diffIds, readSize: async () => sizeBytes };
    }
  } catch (error) {
    if (!(error instanceof SlimtraceError && error.code === 'image-not-found')) throw error;
  }
  if (output === undefined || !existsSync(output.path)) return undefined;
  return await orNothing(signal, async () => {
    const options = { signal, temporaryDirectory: work.path };
    const { layers } = await findArchiveImage(output, options);
    const readSize = () => orNothing(signal, () => sizeOf(layers, options));
    return { reference: renderArchiveReference(output), diffIds: layers.map(({ diffId }) => diffId), readSize };
  });
}

async function sizeOf(layers: readonly LayerBlob[], options: OpenLayersOptions): Promise<number> {
  await using opened = await openLayers(layers, options);
  return opened.sizeBytes;
}

/** A damaged archive that will be replaced costs nobody the new image. */
async function orNothing<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SlimtraceError)) throw error;
    return undefined;
  }
}

/** Null without a previous image to measure from. */
export function measurePush(
  layers: readonly BuiltLayer[],
  previous: Omit<PreviousImage, 'readSize'> | undefined,
): Push | null {
  if (previous === undefined) return null;
  const there = new Set(previous.diffIds);
  const different = [...new Map(layers.map((layer) => [layer.diffId, layer])).values()];
  const moved = different.filter(({ diffId }) => !there.has(diffId));
  return {
    previous: previous.reference,
    movedBytes: sumOf(moved),
    totalBytes: sumOf(different),
    moved: [...new Set(moved.map(({ kind }) => kind))],
  };
}

function sumOf(layers: readonly BuiltLayer[]): number {
  return layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
