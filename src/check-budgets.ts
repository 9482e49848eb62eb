import type { Budgets, PackagePattern } from './budgets.js';
import { resolveUser } from './build/run-as/accounts.js';
import { readOriginalAccounts } from './build/run-as/read-accounts.js';
import type { KeptPackage } from './build/sbom/composed-inventory.js';
import type { EngineImage } from './engine/engine.js';
import type { Healed } from './heal-image.js';
import { findSetuidFiles } from './image/census.js';
import { FileTree, type TreeEntry } from './image/file-tree.js';
import type { Image } from './image/image.js';
import type { InstalledPackage } from './image/inventory/installed-package.js';
import { type DirectoryShare, largestDirectories } from './image/largest-directories.js';
import type { PackageOwnership } from './image/packages.js';
import { findShells, type Shell } from './image/shells.js';
import { weighEntries } from './image/tally.js';
import type { PreviousImage } from './push-size.js';
import { findNamed, type NamedEntry } from './selection/named-entries.js';
import { nearestWord } from './selection/nearest-word.js';
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
  | { readonly kind: 'forbid-path'; readonly pattern: string; readonly named: readonly NamedEntry[] }
  | {
      readonly kind: 'forbid-package';
      readonly pattern: string;
      readonly packages: readonly KeptPackage[];
      /** Whether there are others can't be told. */
      readonly isUnread: boolean;
      /** Nor has the original such a package. */
      readonly isVain: boolean;
      /** The name that is like it, of a package that there is. */
      readonly meant: string | undefined;
    }
  | { readonly kind: 'secrets' }
  | { readonly kind: 'shell'; readonly shells: readonly Shell[] }
  | { readonly kind: 'setuid'; readonly paths: readonly string[] }
  | { readonly kind: 'root'; readonly user: string; readonly uid: number | undefined }
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
  /** Those of the original of which nothing is left. */
  readonly gone: readonly NamedPackage[];
  /** The config's User. */
  readonly user: string;
  /** Undefined: it can't be told who that is. */
  readonly uid: number | undefined;
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
    gone: composition.inventory.gone,
    user,
    uid: resolveUser(user, await readOriginalAccounts(image))?.uid,
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
  const tree = new FileTree(facts.entries);
  return [
    ...checkSizes(budgets, facts, tree),
    ...forbidPaths(budgets, tree),
    ...budgets.forbiddenPackages.map((pattern) => forbidPackage(pattern, facts)),
    ...checkFailOn(budgets, facts),
  ];
}

function checkSizes(
  { maxSizeBytes, minReduction, maxFiles, failIfLarger }: Budgets,
  { originalBytes, slimBytes, entries, before }: BudgetFacts,
  tree: FileTree,
): BudgetFinding[] {
  const findings: BudgetFinding[] = [];
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

function forbidPaths({ forbiddenPaths }: Budgets, tree: FileTree): readonly BudgetFinding[] {
  if (forbiddenPaths.length === 0) return [];
  const find = findNamed(tree);
  return forbiddenPaths.map((pattern) => {
    const named = find(pattern);
    return { kind: 'forbid-path', pattern, named, passed: named.length === 0 };
  });
}

/**
 * One of which nobody wrote down the files counts as being there, and any that only an unreadable rpm database could
 * have: nothing shows that it isn't.
 */
function forbidPackage(pattern: PackagePattern, { packages, gone, ownership }: BudgetFacts): BudgetFinding {
  const found = packages.filter(({ package: one }) => isMeant(pattern, one));
  const isUnread = ownership.kind === 'unknown' && (pattern.type === undefined || pattern.type === 'rpm');
  const all = [...packages.map(({ package: one }) => one), ...gone];
  const isVain = !isUnread && !all.some((one) => isMeant(pattern, one));
  const meant = isVain ? likelyMeant(pattern, all) : undefined;
  const passed = found.length === 0 && !isUnread;
  return { kind: 'forbid-package', pattern: pattern.text, packages: found, isUnread, isVain, meant, passed };
}

type NamedPackage = Pick<InstalledPackage, 'type' | 'name'>;

function likelyMeant(pattern: PackagePattern, all: readonly NamedPackage[]): string | undefined {
  const names = all.map(({ name }) => name);
  const meant = pattern.name.includes('*') ? undefined : nearestWord(pattern.name, names);
  const one = all.find(({ name }) => name === meant);
  return one === undefined || pattern.type === undefined ? meant : `${one.type}:${one.name}`;
}

/** What to tell of budgets that nothing in this image could exceed. May hold names from the image: print it escaped. */
export function tellVainBudgets(findings: readonly BudgetFinding[]): string | undefined {
  const vain = findings.flatMap((finding) => (finding.kind === 'forbid-package' && finding.isVain ? [finding] : []));
  const names = vain.map(({ pattern, meant }) => (meant === undefined ? pattern : `${pattern} (${meant}?)`));
  return names.length === 0
    ? undefined
    : `--forbid-package forbids nothing that the image or its base ever had: ${names.join(', ')}`;
}

function isMeant(pattern: PackagePattern, { type, name }: Pick<InstalledPackage, 'type' | 'name'>): boolean {
  if (pattern.type !== undefined && pattern.type !== type) return false;
  // "Friendly-Bard", "friendly_bard" and "friendly.bard" are one project (PyPA, "Names and normalization").
  const plain = (text: string) => (type === 'pypi' ? text.toLowerCase().replace(/[-_.]+/g, '-') : text);
  return matchesWildcard(plain(pattern.name), plain(name));
}

function checkFailOn({ failOn }: Budgets, { entries, user, uid }: BudgetFacts): BudgetFinding[] {
  const findings: BudgetFinding[] = [];
  // With them, no image would have been made.
  if (failOn.has('secrets')) findings.push({ kind: 'secrets', passed: true });
  if (failOn.has('shell')) {
    const shells = findShells(entries);
    findings.push({ kind: 'shell', shells, passed: shells.length === 0 });
  }
  if (failOn.has('setuid')) {
    const paths = findSetuidFiles(entries);
    findings.push({ kind: 'setuid', paths, passed: paths.length === 0 });
  }
  // An engine may make root of what can't be told: Docker does of "+0".
  if (failOn.has('root')) findings.push({ kind: 'root', user, uid, passed: uid !== undefined && uid !== 0 });
  return findings;
}
