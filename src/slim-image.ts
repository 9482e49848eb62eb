import { join } from 'node:path';
import { type BuildOptions, buildImage } from './build/build-image.js';
import { placeCertificates, readCertificates } from './build/certificate-file.js';
import { type ImageOutput, openImageOutput } from './build/image-output.js';
import type { Verdict } from './check/compare-runs.js';
import type { CheckPlan } from './check/plan-checks.js';
import type { EngineImage } from './engine/engine.js';
import { pendingImageName } from './engine/pending-image.js';
import { SlimtraceError } from './errors.js';
import { inPhase } from './events.js';
import { type ArchiveReference, renderArchiveReference } from './image/archive/reference.js';
import type { WrittenImage } from './image/archive/write-image.js';
import { type Census, takeCensus } from './image/census.js';
import type { FileTree, TreeEntry } from './image/file-tree.js';
import type { Image } from './image/image.js';
import { type PackageOwnership, readPackages } from './image/packages.js';
import {
  choosePlan,
  type ExerciseOptions,
  observeImage,
  openSource,
  proofOptions,
  type SlimContext,
} from './observe-image.js';
import { proveSlimImage } from './prove-slim-image.js';
import type { SelectionOptions } from './selection/rule.js';
import { type SelectionResult, selectFiles } from './selection/select.js';
import { placeOf, planTarget } from './slim-target.js';
import { allOrNone } from './system/concurrency.js';
import { inTempDir, openTempDir } from './system/temp-dir.js';
import type { Trace } from './trace/trace.js';

/** Everything a user can say about slimming an image. */
export interface SlimOptions extends ExerciseOptions {
  readonly selection: SelectionOptions;
  /** A PEM file to use as the image's CA bundle. */
  readonly certificatesFile: string | undefined;
  /** Name of the slim image; by default the source's with `-slim` appended to the tag. */
  readonly tag: string | undefined;
  /** Where to write the slim image as an archive: a path, or a reference such as `oci:DIRECTORY`. */
  readonly output: string | undefined;
  readonly version: string;
  /** Seconds since 1970 (reproducible-builds.org). */
  readonly sourceDateEpoch: number | undefined;
}

/** What an image amounts to, before or after. */
export interface ImageSummary {
  readonly reference: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly layers: number;
  readonly census: Census;
}

/** What came of it: both images, the verdict and every reason. */
export interface SlimResult {
  readonly original: ImageSummary;
  readonly slim: ImageSummary;
  readonly plan: CheckPlan;
  readonly verdict: Verdict;
  readonly selection: SelectionResult;
  readonly trace: Trace;
  /** The original's entries, kept or not. */
  readonly tree: FileTree;
  /** Which package each of them belongs to. */
  readonly ownership: PackageOwnership;
  /** The archive it was written as. */
  readonly output: string | undefined;
  readonly durationMs: number;
}

/**
 * Makes an image small and proves it: trace, select, build, verify. A negative verdict is in the result, its image under
 * a `-failed` name; throws SlimtraceError when there is nothing to judge.
 */
export async function slimImage(reference: string, options: SlimOptions, context: SlimContext): Promise<SlimResult> {
  const startedMs = performance.now();
  const source = await openSource(reference, options, context);
  const target = planTarget(reference, source, { tag: options.tag, output: options.output }, context.engine);
  const plan = await choosePlan(source, options, context);
  const file = options.certificatesFile;
  const certificates = file === undefined ? undefined : await readCertificates(file);
  await using output = target.output === undefined ? undefined : await openImageOutput(target.output);
  await using work = await openTempDir();
  const observed = await observeImage(reference, source, plan, options, context);
  await using image = observed.image;
  const selection = await select(image, observed.trace, options, context);
  const build = planBuild(image, source, selection, certificates, options);
  const pending = pendingImageName(context.session, 'slim');
  const archive = join(work.path, 'slim.tar');
  const pendingBuild = () => inTempDir(work, () => build({ transport: 'file', path: archive }, pending));
  const { id } = await inPhase(context.emit, 'build', pendingBuild, describeWritten);
  const proof = { ...proofOptions(plan, options, context), originals: observed.originals, source };
  const buildAgain = async (place: ArchiveReference, name: string) => requireSame(id, await build(place, name));
  const writeOutput = () => writeTo(output, (place) => buildAgain(place, target.name));
  const writeFailed = async () => {
    if (target.failedOutput === undefined) return;
    await using failed = await openImageOutput(target.failedOutput);
    await writeTo(failed, (place) => buildAgain(place, target.failedName));
  };
  // The package lists are read while the slim image is being verified.
  const [ownership, proved] = await allOrNone(2, context.signal, () => [
    () => readPackages(image.tree, image.contents),
    () => proveSlimImage({ archive, pending, target, writeOutput, writeFailed }, proof, context),
  ]);
  const { passed } = proved.verdict;
  const written = passed ? target.output : target.failedOutput;
  return {
    original: summarise(reference, source, image.tree.entries(), ownership),
    slim: summarise(
      placeOf(written, proved.name, context.engine),
      proved.image,
      keptEntries(image, selection),
      ownership,
    ),
    tree: image.tree,
    ownership,
    plan,
    verdict: proved.verdict,
    selection,
    trace: observed.trace,
    output: written === undefined ? undefined : renderArchiveReference(written),
    durationMs: performance.now() - startedMs,
  };
}

async function select(
  image: Image,
  traced: Trace,
  options: SlimOptions,
  { emit }: SlimContext,
): Promise<SelectionResult> {
  const { tree, config, contents } = image;
  const env = [...(config.Env ?? []), ...options.run.env];
  const work = () =>
    selectFiles({ tree, config, env, trace: traced, healed: [], options: options.selection, contents });
  return await inPhase(emit, 'select', work, ({ selection }) => `${selection.size} of ${tree.size} entries`);
}

/** Everything a build of this selection needs; the archive's file and the name in it are given when it is built. */
function planBuild(
  image: Image,
  source: EngineImage,
  selection: SelectionResult,
  certificates: Uint8Array | undefined,
  options: SlimOptions,
) {
  const { config, platform, created } = source;
  const plan: Omit<BuildOptions, 'target' | 'name'> = {
    source: { config, platform, created, digest: source.repoDigests[0] ?? source.id },
    version: options.version,
    sourceDateEpoch: options.sourceDateEpoch,
    added: certificates === undefined ? [] : placeCertificates(certificates, image.tree),
  };
  return (target: ArchiveReference, name: string) =>
    buildImage(image, selection.selection.keys(), { ...plan, target, name });
}

/** What is written is what was proved: an image's ID says all but its name. */
function requireSame(provedId: string, written: WrittenImage): void {
  if (written.id === provedId) return;
  throw new SlimtraceError('archive-invalid', { reason: 'the original changed while it was being slimmed' });
}

async function writeTo(
  output: ImageOutput | undefined,
  build: (place: ArchiveReference) => Promise<unknown>,
): Promise<void> {
  await output?.write(build);
  await output?.commit();
}

function describeWritten({ layersBytes }: WrittenImage): string {
  return `${(layersBytes / 1e6).toFixed(1)} MB`;
}

function keptEntries({ tree }: Image, { selection }: SelectionResult): TreeEntry[] {
  return [...selection.keys()].flatMap((path) => tree.get(path) ?? []);
}

function summarise(
  reference: string,
  image: EngineImage,
  entries: Iterable<TreeEntry>,
  ownership: PackageOwnership,
): ImageSummary {
  const { id, sizeBytes, layerCount } = image;
  return { reference, id, sizeBytes, layers: layerCount, census: takeCensus(entries, ownership) };
}
