import { formatAmount } from './amount.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import { type Emit, inPhase } from './events.js';
import { takeCensus } from './image/census.js';
import { findOtherContents } from './image/compare-contents.js';
import { type ConfigDifference, diffConfigs } from './image/diff-configs.js';
import { diffTrees, type MetadataDifference } from './image/diff-trees.js';
import { comparePaths, type TreeEntry } from './image/file-tree.js';
import type { Image } from './image/image.js';
import { type DirectoryShare, largestDirectories } from './image/largest-directories.js';
import { type PackageOwnership, readPackages } from './image/packages.js';
import { type ImagePath, parentOf } from './image/path.js';
import { type Tally, tallyEntries, weighEntries } from './image/tally.js';
import { openPristine, type SlimContext } from './observe-image.js';
import type { ImageSummary } from './slim-result.js';
import { allOrNone } from './system/concurrency.js';

/** A file of both images whose contents are not the same. */
export interface ContentChange {
  readonly path: ImagePath;
  readonly originalBytes: number;
  readonly slimBytes: number;
}

/** Two images side by side; plain data, every list sorted. `slim` is the second image, whether it is slim or not. */
export interface ImageComparison {
  readonly original: ImageSummary;
  readonly slim: ImageSummary;
  readonly removed: Tally;
  readonly added: Tally;
  readonly changed: { readonly files: number; readonly originalBytes: number; readonly slimBytes: number };
  /** At most ten, largest first. */
  readonly largestRemoved: readonly DirectoryShare[];
  /** Everything that is gone, but directories with something in them. */
  readonly removedEntries: readonly TreeEntry[];
  readonly addedEntries: readonly TreeEntry[];
  readonly changedFiles: readonly ContentChange[];
  readonly metadata: readonly MetadataDifference[];
  /** Paths of both images, directories aside, that have another time. */
  readonly otherTimes: number;
  readonly config: readonly ConfigDifference[];
  /** Packages that have files in one image only; undefined when a package database can't be read. */
  readonly packages: { readonly removed: readonly string[]; readonly added: readonly string[] } | undefined;
  /** Every file's contents were compared. Otherwise a file of the same size, time and metadata counts as unchanged. */
  readonly isDeep: boolean;
  readonly durationMs: number;
}

export interface CompareContext extends Omit<SlimContext, 'engine'> {
  /** The engine that has an image; archives need none that runs. */
  readonly engineOf: (reference: string) => Promise<Engine>;
  /**
   * Compare the contents of every file. Without it, only those are read whose size is the same and whose time or
   * metadata isn't: an image of gigabytes isn't moved to be told that it is what it was.
   */
  readonly deep?: boolean;
}

const shownDirectories = 10;

/** Reading more than this takes long enough to be told about. */
const longReadBytes = 50e6;

/**
 * Sets two images side by side, each from an engine or an archive, and runs nothing of either. Throws SlimtraceError when there is no engine,
 * no such image, or it is for another machine.
 */
export async function compareImages(a: string, b: string, context: CompareContext): Promise<ImageComparison> {
  const startedMs = performance.now();
  const isDeep = context.deep ?? false;
  const open = async (reference: string, signal: AbortSignal) => {
    const engine = await context.engineOf(reference);
    signal.throwIfAborted();
    return (await engine.openImage?.(reference)) ?? (await openOnEngine(engine, reference, signal));
  };
  const [original, slim] = await inPhase(
    context.emit,
    'open',
    () => allOrNone(2, context.signal, (signal) => [() => open(a, signal), () => open(b, signal)]),
    (opened) => opened.map(({ tree }) => formatAmount(tree.size, 'entry')).join(' and '),
  );
  await using _original = original;
  await using _slim = slim;
  return {
    ...(await compareOpened(original, slim, { ...context, isDeep })),
    durationMs: performance.now() - startedMs,
  };
}

async function openOnEngine(engine: Engine, reference: string, signal: AbortSignal): Promise<Image> {
  const [{ architecture }, source] = await Promise.all([engine.probe(), engine.inspectImage(reference)]);
  requireNative(source, architecture);
  signal.throwIfAborted();
  return await openPristine(engine, source, reference);
}

function requireNative({ platform }: EngineImage, architecture: string): void {
  if (platform.os !== 'linux') throw new SlimtraceError('unsupported-platform', { what: `images for ${platform.os}` });
  if (platform.architecture !== architecture)
    throw new SlimtraceError('wrong-architecture', { image: platform.architecture, engine: architecture });
}

/** Compares two images that are open, from wherever they come. */
export async function compareOpened(
  original: Image,
  slim: Image,
  options: { readonly isDeep: boolean; readonly emit: Emit; readonly signal: AbortSignal },
): Promise<Omit<ImageComparison, 'durationMs'>> {
  const { doubtful, ...diff } = diffTrees(original.tree, slim.tree, options);
  const doubtfulBytes = doubtful.reduce((sum, path) => sum + (slim.tree.get(path)?.sizeBytes ?? 0), 0);
  if (doubtfulBytes > longReadBytes)
    options.emit({
      kind: 'note',
      message: `reading ${formatAmount(doubtful.length, 'file')} of both images, ${Math.round(doubtfulBytes / 1e6)} MB each`,
    });
  const otherContents = await findOtherContents(original, slim, doubtful, options.signal);
  const changedFiles = [...diff.resized, ...otherContents].sort(comparePaths).map((path) => ({
    path,
    originalBytes: original.tree.get(path)?.sizeBytes ?? 0,
    slimBytes: slim.tree.get(path)?.sizeBytes ?? 0,
  }));
  const removed = weighEntries(diff.removed, original.tree, slim.tree);
  const summaries = await summarise(original, slim);
  return {
    ...summaries,
    removed: tallyEntries(removed),
    added: tallyEntries(weighEntries(diff.added, slim.tree, original.tree)),
    changed: {
      files: changedFiles.length,
      originalBytes: changedFiles.reduce((sum, { originalBytes }) => sum + originalBytes, 0),
      slimBytes: changedFiles.reduce((sum, { slimBytes }) => sum + slimBytes, 0),
    },
    largestRemoved: largestDirectories(removed, slim.tree, shownDirectories),
    removedEntries: withoutParents(diff.removed),
    addedEntries: diff.added,
    changedFiles,
    metadata: diff.metadata,
    otherTimes: diff.otherTimes,
    config: diffConfigs(original, slim),
    packages: diffPackages(summaries.original, summaries.slim),
    isDeep: options.isDeep,
  };
}

/** What is gone from a directory that is gone says that of the directory. */
function withoutParents(removed: readonly TreeEntry[]): readonly TreeEntry[] {
  const parents = new Set(removed.map(({ path }) => parentOf(path)));
  return removed.filter(({ path }) => !parents.has(path));
}

async function summarise(original: Image, slim: Image) {
  const [before, after] = await Promise.all([original, slim].map(({ tree, contents }) => readPackages(tree, contents)));
  if (before === undefined || after === undefined) throw new Error('two images have two package databases');
  return {
    original: summaryOf(original, withFallback(before, after)),
    slim: summaryOf(slim, withFallback(after, before)),
  };
}

function summaryOf({ reference, id, sizeBytes, layerCount, tree }: Image, ownership: PackageOwnership): ImageSummary {
  return { reference, id, sizeBytes, layers: layerCount, census: takeCensus(tree.entries(), ownership) };
}

/**
 * A slim image has lost its package database, or most of it: the other image's still tells whose its files are. Where
 * an image has one of its own, that one goes first.
 */
export function withFallback(own: PackageOwnership, other: PackageOwnership): PackageOwnership {
  if (own.kind === 'none') return other;
  if (own.kind !== other.kind) return own;
  return { ...own, ownerOf: (path) => own.ownerOf(path) ?? other.ownerOf(path) };
}

function diffPackages(original: ImageSummary, slim: ImageSummary): ImageComparison['packages'] {
  const before = original.census.packages;
  const after = slim.census.packages;
  if (before === undefined || after === undefined) return undefined;
  const [inBefore, inAfter] = [new Set(before), new Set(after)];
  return {
    removed: before.filter((name) => !inAfter.has(name)),
    added: after.filter((name) => !inBefore.has(name)),
  };
}
