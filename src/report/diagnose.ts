import type { ImagePath } from '../image/path.js';
import type { Clue } from './diagnose-clue.js';
import type { LoggedClue } from './diagnose-log.js';
import { NameIndex } from './diagnose-names.js';
import { type Suspects, suspectsOf } from './diagnose-suspects.js';
import type { FullReport } from './full-report.js';
import { type IncludeAdvice, includeOf, moduleOf, widerIncludeOf } from './why-include.js';
import { type ReportedOriginal, readOriginal } from './why-original.js';

/** A path of the original that the slim image lacks. */
export interface RemovedPath {
  readonly path: ImagePath;
  readonly package: string | null;
  /** The `--exclude` that left it out: no `--include` brings it back. */
  readonly excludedBy: string | null;
  readonly include: IncludeAdvice;
  /** What it is one of many of, when that is more. */
  readonly wider: IncludeAdvice | null;
}

/** What came of one clue. */
export type Finding = LoggedClue & Judgement;

type Judgement =
  /** `one`: any of these would do, the likeliest first. `every`: all of them play a part. `others` aren't listed. */
  | {
      readonly verdict: 'removed';
      readonly needs: 'one' | 'every';
      readonly removed: readonly RemovedPath[];
      readonly others: number;
    }
  /** It is in the slim image: something else is wrong. */
  | { readonly verdict: 'kept'; readonly path: string }
  /** The original has nothing of that name: slimming isn't the cause. */
  | { readonly verdict: 'never-there' };

type RemovedFinding = Extract<Finding, { verdict: 'removed' }>;

/** The answer to `slimtrace diagnose`. */
export interface Diagnosis {
  readonly image: string;
  readonly findings: readonly Finding[];
  /** What explains the log, as few patterns for `--include` as there can be. */
  readonly include: readonly string[];
  /** Patterns of `--exclude` that left out what the log misses. */
  readonly excludes: readonly string[];
  /** True when the log had more than was looked at. */
  readonly isCut: boolean;
}

/** Paths that are told of one clue. */
const shownSuspects = 8;
/** So many patterns of one directory's files become the directory's. */
const crowd = 3;

/** Finds what the clues of a log were about among what was left out of the slim image. */
export function diagnose(
  report: FullReport,
  log: { readonly clues: readonly LoggedClue[]; readonly isCut: boolean },
): Diagnosis {
  const original = readOriginal(report);
  const lookup = { original, names: new NameIndex(original) };
  const findings = log.clues.map((logged) => ({ ...logged, ...judge(original, suspectsOf(logged.clue, lookup)) }));
  const removed = findings.flatMap((finding) => (finding.verdict === 'removed' ? advised(finding) : []));
  return {
    image: report.slim.reference,
    findings,
    include: gather(removed.filter(({ excludedBy }) => excludedBy === null)),
    excludes: [...new Set(removed.flatMap(({ excludedBy }) => excludedBy ?? []))],
    isCut: log.isCut,
  };
}

function judge(original: ReportedOriginal, { paths, needs, isWhole }: Suspects): Judgement {
  const [first] = paths;
  if (first === undefined) return { verdict: 'never-there' };
  const missing = paths.filter((path) => !isKept(original, path, isWhole));
  const kept = paths.find((path) => isKept(original, path, isWhole));
  if (missing.length === 0 || (needs === 'one' && kept !== undefined)) return { verdict: 'kept', path: kept ?? first };
  const removed = missing.slice(0, shownSuspects).map((path) => describe(original, path));
  return { verdict: 'removed', needs, removed, others: missing.length - removed.length };
}

/** Kept, every link on its way too; of a directory, something in it, or all. */
function isKept({ tree, selection }: ReportedOriginal, name: string, isWhole = false): boolean {
  const { entry, symlinks } = tree.resolve(name);
  if (!symlinks.every((link) => selection.has(link))) return false;
  if (entry === undefined) return symlinks.length > 0;
  if (!selection.has(entry.path)) return false;
  const children = tree.children(entry.path);
  const isThere = (child: ImagePath) => selection.has(child);
  return children.length === 0 || (isWhole ? children.every(isThere) : children.some(isThere));
}

function describe(original: ReportedOriginal, name: string): RemovedPath {
  const { entry, symlinks } = original.tree.resolve(name);
  const path = entry?.path ?? symlinks.at(-1) ?? (name as ImagePath);
  // The name as it was used brings its links along, the real path doesn't.
  const pattern = symlinks.some((link) => !original.selection.has(link)) ? (name as ImagePath) : path;
  const lacking = [...symlinks, path].filter((each) => !original.selection.has(each));
  const excludedBy = lacking.map((each) => original.excluded.get(each)).find((each) => each !== undefined);
  return {
    path,
    package: original.ownerOf(path) ?? null,
    excludedBy: excludedBy ?? null,
    include: { ...includeOf(original, path), pattern },
    wider: widerIncludeOf(original, path) ?? null,
  };
}

/** Kinds whose names stand for a whole: a module's one file would only miss the next. */
const wholes: ReadonlySet<Clue['kind']> = new Set(['python-module', 'node-module', 'ruby-feature']);

/** Those of the removed paths that are worth including: of alternatives the likeliest, and of a module all. */
function advised({ clue, needs, removed }: RemovedFinding): readonly RemovedPath[] {
  const chosen = needs === 'every' ? removed : removed.slice(0, 1);
  if (!wholes.has(clue.kind)) return chosen;
  return chosen.map((each) => {
    const isOfModule = each.wider !== null && moduleOf(each.path) === each.wider.pattern;
    return isOfModule && each.wider !== null ? { ...each, include: each.wider } : each;
  });
}

/** As few patterns as possible: a crowd of one directory becomes the directory, and what another pattern has goes. */
function gather(removed: readonly RemovedPath[]): readonly string[] {
  const crowds = new Map<string, number>();
  const distinct = new Map(removed.map((each) => [each.include.pattern, each]));
  for (const { wider } of distinct.values())
    if (wider !== null) crowds.set(wider.pattern, (crowds.get(wider.pattern) ?? 0) + 1);
  const patterns = new Set<string>();
  for (const { include, wider } of distinct.values()) {
    patterns.add(wider !== null && (crowds.get(wider.pattern) ?? 0) >= crowd ? wider.pattern : include.pattern);
  }
  return [...patterns].filter((pattern) => ![...patterns].some((other) => pattern.startsWith(`${other}/`)));
}
