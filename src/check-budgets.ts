import type { Budgets, PackagePattern } from './budgets.js';
import { resolveUser } from './build/run-as/accounts.js';
import { readOriginalAccounts } from './build/run-as/read-accounts.js';
import type { KeptPackage } from './build/sbom/composed-inventory.js';
import type { EngineImage } from './engine/engine.js';
import type { Healed } from './heal-image.js';
import { takeCensus } from './image/census.js';
import { FileTree, type TreeEntry } from './image/file-tree.js';
import type { Image } from './image/image.js';
import { type DirectoryShare, largestDirectories } from './image/largest-directories.js';
import type { PackageOwnership } from './image/packages.js';
import { weighEntries } from './image/tally.js';
import type { PreviousImage } from './push-size.js';
import { matchesAny } from './selection/path-matcher.js';
import { matchesWildcard } from './selection/wildcard.js';

/** What became of one budget, with what there is to look at. Sizes in bytes. */
export type BudgetFinding = { readonly passed: boolean } & (
  | { readonly kind: 'max-size'; readonly limit: number; readonly actual: number; readonly largest: Shares }
  | { readonly kind: 'min-reduction'; readonly limit: number; readonly actual: number; readonly largest: Shares }
  | { readonly kind: 'max-files'; readonly limit: number; readonly actual: number; readonly largest: Shares }
  | {
      readonly kind: 'fail-if-larger';
      /** Undefined: there is nothing to compare with. */
      readonly before: SizeBefore | undefined;
      readonly actual: number;
      readonly largest: Shares;
    }
  | { readonly kind: 'forbid-path'; readonly pattern: string; readonly paths: readonly string[] }
  | { readonly kind: 'forbid-package'; readonly pattern: string; readonly packages: readonly KeptPackage[] }
  | { readonly kind: 'secrets' }
  | { readonly kind: 'shell'; readonly paths: readonly string[] }
  | { readonly kind: 'setuid'; readonly paths: readonly string[] }
  | { readonly kind: 'root'; readonly user: string }
);

type Shares = readonly DirectoryShare[];

/** What `--fail-if-larger` compares with. */
export interface SizeBefore {
  readonly sizeBytes: number;
  /** `accepted`: the size that was accepted last; else the image that had the name. */
  readonly of: 'accepted' | 'previous';
}

/** What is known of a finished slim image. */
export interface BudgetFacts {
  readonly originalBytes: number;
  readonly slimBytes: number;
  /** Everything in it, its base's files too. */
  readonly entries: readonly TreeEntry[];
  readonly ownership: PackageOwnership;
  readonly packages: readonly KeptPackage[];
  /** The config's User, and whether that is root. */
  readonly user: string;
  readonly isRoot: boolean;
  readonly before: SizeBefore | undefined;
}

const shownDirectories = 5;

/** What the story has at hand once a slim image is built and tried. */
export interface BudgetedStory {
  readonly source: EngineImage;
  readonly image: Image;
  readonly healed: Healed;
  readonly previous: PreviousImage | undefined;
}

/** Compares a slim image that was built with its budgets, before it gets a name. */
export async function judgeBudgets(
  { budgets, acceptedBytes }: { readonly budgets: Budgets; readonly acceptedBytes: number | undefined },
  { source, image, healed, previous }: BudgetedStory,
): Promise<readonly BudgetFinding[]> {
  const { composition, ownership } = healed;
  // Where the account files that ship say otherwise, it is in numbers (see planShippedUser).
  const user = composition.user ?? source.config.User ?? '';
  return checkBudgets(budgets, {
    originalBytes: source.sizeBytes,
    slimBytes: healed.image.sizeBytes,
    entries: composition.entries,
    ownership,
    packages: composition.inventory.kept,
    user,
    isRoot: resolveUser(user, await readOriginalAccounts(image))?.uid === 0,
    before: budgets.failIfLarger ? await sizeBefore(acceptedBytes, previous) : undefined,
  });
}

async function sizeBefore(
  acceptedBytes: number | undefined,
  previous: PreviousImage | undefined,
): Promise<SizeBefore | undefined> {
  if (acceptedBytes !== undefined) return { sizeBytes: acceptedBytes, of: 'accepted' };
  const sizeBytes = await previous?.readSize();
  return sizeBytes === undefined ? undefined : { sizeBytes, of: 'previous' };
}

/** Compares a slim image with its budgets, each budget that there is in the order of the flags. Limits are inclusive. */
export function checkBudgets(budgets: Budgets, facts: BudgetFacts): readonly BudgetFinding[] {
  return [
    ...checkSizes(budgets, facts),
    ...budgets.forbiddenPaths.map((pattern) => forbidPath(pattern, facts)),
    ...budgets.forbiddenPackages.map((pattern) => forbidPackage(pattern, facts)),
    ...checkFailOn(budgets, facts),
  ];
}

function checkSizes(
  { maxSizeBytes, minReduction, maxFiles, failIfLarger }: Budgets,
  { originalBytes, slimBytes, entries, before }: BudgetFacts,
): BudgetFinding[] {
  const findings: BudgetFinding[] = [];
  const tree = new FileTree(entries);
  const largestWhen = (isOver: boolean) => (isOver ? heaviest(weighEntries(entries, tree, nothing), tree) : []);
  const found = (passed: boolean) => ({ passed, largest: largestWhen(!passed) });
  if (maxSizeBytes !== undefined)
    findings.push({ kind: 'max-size', limit: maxSizeBytes, actual: slimBytes, ...found(slimBytes <= maxSizeBytes) });
  if (minReduction !== undefined) {
    const actual = originalBytes === 0 ? 0 : 1 - slimBytes / originalBytes;
    findings.push({ kind: 'min-reduction', limit: minReduction, actual, ...found(actual >= minReduction) });
  }
  if (maxFiles !== undefined) {
    const files = entries.filter(({ type }) => type !== 'directory');
    const passed = files.length <= maxFiles;
    const counted = files.map((entry) => ({ entry, bytes: 1 }));
    const largest = passed ? [] : heaviest(counted, tree);
    findings.push({ kind: 'max-files', limit: maxFiles, actual: files.length, passed, largest });
  }
  if (failIfLarger) {
    const passed = before === undefined || slimBytes <= before.sizeBytes;
    findings.push({ kind: 'fail-if-larger', before, actual: slimBytes, ...found(passed) });
  }
  return findings;
}

const nothing = new FileTree([]);

function heaviest(weighed: Parameters<typeof largestDirectories>[0], tree: FileTree): Shares {
  return largestDirectories(weighed, tree, shownDirectories);
}

function forbidPath(pattern: string, { entries }: BudgetFacts): BudgetFinding {
  const paths = entries.map(({ path }) => path).filter((path) => matchesAny([pattern], path));
  return { kind: 'forbid-path', pattern, paths: paths.sort(), passed: paths.length === 0 };
}

/** One of which nobody wrote down the files counts as being there: nothing shows that it isn't. */
function forbidPackage(pattern: PackagePattern, { packages }: BudgetFacts): BudgetFinding {
  const found = packages.filter(({ package: { type, name } }) => isMeant(pattern, type, name));
  return { kind: 'forbid-package', pattern: pattern.text, packages: found, passed: found.length === 0 };
}

function isMeant(pattern: PackagePattern, type: string, name: string): boolean {
  if (pattern.type !== undefined && pattern.type !== type) return false;
  // "Friendly-Bard", "friendly_bard" and "friendly.bard" are one project (PyPA, "Names and normalization").
  const plain = (text: string) => (type === 'pypi' ? text.toLowerCase().replace(/[-_.]+/g, '-') : text);
  return matchesWildcard(plain(pattern.name), plain(name));
}

function checkFailOn({ failOn }: Budgets, { entries, ownership, user, isRoot }: BudgetFacts): BudgetFinding[] {
  const findings: BudgetFinding[] = [];
  // With them, no image would have been made.
  if (failOn.has('secrets')) findings.push({ kind: 'secrets', passed: true });
  const { shells, setuidFiles } = takeCensus(entries, ownership);
  if (failOn.has('shell')) findings.push({ kind: 'shell', paths: shells, passed: shells.length === 0 });
  if (failOn.has('setuid')) findings.push({ kind: 'setuid', paths: setuidFiles, passed: setuidFiles.length === 0 });
  if (failOn.has('root')) findings.push({ kind: 'root', user, passed: !isRoot });
  return findings;
}
