import { comparePaths, type FileTree } from '../image/file-tree.js';
import type { ContentSource, ImageConfig } from '../image/image.js';
import type { PackageOwnership } from '../image/packages.js';
import type { ImagePath } from '../image/path.js';
import type { Trace } from '../trace/trace.js';
import type { AssistedFile } from './assisted-file.js';
import { type Cost, costsOf, keptOnStaticEvidence } from './costs.js';
import type { Doubt } from './doubt.js';
import { Exclusion } from './exclusion.js';
import { FetchedFiles } from './fetched-files.js';
import { GrowingSelection } from './growing-selection.js';
import type { SelectionNote } from './note.js';
import type { Selection } from './reason.js';
import type { Rule, RuleContext, SelectionOptions } from './rule.js';
import { everyRule } from './rules/every-rule.js';
import { settleDoubts } from './settle-doubts.js';
import { settleNotes } from './settle-notes.js';
import { settleReasons } from './settle-reasons.js';

export interface SelectionInput {
  readonly tree: FileTree;
  readonly config: ImageConfig;
  /** `NAME=VALUE`, the last of a name counting: the image's environment, and after it that of the runs. */
  readonly env: readonly string[];
  readonly trace: Trace;
  /** What earlier slim images missed when they ran under the trace, first round first. */
  readonly healed: readonly Trace[];
  /** What a helper of the user's choice found; nothing unless said. */
  readonly assisted?: readonly AssistedFile[];
  readonly options: SelectionOptions;
  readonly contents: ContentSource;
  /** Needed for any granularity but `file`. */
  readonly ownership?: PackageOwnership;
}

export interface SelectionResult {
  /** Sorted by path; `/` is always in it, and with each path all directories above it. */
  readonly selection: Selection;
  /** What was asked for and left out by `--exclude`, with the pattern that did it. */
  readonly excluded: ReadonlyMap<ImagePath, string>;
  readonly notes: readonly SelectionNote[];
  readonly doubts: readonly Doubt[];
  readonly costs: readonly Cost[];
  /** What no run asked for: static knowledge alone keeps it. */
  readonly onStaticEvidence: ReadonlySet<ImagePath>;
}

/**
 * Decides what is kept of an image: the rules are asked until nothing new is wanted. Deterministic: the order of the
 * trace doesn't matter. All selected regular files are fetched when it returns.
 */
export async function selectFiles(
  input: SelectionInput,
  allRules: readonly Rule[] = everyRule,
): Promise<SelectionResult> {
  const { without } = input.options;
  const rules = allRules.filter(
    ({ defence }) => defence === undefined || !(without.has(defence) || without.has('all')),
  );
  const exclusion = new Exclusion(input.tree, input.options.exclude);
  const growing = new GrowingSelection(input.tree, exclusion);
  const files = new FetchedFiles(input.tree, input.contents);
  const notes: SelectionNote[] = [...exclusion.notes];
  const doubts: Doubt[] = [];

  const ask = (looksAt: Rule['looksAt'], isFirstRound: boolean, fresh: readonly ImagePath[]): void => {
    const context = contextOf(input, growing, files, isFirstRound);
    const wants = rules.filter((rule) => rule.looksAt === looksAt).flatMap((rule) => [...rule.want(context, fresh)]);
    for (const want of wants) {
      if ('reason' in want) growing.keep(want);
      else if ('doubt' in want) doubts.push(want);
      else notes.push(want);
    }
  };

  let isWholeAsked = false;
  for (let round = 0; ; round += 1) {
    const fresh: ImagePath[] = [];
    // Names first, until they have nothing to add: each trip to the engine then brings as much as possible.
    for (let latest = growing.takeFresh(); latest.length > 0; latest = growing.takeFresh()) {
      ask('names', round === 0 && fresh.length === 0, latest);
      for (const path of latest) fresh.push(path);
    }
    if (fresh.length === 0 && isWholeAsked) break;
    if (fresh.length === 0) {
      isWholeAsked = true;
      ask('whole', false, [...growing.reasons.keys()].sort(comparePaths));
      continue;
    }
    const context = contextOf(input, growing, files, round === 0);
    await files.fetch([...fresh, ...broughtAlong(rules, context, fresh)]);
    ask('contents', round === 0, fresh);
  }
  return {
    selection: settleReasons(growing.reasons),
    excluded: new Map([...growing.excluded].sort(([left], [right]) => comparePaths(left, right))),
    costs: costsOf(growing.reasons, input.tree),
    onStaticEvidence: keptOnStaticEvidence(growing.reasons),
    doubts: settleDoubts(doubts, growing.reasons, input.tree),
    notes: settleNotes([...notes, ...growing.brokenByExclusion], growing.reasons.keys()),
  };
}

function contextOf(
  input: SelectionInput,
  growing: GrowingSelection,
  files: FetchedFiles,
  isFirstRound: boolean,
): RuleContext {
  return {
    tree: input.tree,
    config: input.config,
    env: input.env,
    trace: input.trace,
    healed: input.healed,
    assisted: input.assisted ?? [],
    options: input.options,
    ...(input.ownership === undefined ? {} : { ownership: input.ownership }),
    isFirstRound,
    isSelected: (path) => growing.has(path),
    selected: () => growing.reasons.keys(),
    reasonsOf: (path) => growing.reasonsOf(path),
    head: (path) => files.head(path),
    contents: (path) => files.contents(path),
    elf: (path) => files.elf(path),
    imports: (path) => files.imports(path),
    libraryNames: (path) => files.libraryNames(path),
  };
}

/** The real paths of what the rules want brought along. */
function* broughtAlong(
  rules: readonly Rule[],
  context: RuleContext,
  fresh: readonly ImagePath[],
): Generator<ImagePath> {
  for (const rule of rules) {
    for (const path of rule.bringAlong?.(context, fresh) ?? []) {
      const { entry } = context.tree.resolve(path);
      if (entry !== undefined) yield entry.path;
    }
  }
}
