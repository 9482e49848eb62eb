import { judgeBudgets, tellVainBudgets } from './check-budgets.js';
import { type Confinable, confineImage } from './confine-image.js';
import { loadDebugImage } from './debug-image.js';
import { attestationsOf, type DocumentedImage, type DocumentFacts, documentImage } from './document-image.js';
import { type Healed, healImage, type Selectable } from './heal-image.js';
import { traceNodeFiles } from './node-file-trace/trace-node-files.js';
import { type Observed, observeImage, type SlimContext } from './observe-image.js';
import { planSlimming, type SlimPlan } from './plan-slimming.js';
import { type Published, publishImage } from './publish-image.js';
import { findPrevious } from './push-size.js';
import type { AssistedFile } from './selection/assisted-file.js';
import { holds } from './selection/lock/drift.js';
import { type SettledBuild, settleBuild } from './settle-build.js';
import type { SlimOptions } from './slim-options.js';
import { describeResult, type Judgement, type SlimResult, type SlimStory } from './slim-result.js';
import { mergeTraces } from './trace/merge-traces.js';
import { allPassed } from './try-candidate.js';

/**
 * Makes an image small and proves it: trace, select, build, verify, heal. A negative verdict and exceeded budgets are in the
 * result, its image under a `-failed` name; throws SlimtraceError when there is nothing to judge.
 */
export async function slimImage(reference: string, options: SlimOptions, context: SlimContext): Promise<SlimResult> {
  const startedMs = performance.now();
  await using plan = await planSlimming(reference, options, context);
  const { source, scenarios, certificates, work } = plan;
  const seen = await observeImage(reference, source, scenarios, options, context);
  await using _image = seen.image;
  const settled = settleBuild(seen, source, options.lock);
  const { observed } = settled;
  const assisted = await assist(observed, options, context);
  await using healed = await healImage({ source, ...settled, assisted, certificates, work, options, context });
  const judgement = await judge({ plan, settled, healed }, options, context);
  const story: SlimStory = { plan, observed, healed, judgement };
  const { isGood } = judgement;
  await using debug = isGood ? await loadDebugImage(plan.debug, healed, { work, context }) : undefined;
  const confinement = isGood ? await confineImage(confinable(story), plan.profiles, options, context) : undefined;
  const facts = documented(story, options);
  const published = await publish(story, facts, options, context);
  if (options.publishes) await debug?.publish();
  const written = { id: healed.configDigest, manifestDigest: published.written?.manifestDigest };
  const documents = isGood ? documentImage(facts, written) : undefined;
  const outcome = { published, confinement, documents, debug: debug?.described, isDryRun: !options.publishes };
  return { ...describeResult(story, outcome, context.engine), durationMs: performance.now() - startedMs };
}

interface TriedImage {
  readonly plan: SlimPlan;
  readonly settled: SettledBuild<Observed>;
  readonly healed: Healed;
}

/** What is to be said of a slim image that was tried, before it gets a name. */
async function judge(
  { plan, settled, healed }: TriedImage,
  options: SlimOptions,
  context: SlimContext,
): Promise<Judgement> {
  const { source, target, work } = plan;
  const { image } = settled.observed;
  const passed = allPassed(healed.verdicts);
  const drift = settled.driftOf(healed.selection.selection);
  const previous = await findPrevious(target, context, work);
  const budgets = await judgeBudgets(options, { source, image, healed, previous });
  const vain = tellVainBudgets(budgets);
  if (vain !== undefined) context.emit({ kind: 'warning', message: vain });
  const isAsLocked = drift === null || drift.against === 'trace' || holds(drift);
  const isGood = passed && isAsLocked && budgets.every((budget) => budget.passed);
  return { passed, drift, budgets, previous, isGood };
}

function confinable({ plan, observed, healed }: SlimStory): Confinable {
  return {
    slim: healed.image,
    name: plan.target.name,
    original: observed.image,
    entries: healed.composition.entries,
    trace: mergeTraces(observed.trace, healed.trace),
    scenarios: observed.scenarios,
    work: plan.work,
  };
}

function documented({ plan, observed, healed }: SlimStory, options: SlimOptions): DocumentFacts {
  const { reference, source, scenarios, target } = plan;
  const { composition } = healed;
  return { reference, source, name: target.name, scenarios, trace: observed.trace, composition, options };
}

/** Names the slim image by what came of it and writes its archive; in a dry run it is only said what it would be called. */
async function publish(
  { plan: { target, output }, healed, judgement: { isGood } }: SlimStory,
  facts: DocumentFacts,
  { publishes, attest: isAttested }: SlimOptions,
  { engine }: SlimContext,
): Promise<Published> {
  if (!publishes) {
    const name = isGood ? target.name : target.failedName;
    return { name, image: healed.image, output: undefined, written: undefined };
  }
  const attest = isAttested ? (image: DocumentedImage) => attestationsOf(facts, image) : undefined;
  return await publishImage(healed, isGood, { target, output, attest }, engine);
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
