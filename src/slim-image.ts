import type { Budgets } from './budgets.js';
import { strangeFiles } from './build/base/strange-files.js';
import { readCertificates } from './build/certificate-file.js';
import { openImageOutput } from './build/image-output.js';
import type { ResultOptions } from './build/result-options.js';
import { unexercisedPorts } from './check/unexercised-ports.js';
import { judgeBudgets } from './check-budgets.js';
import { type ConfinementOptions, confineImage, openProfiles } from './confine-image.js';
import { type DebugImageRequest, loadDebugImage, planDebugImage } from './debug-image.js';
import { attestationsOf, type DocumentedImage, documentImage, type InputFile } from './document-image.js';
import { SlimtraceError } from './errors.js';
import { healImage, type Selectable } from './heal-image.js';
import { type HealthcheckRequest, withHealthcheck } from './healthcheck-request.js';
import { renderArchiveReference } from './image/archive/reference.js';
import { FileTree } from './image/file-tree.js';
import { traceNodeFiles } from './node-file-trace/trace-node-files.js';
import { type ExerciseOptions, observeImage, openSource, type SlimContext } from './observe-image.js';
import { publishImage } from './publish-image.js';
import { findPrevious, measurePush } from './push-size.js';
import { requireBase } from './require-base.js';
import { planScenarios } from './scenario.js';
import type { AssistedFile } from './selection/assisted-file.js';
import { enumeratedDirectories } from './selection/enumerated.js';
import { holds } from './selection/lock/drift.js';
import type { SelectionOptions } from './selection/rule.js';
import { type GivenLock, settleBuild } from './settle-build.js';
import { type SlimResult, summarise } from './slim-result.js';
import { placeOf, planTarget, type SlimTarget } from './slim-target.js';
import { openTempDir } from './system/temp-dir.js';
import { mergeTraces } from './trace/merge-traces.js';

/** Everything a user can say about slimming an image. */
export interface SlimOptions extends ExerciseOptions {
  readonly selection: SelectionOptions;
  readonly result: ResultOptions;
  readonly healthcheck: HealthcheckRequest;
  readonly budgets: Budgets;
  /** The size that was accepted last, for `failIfLarger`; undefined: the image that had the name says it. */
  readonly acceptedBytes: number | undefined;
  /** A PEM file to use as the image's CA bundle. */
  readonly certificatesFile: string | undefined;
  /** The main file of @vercel/nft, when it is to be asked what JavaScript reaches. */
  readonly nodeFileTrace: string | undefined;
  readonly confinement: ConfinementOptions;
  /** Name of the slim image; by default the source's with `-slim` appended to the tag. */
  readonly tag: string | undefined;
  /** Where to write the slim image as an archive: a path, or a reference such as `oci:DIRECTORY`. */
  readonly output: string | undefined;
  /** What to keep, reviewed: nothing is traced, and nothing runs with more rights than any container has. */
  readonly lock: GivenLock | undefined;
  /** False: it is built and proved as ever, and nothing of it is left. */
  readonly publishes: boolean;
  /** An image with debugging tools on the slim one's layers. */
  readonly debug: DebugImageRequest | undefined;
  /** How often the slim image is built again with what it missed under the trace; 0 only tells what it missed. */
  readonly healRounds: number;
  /** Attach the documents to the archive that it is written as. */
  readonly attest: boolean;
  /** Files that the user gave. */
  readonly inputFiles: readonly InputFile[];
  readonly version: string;
  /** Seconds since 1970 (reproducible-builds.org). */
  readonly sourceDateEpoch: number | undefined;
}

/**
 * Makes an image small and proves it: trace, select, build, verify, heal. A negative verdict and exceeded budgets are in the
 * result, its image under a `-failed` name; throws SlimtraceError when there is nothing to judge.
 */
export async function slimImage(reference: string, options: SlimOptions, context: SlimContext): Promise<SlimResult> {
  const startedMs = performance.now();
  const source = withHealthcheck(await openSource(reference, options, context), options.healthcheck);
  const target = planTarget(reference, source, { tag: options.tag, output: options.output }, context.engine);
  if (options.attest) requireArchive(target);
  await requireBase(options.result.base, { source, target, debug: options.debug }, context);
  const debugPlan = await planDebugImage(options.debug, { source, target }, context);
  const scenarios = await planScenarios(options.scenarios, source, context);
  const file = options.certificatesFile;
  const certificates = file === undefined ? undefined : await readCertificates(file);
  await using profiles = await openProfiles(options.confinement, options, context.engine);
  const isWritten = options.publishes && target.output !== undefined;
  await using output = isWritten ? await openImageOutput(target.output) : undefined;
  await using work = await openTempDir();
  const seen = await observeImage(reference, source, scenarios, options, context);
  await using image = seen.image;
  const settled = settleBuild(seen, source, options.lock);
  const { observed } = settled;
  const assisted = await assist(observed, options, context);
  await using healed = await healImage({ source, ...settled, assisted, certificates, work, options, context });
  const { selection, composition, verdicts } = healed;
  const passed = verdicts.every(({ verdict }) => verdict.passed);
  const drift = settled.driftOf(selection.selection);
  const previous = await findPrevious(target, context, work);
  const budgets = await judgeBudgets(options, { source, image, healed, previous });
  const isAsLocked = drift === null || drift.against === 'trace' || holds(drift);
  const isGood = passed && isAsLocked && budgets.every((budget) => budget.passed);
  await using debug = isGood ? await loadDebugImage(debugPlan, healed, { work, context }) : undefined;
  const slim = {
    slim: healed.image,
    name: target.name,
    original: image,
    entries: composition.entries,
    trace: mergeTraces(observed.trace, healed.trace),
    scenarios: observed.scenarios,
    work,
  };
  const confinement = isGood ? await confineImage(slim, profiles, options, context) : undefined;
  const facts = { reference, source, name: target.name, scenarios, trace: observed.trace, composition, options };
  const attest = options.attest ? (image: DocumentedImage) => attestationsOf(facts, image) : undefined;
  const published = options.publishes
    ? await publishImage(healed, isGood, { target, output, attest }, context.engine)
    : { name: isGood ? target.name : target.failedName, image: healed.image, output: undefined, written: undefined };
  const documented = { id: healed.configDigest, manifestDigest: published.written?.manifestDigest };
  if (options.publishes) await debug?.publish();
  const { ownership } = healed;
  return {
    original: summarise(reference, source, image.tree.entries(), ownership),
    slim: summarise(
      placeOf(published.output ?? (isGood ? target.output : target.failedOutput), published.name, context.engine),
      published.image,
      composition.entries,
      ownership,
    ),
    scenarios,
    passed,
    drift,
    budgets,
    verdicts,
    healing: healed.healing,
    enumerated: enumeratedDirectories([observed.trace, healed.trace], image.tree, new FileTree(composition.entries)),
    strangeFiles: strangeFiles(healed.trace, image.tree, {
      base: composition.base?.image.tree,
      entries: composition.entries,
    }),
    unexercisedPorts: unexercisedPorts(
      source.config,
      verdicts.map(({ verdict }) => verdict),
    ),
    selection,
    composition,
    layers: healed.layers,
    push: isGood ? measurePush(healed.layers, previous) : null,
    config: source.config,
    trace: observed.trace,
    tree: image.tree,
    layerOf: image.layerOf,
    ownership,
    debug: debug?.described,
    documents: isGood ? documentImage(facts, documented) : undefined,
    confinement,
    output: published.output === undefined ? undefined : renderArchiveReference(published.output),
    isDryRun: !options.publishes,
    durationMs: performance.now() - startedMs,
  };
}

/** Engines have no place for attestations. */
function requireArchive({ output }: SlimTarget): void {
  if (output !== undefined && output.transport !== 'docker-archive') return;
  throw new SlimtraceError('usage', {
    problem: '--attest attaches to an OCI archive, and none is written',
    hint: 'give one with --output FILE.tar or --output oci:DIRECTORY, or write the documents with --sbom and --provenance',
  });
}

/** What the helpers that the user chose find in the image. */
export async function assist(
  { image, trace, scenarios }: Selectable['observed'],
  { nodeFileTrace: library }: Pick<SlimOptions, 'nodeFileTrace'>,
  { emit, signal }: SlimContext,
): Promise<readonly AssistedFile[]> {
  if (library === undefined) return [];
  const env = [...(image.config.Env ?? []), ...scenarios.flatMap(({ run }) => run.env)];
  const onProblem = (message: string) => emit({ kind: 'warning', message });
  return await traceNodeFiles(image, trace, { library, env, signal, onProblem });
}
