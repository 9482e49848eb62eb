import { formatAmount } from './amount.js';
import { placeEntry } from './build/composition.js';
import { findHiddenSecrets, type HiddenSecret } from './build/secrets/hidden-secrets.js';
import { hideSecrets, historySecrets } from './build/secrets/history-secrets.js';
import type { Secret } from './build/secrets/secret.js';
import { SecretSearch } from './build/secrets/secret-search.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { saveImageTo } from './engine/save-image.js';
import { inPhase } from './events.js';
import { type HiddenFile, type ImageAccount, LayerLedger } from './image/archive/account-layers.js';
import type { ArchiveImage } from './image/archive/archive-image.js';
import { findArchiveImage, type OpenArchiveOptions } from './image/archive/open-archive.js';
import { openLayers } from './image/archive/open-layers.js';
import { type ArchiveReference, parseArchiveReference } from './image/archive/reference.js';
import { type Census, takeCensus } from './image/census.js';
import { comparePaths, FileTree, type TreeEntry } from './image/file-tree.js';
import { type HistoryStep, readHistory } from './image/history.js';
import type { ContentSource, ImageConfig, Platform } from './image/image.js';
import type { InstalledPackage } from './image/inventory/installed-package.js';
import { type Inventory, readInventory } from './image/inventory/read-inventory.js';
import { type DirectoryShare, largestDirectories } from './image/largest-directories.js';
import { readPackages } from './image/packages.js';
import { weighEntries } from './image/tally.js';
import { worldWritable } from './image/world-writable.js';
import { openPristine, type SlimContext } from './observe-image.js';
import { Resources } from './system/resources.js';
import { openTempDir } from './system/temp-dir.js';

/** A package with what its files take in the finished tree. */
export interface WeighedPackage extends Pick<InstalledPackage, 'type' | 'name' | 'version'> {
  readonly bytes: number;
  /** How many of its files are there; null when nobody wrote down which they are. */
  readonly files: number | null;
}

/** What an image is made of; plain data. Lists are whole but for the largest files, and sorted: largest first, else by path. */
export interface ImageInspection {
  readonly reference: string;
  readonly id: string;
  readonly names: readonly string[];
  readonly platform: Platform;
  readonly created: string;
  /** As the engine counts it. */
  readonly sizeBytes: number;
  readonly config: ImageConfig;
  /** What is known of its layers; undefined when they weren't read (`--fast`). */
  readonly account: ImageAccount | undefined;
  /** How it was made, first step first; empty when the layers weren't read. */
  readonly history: readonly HistoryStep[];
  readonly directories: readonly DirectoryShare[];
  /** The first hundred. */
  readonly largestFiles: readonly Pick<TreeEntry, 'path' | 'sizeBytes'>[];
  readonly census: Census;
  /** Files with capabilities of their own (capabilities(7)). */
  readonly capable: readonly string[];
  /** What everybody may write: files, and directories that aren't sticky. */
  readonly worldWritable: readonly string[];
  readonly distribution: string | undefined;
  readonly packages: readonly WeighedPackage[];
  readonly secrets: readonly Secret[];
  /** In files that a later layer hides, by layer; empty when the layers weren't read. */
  readonly hiddenSecrets: readonly HiddenSecret[];
  readonly durationMs: number;
}

export interface InspectContext extends Omit<SlimContext, 'engine'> {
  readonly engineOf: (reference: string) => Promise<Engine>;
}

/** An image that is open to be looked at. */
interface Opened
  extends Pick<
    ImageInspection,
    'id' | 'names' | 'platform' | 'created' | 'sizeBytes' | 'config' | 'account' | 'history'
  > {
  readonly historical: readonly Secret[];
  readonly hidden: readonly HiddenFile[];
  readonly tree: FileTree;
  readonly contents: ContentSource;
}

/** Many enough for any list; all of an image's would be a list of its files. */
const listedDirectories = 100;
const listedFiles = 100;

/**
 * Looks at an image and runs nothing of it. For its layers an engine has to write it out; `isFast` does without. Throws what
 * opening images throws.
 */
export async function inspectImage(
  reference: string,
  { isFast }: { readonly isFast: boolean },
  context: InspectContext,
): Promise<ImageInspection> {
  const startedMs = performance.now();
  await using held = new Resources();
  const open = () => openImage(reference, isFast, context, held);
  const image = await inPhase(context.emit, 'open', open, ({ tree }) => formatAmount(tree.size, 'entry'));
  const facts = await describeTree(image, context.signal);
  const { tree: _, contents: __, historical: ___, hidden: ____, ...rest } = image;
  return { reference, ...rest, ...facts, durationMs: performance.now() - startedMs };
}

async function openImage(
  reference: string,
  isFast: boolean,
  context: InspectContext,
  held: Resources,
): Promise<Opened> {
  const archive = parseArchiveReference(reference);
  if (archive !== undefined) return await openArchive(archive, context.signal, held);
  const engine = await context.engineOf(reference);
  const source = await engine.inspectImage(reference);
  if (isFast || engine.saveImage === undefined)
    return await openListed(reference, source, { engine, ...context }, held);
  return await openSaved(source, { engine, ...context }, held);
}

/** An engine's own archive of its image, which nobody else had in hands: its digests are not checked. */
async function openSaved(source: EngineImage, { engine, emit, signal }: SlimContext, held: Resources): Promise<Opened> {
  const directory = held.use(await openTempDir());
  emit({
    kind: 'note',
    message: `the engine writes the image out for its layers, ${Math.round(source.sizeBytes / 1e6)} MB (--fast does without)`,
  });
  const saved = await saveImageTo(directory, engine, source.id);
  const options = { signal, temporaryDirectory: directory.path, platform: source.platform };
  const found = await findArchiveImage(saved, options);
  const { layers: _, ...facts } = await openLayered(found, options, held);
  return { ...summaryOf(source), ...facts };
}

/** A container lists what is there, and nothing else is known. */
async function openListed(
  reference: string,
  source: EngineImage,
  context: SlimContext,
  held: Resources,
): Promise<Opened> {
  const image = held.use(await openPristine(context.engine, source, reference));
  const { tree, contents } = image;
  return { ...summaryOf(source), account: undefined, history: [], historical: [], hidden: [], tree, contents };
}

function summaryOf(
  source: EngineImage,
): Pick<EngineImage, 'id' | 'names' | 'platform' | 'created' | 'sizeBytes' | 'config'> {
  const { id, names, platform, created, sizeBytes, config } = source;
  return { id, names, platform, created, sizeBytes, config };
}

async function openArchive(archive: ArchiveReference, signal: AbortSignal, held: Resources): Promise<Opened> {
  const work = held.use(await openTempDir());
  const options = { signal, temporaryDirectory: work.path };
  const found = await findArchiveImage(archive, options);
  const { layers, ...facts } = await openLayered(found, options, held);
  await layers.verify();
  const { id, names, platform, created, config } = found;
  return { id, names, platform, created, config, sizeBytes: layers.sizeBytes, ...facts };
}

/** The tree, and what the layers do to one another, in one pass over them. */
async function openLayered(found: ArchiveImage, options: OpenArchiveOptions, held: Resources) {
  const ledger = new LayerLedger();
  const layers = held.use(await openLayers(found.layers, { ...options, witness: ledger }));
  const account = await ledger.account(options.signal);
  const hidden = await ledger.hiddenFiles(options.signal);
  await layers.checkUnchanged();
  const steps = readHistory(found.history, found.config, found.layers.length);
  const history = steps.map((step) => ({ ...step, instruction: hideSecrets(step.instruction) }));
  const historical = historySecrets(found.history);
  return { layers, account, history, historical, hidden, tree: layers.tree, contents: layers.contents };
}

async function describeTree({ tree, contents, config, account, historical, hidden }: Opened, signal: AbortSignal) {
  const entries = [...tree.entries()];
  const ownership = await readPackages(tree, contents);
  const inventory = await readInventory(tree, contents, ownership);
  const weighed = weighEntries(entries, tree, new FileTree([]));
  const files = entries.filter(({ type }) => type === 'file');
  // Without the layers every file would have to be fetched from a container to be searched.
  const searched = account === undefined ? [] : entries.map(placeEntry);
  const secrets = await new SecretSearch(contents, ownership).find(config, searched);
  return {
    directories: largestDirectories(weighed, new FileTree([]), listedDirectories),
    largestFiles: files
      .toSorted((left, right) => right.sizeBytes - left.sizeBytes || comparePaths(left.path, right.path))
      .slice(0, listedFiles)
      .map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    census: takeCensus(entries, ownership),
    capable: pathsWhere(files, ({ xattrs }) => xattrs?.has('security.capability') ?? false),
    worldWritable: worldWritable(entries),
    distribution: inventory.distribution?.prettyName ?? inventory.distribution?.id,
    packages: weighPackages(inventory, tree),
    secrets: [...secrets, ...historical],
    hiddenSecrets: await findHiddenSecrets(hidden, ownership, signal),
  };
}

function pathsWhere(entries: readonly TreeEntry[], matches: (entry: TreeEntry) => boolean): readonly string[] {
  return entries
    .filter(matches)
    .map(({ path }) => path)
    .sort(comparePaths);
}

function weighPackages({ packages }: Inventory, tree: FileTree): readonly WeighedPackage[] {
  return packages
    .map(({ type, name, version, files }) => {
      const there = files?.flatMap((path) => tree.get(path) ?? []);
      const bytes = there?.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0;
      return { type, name, version, bytes, files: there?.length ?? null };
    })
    .sort((left, right) => right.bytes - left.bytes || comparePaths(left.name, right.name));
}
