import { join } from 'node:path';
import { openEngineImage } from './agent/open-image.js';
import { type TraceOutcome, traceImage } from './agent/trace-image.js';
import { commandOf } from './agent/traced-container.js';
import { type BuildOptions, buildImage } from './build/build-image.js';
import { placeCertificates, readCertificates } from './build/certificate-file.js';
import { type CheckRun, renderCheck } from './check/check.js';
import type { Verdict } from './check/compare-runs.js';
import { type CheckPlan, type CheckRequests, planChecks } from './check/plan-checks.js';
import { type ProofOptions, proveImage } from './check/prove.js';
import { runPlain } from './check/run-plain.js';
import type { Engine, EngineImage, RunOptions } from './engine/engine.js';
import { hasHomeVariable } from './engine/environment.js';
import { pendingImageName } from './engine/pending-image.js';
import { SlimtraceError } from './errors.js';
import { type Emit, inPhase } from './events.js';
import { type Census, takeCensus } from './image/census.js';
import type { FileTree, TreeEntry } from './image/file-tree.js';
import type { Image } from './image/image.js';
import type { WrittenImage } from './image/image-archive.js';
import { failedName, slimName } from './image/name.js';
import { type PackageOwnership, readPackages } from './image/packages.js';
import { validateImageArchive } from './image/validate.js';
import type { SelectionOptions } from './selection/rule.js';
import { type SelectionResult, selectFiles } from './selection/select.js';
import { allOrNone, mapBounded } from './system/concurrency.js';
import { openOutputFile } from './system/output-file.js';
import type { Session } from './system/session.js';
import { inTempDir, openTempDir } from './system/temp-dir.js';
import type { Trace } from './trace/trace.js';

/** How an image is run and exercised. */
export interface ExerciseOptions {
  readonly run: RunOptions;
  readonly checks: CheckRequests;
  /** How long a container may take to become ready, and each check to pass. */
  readonly timeoutMs: number;
  readonly stopGraceSeconds: number;
  /** A trace made before, instead of tracing now. */
  readonly trace: Trace | undefined;
}

/** Everything a user can say about slimming an image. */
export interface SlimOptions extends ExerciseOptions {
  readonly selection: SelectionOptions;
  /** A PEM file to use as the image's CA bundle. */
  readonly certificatesFile: string | undefined;
  /** Name of the slim image; by default the source's with `-slim` appended to the tag. */
  readonly tag: string | undefined;
  /** Where to write the slim image as an archive as well. */
  readonly outputFile: string | undefined;
  readonly version: string;
  /** Seconds since 1970 (reproducible-builds.org). */
  readonly sourceDateEpoch: number | undefined;
}

/** What the story needs from outside. */
export interface SlimContext {
  readonly engine: Engine;
  readonly session: Session;
  readonly emit: Emit;
  readonly signal: AbortSignal;
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
  readonly outputFile: string | undefined;
  readonly durationMs: number;
}

/**
 * Makes an image small and proves it: trace, select, build, verify. A negative verdict is in the result, its image under
 * a `-failed` name; throws SlimtraceError when there is nothing to judge.
 */
export async function slimImage(reference: string, options: SlimOptions, context: SlimContext): Promise<SlimResult> {
  const startedMs = performance.now();
  const source = await openSource(reference, options, context);
  const name = options.tag ?? slimName(reference, source.names);
  if (source.names.includes(name)) {
    throw new SlimtraceError('usage', {
      problem: `--tag ${name} is a name of the original image`,
      hint: 'the original would lose it, and nothing could be compared any more',
    });
  }
  const plan = choosePlan(source, options, context);
  const file = options.certificatesFile;
  const certificates = file === undefined ? undefined : await readCertificates(file);
  await using output = options.outputFile === undefined ? undefined : await openOutputFile(options.outputFile);
  await using work = await openTempDir();
  const observed = await observe(reference, source, plan, options, context);
  await using image = observed.image;
  const selection = await select(image, observed.trace, options, context);
  const build = planBuild(image, source, selection, certificates, options);
  const pending = pendingImageName(context.session, 'slim');
  const archive = join(work.path, 'slim.tar');
  await inPhase(context.emit, 'build', () => inTempDir(work, () => build(archive, pending)), describeWritten);
  const proof = { ...proofOptions(plan, options, context), originals: observed.originals, source };
  const writeOutput = async () => {
    await output?.write((path) => build(path, name));
    await output?.commit();
  };
  const proved = await prove({ archive, pending, name, writeOutput }, proof, context);
  return {
    ...(await summarise(reference, source, image, selection, proved)),
    plan,
    verdict: proved.verdict,
    selection,
    trace: observed.trace,
    outputFile: proved.verdict.passed ? options.outputFile : undefined,
    durationMs: performance.now() - startedMs,
  };
}

/** Runs an image under the trace and returns what it touched; nothing is built. */
export async function traceOnly(
  reference: string,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<TraceOutcome & { readonly source: EngineImage; readonly plan: CheckPlan }> {
  const source = await openSource(reference, options, context);
  const plan = choosePlan(source, options, context);
  const outcome = await trace(source, plan, options, context);
  return { source, plan, ...outcome };
}

/** Inspects an image for slimming. Throws when there is no engine, no such image, or it can't be run here. */
async function openSource(
  reference: string,
  options: ExerciseOptions,
  { engine, emit }: SlimContext,
): Promise<EngineImage> {
  const { architecture } = await engine.probe();
  const [source, swept] = await Promise.all([engine.inspectImage(reference), engine.sweep()]);
  if (swept > 0)
    emit({ kind: 'note', message: `removed ${swept} containers or images that an interrupted run had left behind` });
  if (source.platform.os !== 'linux')
    throw new SlimtraceError('unsupported-platform', { what: `images for ${source.platform.os}` });
  if (source.platform.architecture !== architecture) {
    throw new SlimtraceError('wrong-architecture', { image: source.platform.architecture, engine: architecture });
  }
  // Read again when it is needed; one that can't be read is told before the work.
  await hasHomeVariable(options.run, source.config);
  if (options.trace !== undefined && options.trace.imageId !== source.id) {
    throw new SlimtraceError('trace-invalid', {
      reason: `it was made from the image ${options.trace.imageId}, and ${reference} is ${source.id}`,
    });
  }
  return source;
}

function choosePlan(source: EngineImage, options: ExerciseOptions, { emit }: SlimContext): CheckPlan {
  if (commandOf(options.run, source).length === 0) {
    throw new SlimtraceError('usage', {
      problem: 'the image has no command to run',
      hint: 'give one after --, as for docker run',
    });
  }
  const plan = planChecks(options.checks, source.config);
  const chosen = plan.isDefault
    ? 'checks chosen from the image (name your own with --http, --exec, --tcp or --exit)'
    : 'checks';
  emit({ kind: 'note', message: `${chosen}: ${plan.checks.map(renderCheck).join(', ')}` });
  return plan;
}

interface Observed {
  readonly image: Image;
  readonly trace: Trace;
  /** Two runs of the original as it is, to learn what varies. */
  readonly originals: readonly CheckRun[];
}

/** Lists the pristine tree, traces the image and runs it twice untraced; at once, unless the runs share something. */
async function observe(
  reference: string,
  source: EngineImage,
  plan: CheckPlan,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<Observed> {
  const { engine, emit } = context;
  const limit = sharesNothing(options.run) ? 3 : 1;
  const [image, trace_, originals] = await allOrNone(limit, context.signal, (signal) => [
    () =>
      inPhase(
        emit,
        'open',
        () => openEngineImage(engine, source, reference),
        ({ tree }) => `${tree.size} entries`,
      ),
    async () => options.trace ?? (await trace(source, plan, options, { ...context, signal })).trace,
    () => baseline(source, plan, options, { ...context, signal }),
  ]);
  return { image, trace: trace_, originals };
}

/** Containers that share a network or a volume of the user's would meet each other there. */
function sharesNothing(run: RunOptions): boolean {
  return run.volumes.length === 0 && (run.network === undefined || run.network === 'none' || run.network === 'bridge');
}

async function trace(
  source: EngineImage,
  plan: CheckPlan,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<TraceOutcome> {
  const hasHome = await hasHomeVariable(options.run, source.config);
  const { stopGraceSeconds } = options;
  const work = () =>
    traceImage(context.engine, source, { ...proofOptions(plan, options, context), hasHome, stopGraceSeconds });
  const outcome = await inPhase(context.emit, 'trace', work, (traced) => `${traced.trace.paths.length} paths`);
  requireEvidence(plan, outcome.run, 'under the trace');
  return outcome;
}

async function baseline(
  source: EngineImage,
  plan: CheckPlan,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<readonly CheckRun[]> {
  const limit = sharesNothing(options.run) ? 2 : 1;
  const work = () =>
    mapBounded([1, 2], limit, () =>
      runPlain(context.engine, source.id, options.run, proofOptions(plan, options, context)),
    );
  const runs = await inPhase(context.emit, 'baseline', work, () => `${plan.checks.length} checks, twice`);
  for (const run of runs) requireEvidence(plan, run, 'on the original image');
  return runs;
}

/** A check that the user named has to pass; of those we chose, one is enough. Throws `no-evidence`. */
function requireEvidence(plan: CheckPlan, run: CheckRun, where: string): void {
  const failed = run.outcomes.filter(({ passed }) => !passed);
  if (failed.length === 0 || (plan.isDefault && failed.length < run.outcomes.length)) return;
  const reason = failed.map(({ check, problem = 'it failed' }) => `${renderCheck(check)}: ${problem}`).join('; ');
  throw new SlimtraceError('no-evidence', { reason: `${where}, ${reason}`, log: run.lastLogLines.join('\n') });
}

async function select(
  image: Image,
  traced: Trace,
  options: SlimOptions,
  { emit }: SlimContext,
): Promise<SelectionResult> {
  const { tree, config, contents } = image;
  const work = () => selectFiles({ tree, config, trace: traced, options: options.selection, contents });
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
  const plan: Omit<BuildOptions, 'file' | 'name'> = {
    source: { config, platform, created, digest: source.repoDigests[0] ?? source.id },
    version: options.version,
    sourceDateEpoch: options.sourceDateEpoch,
    added: certificates === undefined ? [] : placeCertificates(certificates, image.tree),
  };
  return (file: string, name: string) => buildImage(image, selection.selection.keys(), { ...plan, file, name });
}

function describeWritten({ layersBytes }: WrittenImage): string {
  return `${(layersBytes / 1e6).toFixed(1)} MB`;
}

function proofOptions(plan: CheckPlan, options: ExerciseOptions, { signal }: SlimContext): ProofOptions {
  return { run: options.run, checks: plan.checks, timeoutMs: options.timeoutMs, signal };
}

/** A slim image that isn't proved yet. */
interface Candidate {
  readonly archive: string;
  /** The name it is loaded under until it is proved. */
  readonly pending: string;
  readonly name: string;
  /** To be done when it is proved, before it gets its name: an output that can't be written leaves no image either. */
  readonly writeOutput: () => Promise<void>;
}

interface Proved {
  readonly verdict: Verdict;
  /** The name it has in the end: the good one, or the `-failed` one. */
  readonly name: string;
  readonly image: EngineImage;
}

/** Loads the slim image, runs the checks on it and names it by what came of them. */
async function prove(
  candidate: Candidate,
  proof: ProofOptions & { readonly originals: readonly CheckRun[]; readonly source: EngineImage },
  { engine, emit }: SlimContext,
): Promise<Proved> {
  const { archive, pending } = candidate;
  try {
    const work = async (): Promise<Proved> => {
      const [id] = await Promise.all([engine.loadImage(archive, pending), validateImageArchive(archive)]);
      const verdict = await proveImage(engine, { original: proof.source, slimId: id }, proof.originals, proof);
      if (verdict.passed) await candidate.writeOutput();
      const name = verdict.passed ? candidate.name : failedName(candidate.name);
      await engine.tagImage(id, name);
      return { verdict, name, image: await engine.inspectImage(id) };
    };
    return await inPhase(emit, 'verify', work, ({ verdict }) =>
      verdict.passed ? 'every check passed' : 'the slim image answers differently',
    );
  } finally {
    await engine.removeImageName(pending);
  }
}

async function summarise(
  reference: string,
  source: EngineImage,
  image: Image,
  { selection }: SelectionResult,
  proved: Proved,
) {
  const ownership = await readPackages(image.tree, image.contents);
  const kept = [...selection.keys()].flatMap((path) => image.tree.get(path) ?? []);
  return {
    original: summaryOf(reference, source, image.tree.entries(), ownership),
    slim: summaryOf(proved.name, proved.image, kept, ownership),
    tree: image.tree,
    ownership,
  };
}

function summaryOf(
  reference: string,
  image: EngineImage,
  entries: Iterable<TreeEntry>,
  ownership: PackageOwnership,
): ImageSummary {
  const { id, sizeBytes, layerCount } = image;
  return { reference, id, sizeBytes, layers: layerCount, census: takeCensus(entries, ownership) };
}
