import type { TreeEntry } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import type { PackageOwnership } from '../image/packages.js';
import type { ImagePath } from '../image/path.js';
import type { Selection } from '../selection/reason.js';
import type { Trace } from '../trace/trace.js';
import type { OpenedBase } from './base/open-base.js';
import { type Reconciled, reconcileWithBase } from './base/reconcile.js';
import { type Composition, type OwnerChange, type PlacedFile, placeEntry } from './composition.js';
import { divideLayers } from './layers/divide-layers.js';
import { stackedEntries } from './layers/stacked-entries.js';
import { type PlannedRecords, planPackageRecords } from './records/plan-records.js';
import { requireShippable } from './require-shippable.js';
import type { ResultOptions } from './result-options.js';
import { readOriginalAccounts, readShippedAccounts } from './run-as/read-accounts.js';
import { planShippedUser } from './run-as/shipped-user.js';
import { planRunAs } from './run-as.js';
import { type ComposedInventory, composeInventory } from './sbom/composed-inventory.js';
import { buildSbom, type SbomSubject } from './sbom/cyclonedx.js';
import { placeSbom } from './sbom/place-sbom.js';
import type { Inventories } from './sbom/read-inventories.js';
import { refuseSecrets } from './secrets/refuse-secrets.js';
import type { SecretSearch } from './secrets/secret-search.js';

export interface ComposeInput {
  readonly image: Image;
  readonly selection: Selection;
  /** What all runs touched. */
  readonly trace: Trace;
  readonly ownership: PackageOwnership;
  readonly base: OpenedBase | undefined;
  readonly options: ResultOptions;
  /** Files that aren't from the image, such as certificates; they take the place of selected ones. */
  readonly added: readonly PlacedFile[];
  /** Of this image; what it found in earlier rounds it knows. */
  readonly secrets: SecretSearch;
  readonly inventories: Inventories;
  /** What an SBOM within the image says of it. */
  readonly about: Pick<SbomSubject, 'created' | 'version'>;
}

/**
 * Decides everything about a slim image before a byte of it is written. Throws `base-refused`, `user-unknown`,
 * `secrets-found` and `name-unshippable`.
 */
export async function compose(input: ComposeInput): Promise<Composition> {
  const { image, selection, ownership, base, options, added } = input;
  const kept = entriesOf(image, selection);
  requireShippable(kept);
  const accounts = await readOriginalAccounts(image);
  const runAs = planRunAs({ ...input, user: options.user, accounts, kept });
  const records = await plannedRecords(input);
  const files = overlay(placeSelected(kept, runAs.owners), [
    ...runAs.directories.map(placeEntry),
    ...records.files,
    ...added,
  ]);
  const onBase = base === undefined ? alone(files) : await reconcileWithBase(files, base.image, image);
  const { inventory, reconciled, entries } = takeStock(input, onBase);
  const { whiteouts, shared, remarks } = reconciled;
  const knowledge = { ownership, config: image.config, tree: image.tree, base: base?.image.tree };
  const layers = divideLayers(reconciled.files, whiteouts, options.layers, knowledge);
  const places = { entries, files: reconciled.files, original: image.contents, base: base?.image.contents };
  const shipped = planShippedUser(runAs.identity, image.config, accounts, await readShippedAccounts(places));
  const secrets = await input.secrets.find(image.config, reconciled.files);
  if (options.failOnSecrets) refuseSecrets(secrets);
  return {
    base: base === undefined ? undefined : { ...base, shared, remarks },
    layers,
    entries,
    user: shipped.user,
    home: shipped.home,
    owners: runAs.owners,
    userRemarks: [...shipped.remarks, ...runAs.remarks],
    secrets,
    records: { form: records.form, packages: records.packages, remarks: records.remarks },
    inventory,
  };
}

/** Counts what is left of which package, and puts the SBOM among the files where it is wanted there. */
function takeStock(
  { image, selection, base, inventories, options, about }: ComposeInput,
  reconciled: Reconciled,
): {
  readonly inventory: ComposedInventory;
  readonly reconciled: Reconciled;
  /** Everything in the finished image. */
  readonly entries: readonly TreeEntry[];
} {
  const stack = (above: Reconciled) => stackedEntries(base?.image.tree.entries() ?? [], above);
  const entries = stack(reconciled);
  const ofBase = inventories.base && base && { inventory: inventories.base, tree: base.image.tree };
  const isKept = (path: ImagePath) => selection.has(path);
  const inventory = composeInventory({ original: inventories.original, isKept, base: ofBase, entries });
  if (!options.sbomInImage) return { inventory, reconciled, entries };
  // By whatever name it was given, the image is the same.
  const name = image.config.Labels?.['org.opencontainers.image.title'] ?? 'image';
  const subject = { ...about, name, platform: image.platform, baseName: base?.image.pullName };
  const sbom = placeSbom(buildSbom(inventory, subject), entries);
  const withSbom = { ...reconciled, files: overlay(reconciled.files, sbom) };
  return { inventory, reconciled: withSbom, entries: stack(withSbom) };
}

async function plannedRecords({ image, selection, ownership, options }: ComposeInput): Promise<PlannedRecords> {
  if (options.packageRecords) return await planPackageRecords(image, selection, ownership);
  return { form: 'left-out', packages: [], remarks: [], files: [] };
}

function entriesOf(image: Image, selection: Selection): readonly TreeEntry[] {
  return [...selection.keys()].map((path) => {
    const entry = image.tree.get(path);
    if (entry === undefined) throw new Error(`${path} is selected and not in the tree`);
    return entry;
  });
}

function placeSelected(kept: readonly TreeEntry[], owners: readonly OwnerChange[]): readonly PlacedFile[] {
  const changed = new Map(owners.map(({ path, to }) => [path, to.split(':').map(Number)]));
  return kept.map((entry): PlacedFile => {
    const [uid = entry.uid, gid = entry.gid] = changed.get(entry.path) ?? [];
    return placeEntry(uid === entry.uid && gid === entry.gid ? entry : { ...entry, uid, gid });
  });
}

/** The later of two files at one path counts. */
function overlay(files: readonly PlacedFile[], over: readonly PlacedFile[]): readonly PlacedFile[] {
  return [...new Map([...files, ...over].map((file) => [file.entry.path, file])).values()];
}

function alone(files: readonly PlacedFile[]): Reconciled {
  return { files, whiteouts: [], shared: { entries: 0, bytes: 0 }, remarks: [] };
}
