import type { FileTree } from '../../image/file-tree.js';
import { baseName, childOf, decodePathBytes, type ImagePath } from '../../image/path.js';
import type { RuleContext } from '../rule.js';

/** An installed distribution: the directory that records it, and what it installed, as far as it is in the image. */
export interface PythonDistribution {
  readonly record: ImagePath;
  readonly files: readonly ImagePath[];
}

const manifestNames = ['RECORD', 'installed-files.txt', 'top_level.txt'];

/** The manifests of all distributions in the places that `paths` are installed in; each place is named once a call. */
export function* distributionRecords(tree: FileTree, paths: readonly ImagePath[]): Generator<string> {
  for (const place of new Set(paths.flatMap((path) => placeOf(path) ?? []))) {
    for (const record of recordsIn(place, tree)) for (const name of manifestNames) yield `${record}/${name}`;
  }
}

/** Tells the distribution a path belongs to, by the manifests that {@link distributionRecords} names. */
export function distributionsOf(context: RuleContext): (path: ImagePath) => PythonDistribution | undefined {
  const places = new Map<string, ReadonlyMap<ImagePath, PythonDistribution>>();
  return (path) => {
    const place = placeOf(path);
    if (place === undefined) return undefined;
    const known = places.get(place) ?? readPlace(place, context);
    places.set(place, known);
    return known.get(path);
  };
}

/** `/usr/lib/python3/dist-packages` of what is in there (Python's site module). */
function placeOf(path: ImagePath): string | undefined {
  return /^.*?\/(?:site|dist)-packages(?=\/)/s.exec(path)?.[0];
}

function recordsIn(place: string, tree: FileTree): readonly ImagePath[] {
  return tree
    .children(place)
    .filter((path) => /\.(?:dist|egg)-info$/.test(path) && tree.get(path)?.type === 'directory');
}

function readPlace(place: string, context: RuleContext): ReadonlyMap<ImagePath, PythonDistribution> {
  const distributions = new Map<ImagePath, PythonDistribution>();
  const claimed = new Set<ImagePath>();
  for (const record of recordsIn(place, context.tree)) {
    const files = new Set([...context.tree.below(record)].map(({ path }) => path));
    for (const path of recordedPaths(place, record, context) ?? modulePaths(place, record, context, claimed))
      files.add(path);
    const distribution = { record, files: [...files] };
    for (const path of files) if (!distributions.has(path)) distributions.set(path, distribution);
  }
  return distributions;
}

/**
 * What RECORD (PyPA "Recording installed projects") or setuptools' installed-files.txt lists, by names relative to the
 * place or to itself; undefined without either.
 */
function recordedPaths(place: string, record: ImagePath, context: RuleContext): readonly ImagePath[] | undefined {
  const names =
    linesOf(record, 'RECORD', context)?.map((line) => absolute(place, firstField(line))) ??
    linesOf(record, 'installed-files.txt', context)?.map((line) => absolute(record, line));
  const entries = names?.map((name) => context.tree.resolve(name, { followLast: false }).entry);
  // A manifest that names a directory, the root maybe, doesn't mean all below it.
  return entries?.flatMap((entry) => (entry === undefined || entry.type === 'directory' ? [] : entry.path));
}

/** The modules that top_level.txt names, each a directory or single files; what an earlier one `claimed` is left to it. */
function modulePaths(place: string, record: ImagePath, context: RuleContext, claimed: Set<ImagePath>): ImagePath[] {
  const { tree } = context;
  const modules = new Set(linesOf(record, 'top_level.txt', context));
  const paths: ImagePath[] = [];
  for (const path of tree.children(place)) {
    const name = baseName(path);
    const module = tree.get(path)?.type === 'directory' ? name : name.replace(/\..*$/s, '');
    if (!modules.has(module) || claimed.has(path)) continue;
    claimed.add(path);
    paths.push(path);
    for (const below of tree.below(path)) paths.push(below.path);
  }
  return paths;
}

function linesOf(record: ImagePath, name: string, { tree, contents }: RuleContext): string[] | undefined {
  const path = tree.get(childOf(record, name))?.path;
  const bytes = path === undefined ? undefined : contents(path);
  return bytes === undefined
    ? undefined
    : decodePathBytes(bytes)
        .split(/\r?\n/)
        .filter((line) => line !== '');
}

function absolute(from: string, name: string): string {
  return name.startsWith('/') ? name : `${from}/${name}`;
}

/** The first field of a line of CSV (RFC 4180). */
function firstField(line: string): string {
  const [, quoted] = /^"((?:[^"]|"")*)"/.exec(line) ?? [];
  return quoted?.replaceAll('""', '"') ?? line.split(',', 1)[0] ?? '';
}
