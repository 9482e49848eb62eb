import { formatAmount, formatCount } from './amount.js';
import { type OpenedBase, openBase } from './build/base/open-base.js';
import { placeCertificates } from './build/certificate-file.js';
import { type ComposeInput, compose } from './build/compose.js';
import type { Composition } from './build/composition.js';
import type { ResultOptions } from './build/result-options.js';
import { readInventories } from './build/sbom/read-inventories.js';
import { SecretSearch } from './build/secrets/secret-search.js';
import { dateOf } from './build/slim-config.js';
import { buildCandidate } from './build-candidate.js';
import type { EngineImage } from './engine/engine.js';
import { inPhase } from './events.js';
import { type PackageOwnership, readPackages } from './image/packages.js';
import type { ExerciseOptions, Observed, SlimContext } from './observe-image.js';
import type { Publishable } from './publish-image.js';
import type { AssistedFile } from './selection/assisted-file.js';
import { isFileOnly } from './selection/granularity.js';
import { missedPaths, withoutIdleListings } from './selection/missed-paths.js';
import type { SelectionOptions } from './selection/rule.js';
import { type SelectionResult, selectFiles } from './selection/select.js';
import { Resources } from './system/resources.js';
import type { TempDir } from './system/temp-dir.js';
import { mergeTraces } from './trace/merge-traces.js';
import type { Trace } from './trace/trace.js';
import { describeVerdicts, type ScenarioVerdict, type Trial, tryCandidate } from './try-candidate.js';

/** What a selection is made from. */
export interface Selectable {
  readonly observed: Pick<Observed, 'image' | 'trace'> & {
    readonly scenarios: readonly Pick<Observed['scenarios'][number], 'run'>[];
  };
  readonly assisted: readonly AssistedFile[];
  readonly options: { readonly selection: SelectionOptions };
}

/** What slim images are made from, round after round. */
export interface Healable {
  readonly source: EngineImage;
  readonly observed: Observed;
  /** What earlier slim images are known to have missed. */
  readonly healed: readonly Trace[];
  /** What a helper of the user's choice found in the image. */
  readonly assisted: readonly AssistedFile[];
  /** PEM to use as the image's CA bundle. */
  readonly certificates: Uint8Array | undefined;
  readonly work: TempDir;
  readonly options: ExerciseOptions & {
    readonly selection: SelectionOptions;
    readonly result: ResultOptions;
    readonly healRounds: number;
    readonly version: string;
    readonly sourceDateEpoch: number | undefined;
  };
  readonly context: SlimContext;
}

/** What slim images missed when they ran under the trace. */
export interface Healing {
  /** What each round added, paths as the application named them. */
  readonly rounds: readonly Trace[];
  /** What the last image still misses: nothing, unless the rounds were spent or it was not to be healed. */
  readonly missed: Trace;
}

/** The last slim image, tried as it is. It is on the engine as long as its scope lasts. */
export interface Healed extends Publishable, AsyncDisposable {
  readonly selection: SelectionResult;
  readonly composition: Composition;
  readonly verdicts: readonly ScenarioVerdict[];
  /** What it touched under the trace. */
  readonly trace: Trace;
  readonly healing: Healing;
  readonly ownership: PackageOwnership;
}

/**
 * Builds a slim image, tries it, and builds it again with what it missed, until it misses nothing or the rounds are spent.
 * The selection only grows, so it ends. The verdicts are about the last image, untouched.
 */
export async function healImage(story: Healable): Promise<Healed> {
  const { image } = story.observed;
  const rounds: Trace[] = [...story.healed];
  let selection = await select(story, rounds);
  await using standing = new Resources();
  const base = await openStory(story, selection, standing);
  const ownership = await readPackages(image.tree, image.contents);
  const inventories = await readInventories(image, ownership, base);
  const secrets = new SecretSearch(image.contents, ownership);
  for (;;) {
    await using held = new Resources();
    const composition = await composeRound(story, selection, rounds, { base, ownership, secrets, inventories });
    const candidate = await buildCandidate(story, composition, rounds.length, held);
    const trial = await inVerifyPhase(candidate.image, story);
    const lacked = missedPaths(trial.trace, { tree: image.tree, trace: story.observed.trace }, selection.selection);
    const grown = lacked.paths.length === 0 ? selection : await selectAgain(story, [...rounds, lacked]);
    const missed = withoutIdleListings(lacked, image.tree, selection.selection, grown.selection);
    const isWhole = grown.selection.size === selection.selection.size;
    if (isWhole || rounds.length - story.healed.length >= story.options.healRounds) {
      const resources = [standing.move(), held.move()];
      return {
        ...candidate,
        ...trial,
        selection,
        composition,
        healing: { rounds, missed: isWhole ? { ...missed, paths: [] } : missed },
        ownership,
        async [Symbol.asyncDispose]() {
          await using both = new Resources();
          for (const resource of resources) both.use(resource);
        },
      };
    }
    rounds.push(missed);
    const added = grown.selection.size - selection.selection.size;
    story.context.emit({
      kind: 'note',
      message: `healing, round ${rounds.length}: the slim image lacked ${describePaths(missed)}; ${formatAmount(added, 'entry')} added`,
    });
    selection = grown;
  }
}

async function select(story: Healable, healed: readonly Trace[]): Promise<SelectionResult> {
  const { tree } = story.observed.image;
  const work = () => selectAgain(story, healed);
  return await inPhase(
    story.context.emit,
    'select',
    work,
    ({ selection }) => `${formatCount(selection.size)} of ${formatAmount(tree.size, 'entry')}`,
  );
}

/** Selects what an image's slim one keeps, with what earlier ones missed. */
export async function selectAgain(
  { observed, assisted, options }: Selectable,
  healed: readonly Trace[],
): Promise<SelectionResult> {
  const { image, trace, scenarios } = observed;
  const { tree, config, contents } = image;
  const env = [...(config.Env ?? []), ...scenarios.flatMap(({ run }) => run.env)];
  const ownership = isFileOnly(options.selection.granularity) ? undefined : await readPackages(tree, contents);
  return await selectFiles({
    tree,
    config,
    env,
    trace,
    healed,
    assisted,
    options: options.selection,
    contents,
    ...(ownership === undefined ? {} : { ownership }),
  });
}

/** What the user wants the image to stand on, opened as long as the story lasts. */
async function openStory(
  { observed, options, context, work }: Healable,
  { selection }: SelectionResult,
  held: Resources,
): Promise<OpenedBase | undefined> {
  const { base } = options.result;
  if (base === undefined) return undefined;
  const opened = await openBase(base, { image: observed.image, selection }, { ...context, work });
  held.use(opened.image);
  context.emit({ kind: 'note', message: `base: ${opened.image.name}, because ${opened.because}` });
  return opened;
}

async function composeRound(
  { source, observed, certificates, options }: Healable,
  { selection }: SelectionResult,
  rounds: readonly Trace[],
  standing: Pick<ComposeInput, 'base' | 'ownership' | 'secrets' | 'inventories'>,
): Promise<Composition> {
  const { image } = observed;
  return await compose({
    image,
    selection,
    trace: mergeTraces(observed.trace, ...rounds),
    options: options.result,
    added: certificates === undefined ? [] : placeCertificates(certificates, image.tree),
    about: { created: dateOf(source.created, options.sourceDateEpoch), version: options.version },
    ...standing,
  });
}

async function inVerifyPhase(slim: EngineImage, { source, observed, options, context }: Healable): Promise<Trial> {
  const work = () => tryCandidate(slim, source, observed.scenarios, options, context);
  return await inPhase(context.emit, 'verify', work, ({ verdicts }) => describeVerdicts(verdicts));
}

/** The first paths, and how many more. */
function describePaths({ paths }: Trace): string {
  const shown = paths.slice(0, 3).map(({ path }) => path);
  return `${shown.join(', ')}${paths.length > shown.length ? ` and ${paths.length - shown.length} more` : ''}`;
}
