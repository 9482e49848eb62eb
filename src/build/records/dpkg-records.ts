import type { Image } from '../../image/image.js';
import { entryOf, isRecordName, movedTo, type PackageOwnership, type PackageRecord } from '../../image/packages.js';
import { asImagePath, childOf, encodePathText, type ImagePath } from '../../image/path.js';
import type { Selection } from '../../selection/reason.js';
import type { PlacedFile } from '../composition.js';
import { type DpkgSource, openDpkgSource } from './dpkg-source.js';
import { recordName, renderStanza } from './dpkg-stanza.js';
import { placeRecord, placesAbove } from './place-record.js';
import { type PlannedRecords, recordsAsSelected } from './planned-records.js';

const dpkgDirectory = '/var/lib/dpkg';

/** Names that a remark tells. */
const shownNames = 3;

/**
 * Plans `status.d` as distroless images have it and scanners read it: for each package with a kept file a file of control
 * fields, and beside it the md5sums of the kept files. A status file that is selected stays as it is instead. A package
 * whose files nobody lists stays recorded: that it is gone can't be told.
 */
export async function planDpkgRecords(
  image: Image,
  selection: Selection,
  ownership: PackageOwnership,
): Promise<PlannedRecords> {
  const { tree } = image;
  const owners = ownership.records.filter(({ files }) => files?.some((one) => selection.has(one)) ?? true);
  const status = tree.resolve(`${dpkgDirectory}/status`).entry;
  if (status?.type === 'file' && selection.has(status.path)) {
    const remark = `${status.path} is kept for the application or by request, so it stays as it is: of the ${ownership.packages.length} packages it lists, ${owners.length} have files here`;
    return recordsAsSelected('whole', { packages: ownership.packages, remarks: [remark] });
  }
  const place = placeOfRecords(image);
  if (place === undefined)
    return recordsAsSelected('none', {
      remarks: [`${dpkgDirectory}/status.d is no directory that can be written, so no package is recorded`],
    });
  const source = await openDpkgSource(image, owners);
  const { files, packages, unknown } = renderRecords(owners, source, { image, selection, directory: place.directory });
  const above = files.length === 0 ? [] : placesAbove(childOf(place.directory, 'x'), place.symlinks, tree, selection);
  return {
    form: 'dpkg',
    packages: [...packages].sort(),
    remarks: unknown.length === 0 ? [] : [describeUnknown(unknown)],
    files: [...above, ...files],
  };
}

interface RecordsPlace {
  readonly directory: ImagePath;
  /** On the way to it. */
  readonly symlinks: readonly ImagePath[];
}

function placeOfRecords({ tree }: Image): RecordsPlace | undefined {
  const parent = tree.resolve(dpkgDirectory);
  if (parent.entry?.type !== 'directory') return undefined;
  const own = childOf(parent.entry.path, 'status.d');
  if (!tree.has(own)) return { directory: own, symlinks: parent.symlinks };
  const { entry, symlinks } = tree.resolve(`${dpkgDirectory}/status.d`);
  return entry?.type === 'directory' ? { directory: asImagePath(entry.path), symlinks } : undefined;
}

interface Rendered {
  readonly files: readonly PlacedFile[];
  /** Names of those that are recorded. */
  readonly packages: ReadonlySet<string>;
  /** Those of which the database has no control fields. */
  readonly unknown: readonly string[];
}

function renderRecords(
  owners: readonly PackageRecord[],
  source: DpkgSource,
  {
    image,
    selection,
    directory,
  }: { readonly image: Image; readonly selection: Selection; readonly directory: ImagePath },
): Rendered {
  const files = new Map<ImagePath, PlacedFile>();
  const packages = new Set<string>();
  const unknown: string[] = [];
  const put = (name: string, text: string) => {
    const path = childOf(directory, name);
    // What is selected stays as it is; a directory of that name is no place for a file.
    const isFree = !selection.has(path) && (image.tree.get(path)?.type ?? 'file') === 'file';
    if (isFree && !files.has(path)) files.set(path, placeRecord(path, encodePathText(text)));
  };
  for (const owner of owners) {
    const stanza = source.stanzaOf(owner);
    const name = stanza && recordName(stanza, image.platform);
    if (stanza === undefined || name === undefined || !isRecordName(name)) {
      unknown.push(owner.id);
      continue;
    }
    const keptName = (listed: string) => keptNameOf(listed, owner, source, { image, selection });
    packages.add(owner.name);
    put(
      name,
      renderStanza(stanza, (conffile) => keptName(conffile) !== undefined),
    );
    const sums = source.md5sumsOf(owner).flatMap(({ path, line }) => {
      const kept = keptName(`/${path}`);
      return kept === undefined ? [] : [`${line.slice(0, -path.length)}${kept.slice(1)}\n`];
    });
    if (sums.length > 0) put(`${name}.md5sums`, sums.join(''));
  }
  return { files: [...files.values()], packages, unknown };
}

/**
 * By which name a listed file is kept: the listed one; that which dpkg gave it instead; or the real one, where the link
 * that leads there (`/bin`) isn't kept. Undefined for a file that isn't kept.
 */
function keptNameOf(
  listed: string,
  { name }: PackageRecord,
  { diversions }: DpkgSource,
  { image: { tree }, selection }: { readonly image: Image; readonly selection: Selection },
): string | undefined {
  const moved = movedTo(listed, name, diversions, tree);
  const entry = moved ?? entryOf(listed, tree);
  if (entry === undefined || !selection.has(entry.path)) return undefined;
  const named = moved === undefined ? listed : (diversions.get(listed)?.to ?? listed);
  const isReachable =
    tree.has(named) || tree.resolve(named, { followLast: false }).symlinks.every((link) => selection.has(link));
  return isReachable ? named : entry.path;
}

function describeUnknown(ids: readonly string[]): string {
  const names = ids.slice(0, shownNames).join(', ');
  const more = ids.length > shownNames ? ` and ${ids.length - shownNames} more` : '';
  return `packages with files here that dpkg's records don't describe, so they are not recorded: ${names}${more}`;
}
