import { type ApkDirectory, type ApkPackage, parseApkInstalled, renderApkPackage } from '../../image/apk-installed.js';
import { parseMd5sums } from '../../image/dpkg-md5sums.js';
import { parseDpkgStatus } from '../../image/dpkg-status.js';
import type { TreeEntry } from '../../image/file-tree.js';
import { apkDatabases } from '../../image/packages.js';
import { decodePathBytes, encodePathText, type ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import { mergedName } from './library-directory.js';
import type { Conflicts } from './package-conflicts.js';
import type { Standing } from './standing.js';
import { dpkgStatus, dpkgVersions, readTextFile, recordedPackage } from './system-packages.js';

/** Files of ours once records of both are one, and paths of the base that go with it. */
export interface MergedRecords {
  readonly files: readonly PlacedFile[];
  readonly gone: readonly ImagePath[];
  readonly remarks: readonly string[];
}

/**
 * Makes one of the package records of both: a package of the same version in both is recorded as the base does, with the
 * files of both; one that was replaced as the application does.
 */
export async function mergeRecords(standing: Standing, conflicts: Conflicts): Promise<MergedRecords> {
  const { files } = standing;
  const merged = new Map<ImagePath, PlacedFile | undefined>();
  const gone: ImagePath[] = [];
  const remarks: string[] = [];
  const status = await readTextFile(standing.base, dpkgStatus);
  const whole = new Set(dpkgVersions(status ?? '').map(([name]) => name));
  for (const file of files.values()) {
    const recorded = recordedPackage(file.entry.path);
    if (recorded === undefined || file.entry.type !== 'file' || conflicts.replaced.has(recorded.name)) continue;
    merged.set(file.entry.path, await mergeDpkgRecord(file, recorded, { standing, whole }));
  }
  if (status !== undefined) {
    const place = standing.base.tree.resolve(dpkgStatus).entry as TreeEntry;
    if (files.has(place.path))
      remarks.push(`${place.path} is the application’s: the base’s packages are not recorded in it`);
    else if (conflicts.replaced.size > 0) merged.set(place.path, bytesAt(place, withoutStanzas(status, conflicts)));
  }
  await mergeApkDatabase(standing, conflicts, merged, gone);
  const others = [...files].filter(([path]) => !merged.has(path)).map(([, file]) => file);
  return { files: [...others, ...[...merged.values()].filter((file) => file !== undefined)], gone, remarks };
}

interface DpkgBase {
  readonly standing: Standing;
  /** The packages of the base's status file. */
  readonly whole: ReadonlySet<string>;
}

/** Undefined: the base's own says all. */
async function mergeDpkgRecord(
  file: PlacedFile,
  { name, isList }: { readonly name: string; readonly isList: boolean },
  { standing, whole }: DpkgBase,
): Promise<PlacedFile | undefined> {
  const { base, theirs } = standing;
  if (!theirs.versions.has(name)) return file;
  const { path } = file.entry;
  const inBase = base.tree.get(path);
  // What status records whole needs no second record.
  if (inBase?.type !== 'file') return whole.has(name) ? undefined : file;
  if (!isList) return undefined;
  const [own, other] = [await ourText(file, standing), (await readTextFile(base, path)) ?? ''];
  const lines = new Map(parseMd5sums(other).map((sum) => [mergedName(`/${sum.path}`), sum.line]));
  const before = [...lines.values()].join('\n');
  for (const { path: listed, line } of parseMd5sums(own)) {
    const key = mergedName(`/${listed}`);
    // The base's name of a file stands as long as it is the same file.
    if (lines.get(key)?.slice(0, 32) !== line.slice(0, 32)) lines.set(key, line);
  }
  const text = [...lines.values()].join('\n');
  return text === before ? undefined : bytesAt(inBase, `${text}\n`);
}

function withoutStanzas(status: string, { replaced }: Conflicts): string {
  const stanzas = parseDpkgStatus(status).filter(({ fields }) => !replaced.has(fields.get('package')?.trim() ?? ''));
  return stanzas.map(({ text }) => `${text}\n`).join('\n');
}

async function mergeApkDatabase(
  standing: Standing,
  { replaced }: Conflicts,
  merged: Map<ImagePath, PlacedFile | undefined>,
  gone: ImagePath[],
): Promise<void> {
  const { files, base } = standing;
  const place = apkDatabases.map((path) => base.tree.resolve(path).entry).find((entry) => entry?.type === 'file');
  if (place === undefined) return;
  const theirs = parseApkInstalled((await readTextFile(base, place.path)) ?? '').filter(
    ({ name }) => !replaced.has(name),
  );
  const file = apkDatabases.map((path) => files.get(path as ImagePath)).find((one) => one?.entry.type === 'file');
  if (file === undefined) {
    if (replaced.size > 0) merged.set(place.path, bytesAt(place, theirs.map(renderApkPackage).join('')));
    return;
  }
  const packages = new Map(theirs.map((one) => [one.name, one]));
  for (const own of parseApkInstalled(await ourText(file, standing))) {
    const other = packages.get(own.name);
    packages.set(own.name, other === undefined ? own : uniteApkPackage(other, own));
  }
  merged.set(file.entry.path, bytesAt(file.entry, [...packages.values()].map(renderApkPackage).join('')));
  if (place.path !== file.entry.path) gone.push(place.path);
}

/** The files of both, each directory and file once. */
function uniteApkPackage(base: ApkPackage, own: ApkPackage): ApkPackage {
  const directories = new Map<string, ApkDirectory>(base.directories.map((one) => [one.path, one]));
  for (const { path, lines, files } of own.directories) {
    const known = directories.get(path);
    const united = new Map([...(known?.files ?? []), ...files].map((file) => [file.path, file]));
    directories.set(path, { path, lines: known?.lines ?? lines, files: [...united.values()] });
  }
  return { ...base, directories: [...directories.values()] };
}

function bytesAt({ hardLinkId: _, ...entry }: TreeEntry, text: string): PlacedFile {
  const contents = encodePathText(text);
  return { entry: { ...entry, sizeBytes: contents.length }, contents };
}

async function ourText({ contents }: PlacedFile, { original }: Standing): Promise<string> {
  if (contents === undefined) return '';
  return contents instanceof Uint8Array ? decodePathBytes(contents) : ((await readTextFile(original, contents)) ?? '');
}
