import { strangeFiles } from './build/base/strange-files.js';
import type { Composition } from './build/composition.js';
import { unexercisedPorts } from './check/unexercised-ports.js';
import type { BudgetFinding } from './check-budgets.js';
import type { Confinement } from './confine-image.js';
import type { DebugImage } from './debug-image.js';
import type { ImageDocuments } from './document-image.js';
import type { Engine, EngineImage } from './engine/engine.js';
import type { Healed, Healing } from './heal-image.js';
import { renderArchiveReference } from './image/archive/reference.js';
import { type Census, takeCensus } from './image/census.js';
import { FileTree, type TreeEntry } from './image/file-tree.js';
import type { Image, ImageConfig } from './image/image.js';
import type { PackageOwnership } from './image/packages.js';
import type { ImagePath } from './image/path.js';
import type { Observed } from './observe-image.js';
import type { SlimPlan } from './plan-slimming.js';
import type { Published } from './publish-image.js';
import { type BuiltLayer, measurePush, type PreviousImage, type Push } from './push-size.js';
import type { PlannedScenario } from './scenario.js';
import { type EnumeratedDirectory, enumeratedDirectories } from './selection/enumerated.js';
import type { Drift } from './selection/lock/drift.js';
import type { SelectionResult } from './selection/select.js';
import { placeOf } from './slim-target.js';
import type { Trace } from './trace/trace.js';
import type { ScenarioVerdict } from './try-candidate.js';

/** What an image amounts to, before or after. */
export interface ImageSummary {
  readonly reference: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly layers: number;
  readonly census: Census;
}

/** What came of it: both images, the verdicts and every reason. */
export interface SlimResult {
  readonly original: ImageSummary;
  readonly slim: ImageSummary;
  readonly scenarios: readonly PlannedScenario[];
  /** Every check was answered as by the original. */
  readonly passed: boolean;
  /** What became of each budget. */
  readonly budgets: readonly BudgetFinding[];
  /** From the lock, or from the build that was traced; null when neither was given. */
  readonly drift: Drift | null;
  readonly verdicts: readonly ScenarioVerdict[];
  readonly healing: Healing;
  /** Directories that the application lists, and of which the slim image shows fewer names. */
  readonly enumerated: readonly EnumeratedDirectory[];
  /** Files of the base that the application used, and the original lacks. */
  readonly strangeFiles: readonly ImagePath[];
  /** Exposed ports that no check proved anything about. */
  readonly unexercisedPorts: readonly string[];
  readonly selection: SelectionResult;
  readonly composition: Composition;
  /** Of the slim image, bottom first. */
  readonly layers: readonly BuiltLayer[];
  /** Null when nothing had its name before, or when it isn't to have it. */
  readonly push: Push | null;
  /** The original's, with the HEALTHCHECK that was asked for. */
  readonly config: ImageConfig;
  readonly trace: Trace;
  /** The original's entries, kept or not. */
  readonly tree: FileTree;
  /** See {@link Image}. */
  readonly layerOf: Image['layerOf'];
  /** Which package each of them belongs to. */
  readonly ownership: PackageOwnership;
  /** The image with debugging tools, when it was wanted and the slim one is proved. */
  readonly debug: DebugImage | undefined;
  /** What came of the profiles that were asked for; nothing when the image isn't proved. */
  readonly confinement: Confinement | undefined;
  /** Absent where it isn't proved: nobody should take it for the good one. */
  readonly documents: ImageDocuments | undefined;
  /** The archive it was written as. */
  readonly output: string | undefined;
  /** Nothing of it is left: its name is the one that it would have got. */
  readonly isDryRun: boolean;
  readonly durationMs: number;
}

/** A slim image that was made, tried and judged. */
export interface SlimStory {
  readonly plan: SlimPlan;
  readonly observed: Observed;
  readonly healed: Healed;
  readonly judgement: Judgement;
}

export interface Judgement extends Pick<SlimResult, 'passed' | 'drift' | 'budgets'> {
  /** The image or archive that had its name until now. */
  readonly previous: PreviousImage | undefined;
  /** Nothing speaks against its getting the good name. */
  readonly isGood: boolean;
}

/** What became of it then. */
export interface SlimOutcome extends Pick<SlimResult, 'confinement' | 'documents' | 'debug' | 'isDryRun'> {
  readonly published: Published;
}

/** All there is to say of a slimming but how long it took. */
export function describeResult(
  { plan, observed, healed, judgement }: SlimStory,
  { published, ...rest }: SlimOutcome,
  engine: Pick<Engine, 'keepsImages'>,
): Omit<SlimResult, 'durationMs'> {
  const { source, target } = plan;
  const { image, trace } = observed;
  const { selection, composition, verdicts, healing, layers, ownership } = healed;
  const { previous, isGood, ...judged } = judgement;
  const place = placeOf(published.output ?? (isGood ? target.output : target.failedOutput), published.name, engine);
  const kept = new FileTree(composition.entries);
  return {
    ...{ ...judged, ...rest, verdicts, healing, selection, composition, layers, ownership, trace },
    original: summarise(plan.reference, source, image.tree.entries(), ownership),
    slim: summarise(place, published.image, composition.entries, ownership),
    scenarios: plan.scenarios,
    enumerated: enumeratedDirectories([trace, healed.trace], image.tree, kept),
    strangeFiles: strangeFiles(healed.trace, image.tree, {
      base: composition.base?.image.tree,
      entries: composition.entries,
    }),
    unexercisedPorts: unexercisedPorts(
      source.config,
      verdicts.map(({ verdict }) => verdict),
    ),
    push: isGood ? measurePush(layers, previous) : null,
    config: source.config,
    tree: image.tree,
    layerOf: image.layerOf,
    output: published.output === undefined ? undefined : renderArchiveReference(published.output),
  };
}

/** Sums an image up: as its engine counts it, and what its entries are. */
function summarise(
  reference: string,
  image: EngineImage,
  entries: Iterable<TreeEntry>,
  ownership: PackageOwnership,
): ImageSummary {
  const { id, sizeBytes, layerCount } = image;
  return { reference, id, sizeBytes, layers: layerCount, census: takeCensus(entries, ownership) };
}
