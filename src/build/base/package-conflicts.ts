import { isSharedLibraryName, type TreeEntry } from '../../image/file-tree.js';
import { apkDatabases } from '../../image/packages.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import { isLibraryDirectory } from './library-directory.js';
import type { RivalLibrary } from './rival-libraries.js';
import { keptPackages, type Standing } from './standing.js';
import { apkVersions, dpkgRecords, readTextFile, recordedPackage } from './system-packages.js';

/** What of a base gives way to the application's own. */
export interface Conflicts {
  /** Packages that are taken away whole, by name. */
  readonly replaced: ReadonlySet<string>;
  /** Paths of the base that must go, none of them a directory. */
  readonly gone: ReadonlySet<ImagePath>;
  readonly remarks: readonly string[];
}

/** What glibc installs beside `libc.so.6` (its manual, "Installing the C Library"). */
const glibcLibrary =
  /^(?:ld-linux.*|ld-2\..*|ld64|lib(?:c|m|mvec|pthread|rt|dl|util|resolv|anl|nsl|nss_(?:files|dns|compat|hesiod|db)|BrokenLocale|thread_db|memusage|pcprofile|c_malloc_debug|SegFault|pthread_nonshared)(?:-2\.\d+)?)\.so(?:\.\d+)*$/;

/**
 * Packages are never mixed: where the base has another version of a package that the application has files of, or a
 * library of other contents under a name that the application's has, all of the base's package goes.
 */
export async function planConflicts(
  standing: Standing,
  rivals: readonly RivalLibrary[],
  bringsLibc: boolean,
): Promise<Conflicts> {
  const { ours, theirs, base } = standing;
  const others = [...(await packagesOf(standing))].filter((name) => {
    const [own, other] = [ours.versions.get(name), theirs.versions.get(name)];
    return own !== undefined && other !== undefined && own !== other;
  });
  const replaced = new Set(others);
  const gone = new Set<ImagePath>();
  const unowned = new Set<string>();
  for (const rival of rivals) {
    const owner = theirs.ownership.ownerOf(rival.file.path) ?? theirs.ownership.ownerOf(rival.path);
    if (owner !== undefined) replaced.add(owner);
    else {
      unowned.add(baseName(rival.path));
      for (const path of alone(rival, standing)) gone.add(path);
    }
  }
  for (const name of replaced) {
    for (const path of theirs.ownership.filesOf(name))
      if (base.tree.get(path)?.type !== 'directory' && theirs.ownership.ownerOf(path) === name) gone.add(path);
  }
  for (const path of recordsOf(replaced, standing)) gone.add(path);
  if (bringsLibc) for (const path of loaderConfiguration(standing)) gone.add(path);
  for (const { path, type } of base.tree.entries()) {
    if (type !== 'symlink' || gone.has(path)) continue;
    const target = base.tree.resolve(path).entry?.path;
    if (target !== undefined && gone.has(target)) gone.add(path);
  }
  return { replaced, gone, remarks: [...describePackages(replaced, standing), ...describeLibraries(unowned)] };
}

/** Those with kept files, and those that the application's records name. */
async function packagesOf(standing: Standing): Promise<ReadonlySet<string>> {
  const names = new Set(keptPackages(standing));
  for (const path of standing.files.keys()) {
    const recorded = recordedPackage(path);
    if (recorded !== undefined) names.add(recorded.name);
  }
  for (const path of apkDatabases) {
    const contents = standing.files.get(path as ImagePath)?.contents;
    const text =
      contents instanceof Uint8Array
        ? Buffer.from(contents).toString('latin1')
        : contents && (await readTextFile(standing.original, contents));
    for (const name of apkVersions(text ?? '').keys()) names.add(name);
  }
  return names;
}

/** A library that no package owns goes alone, glibc with all that belongs to it. */
function* alone({ path, file }: RivalLibrary, { base }: Standing): Generator<ImagePath> {
  yield path;
  yield file.path;
  if (!glibcLibrary.test(baseName(path)) || !/^(?:libc\.|ld)/.test(baseName(path))) return;
  const directory = parentOf(file.path);
  const places = [directory, directory.startsWith('/usr/') ? directory.slice('/usr'.length) : `/usr${directory}`];
  for (const place of places.filter(isLibraryDirectory)) {
    for (const child of base.tree.children(place))
      if (glibcLibrary.test(baseName(child)) && base.tree.get(child)?.type !== 'directory') yield child;
    for (const child of base.tree.children(`${place}/gconv`)) if (isSharedLibraryName(child)) yield child;
  }
}

/** What dpkg keeps of packages in files of their own; `status` and apk's database hold many in one. */
function recordsOf(packages: ReadonlySet<string>, { base }: Standing): readonly ImagePath[] {
  const info = base.tree.children('/var/lib/dpkg/info').filter((path) =>
    packages.has(
      baseName(path)
        .replace(/\.[a-z0-9]+$/, '')
        .replace(/:.*$/, ''),
    ),
  );
  const records = base.tree.children(dpkgRecords).filter((path) => packages.has(recordedPackage(path)?.name ?? ''));
  return [...info, ...records].filter((path) => base.tree.get(path)?.type !== 'directory');
}

/** What tells the loader where to look, or what to load first: the base's is about libraries that may be gone. */
function loaderConfiguration({ base, kept }: Standing): ImagePath[] {
  const names = (path: ImagePath) => /^\/etc\/(?:ld\.so\.cache|ld\.so\.preload|ld-musl-[^/]+\.path)$/.test(path);
  const isTheirsOnly = (entry: TreeEntry | undefined) => entry !== undefined && entry.type !== 'directory';
  return base.tree
    .children('/etc')
    .filter((path) => names(path) && isTheirsOnly(base.tree.get(path)) && !kept.has(path));
}

function describePackages(replaced: ReadonlySet<string>, { ours, theirs }: Standing): readonly string[] {
  const described = [...replaced].sort().map((name) => {
    const [own, other] = [ours.versions.get(name), theirs.versions.get(name)];
    return own === undefined || other === undefined || own === other ? name : `${name} (${own}, not ${other})`;
  });
  return replaced.size === 0 ? [] : [`${giveWay} packages of the base: ${firstOf(described)}`];
}

function describeLibraries(names: ReadonlySet<string>): readonly string[] {
  return names.size === 0 ? [] : [`${giveWay} libraries of the base: ${firstOf([...names].sort())}`];
}

const giveWay = 'the application’s own take the place of these';

/** The first few; an image can give a package any name. */
function firstOf(words: readonly string[]): string {
  const shown = words.slice(0, 5).map((word) => (word.length > 100 ? `${word.slice(0, 100)}…` : word));
  return `${shown.join(', ')}${words.length > shown.length ? ` and ${words.length - shown.length} more` : ''}`;
}
