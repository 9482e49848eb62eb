import { type ApkPackage, parseApkInstalled, renderApkPackage } from '../../image/apk-installed.js';
import type { FileTree } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import { readPackageText } from '../../image/package-text.js';
import { apkDatabases, entryOf, type PackageOwnership } from '../../image/packages.js';
import { encodePathText } from '../../image/path.js';
import type { Selection } from '../../selection/reason.js';
import { placeRecord, placesAbove } from './place-record.js';
import { type PlannedRecords, recordsAsSelected } from './planned-records.js';

/** Plans apk's `installed` with the packages that have a kept file, and of their files the kept ones. */
export async function planApkRecords(
  { tree, contents }: Image,
  selection: Selection,
  ownership: PackageOwnership,
): Promise<PlannedRecords> {
  const place = apkDatabases.map((path) => tree.resolve(path)).find(({ entry }) => entry?.type === 'file');
  const database = place?.entry;
  if (place === undefined || database === undefined) return recordsAsSelected('none');
  await contents.fetch([database.path]);
  const all = parseApkInstalled(readPackageText(database, contents));
  const kept = all.map((one) => trim(one, tree, selection)).filter(({ directories }) => directories.length > 0);
  if (selection.has(database.path)) {
    const remark = `${database.path} is kept for the application or by request, so it stays as it is: of the ${all.length} packages it lists, ${kept.length} have files here`;
    return recordsAsSelected('whole', { packages: ownership.packages, remarks: [remark] });
  }
  const record = placeRecord(database.path, encodePathText(kept.map(renderApkPackage).join('')));
  return {
    form: 'apk',
    packages: [...new Set(kept.map(({ name }) => name))].sort(),
    remarks: [],
    files: [...placesAbove(database.path, place.symlinks, tree, selection), record],
  };
}

function trim({ name, header, directories }: ApkPackage, tree: FileTree, selection: Selection): ApkPackage {
  const isKept = (listed: string) => {
    const entry = entryOf(listed, tree);
    return entry !== undefined && entry.type !== 'directory' && selection.has(entry.path);
  };
  const kept = directories.map((directory) => ({
    ...directory,
    files: directory.files.filter(({ path }) => isKept(path)),
  }));
  return { name, header, directories: kept.filter(({ files }) => files.length > 0) };
}
