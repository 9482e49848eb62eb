import type { TreeEntry } from '../../image/file-tree.js';
import { baseName, childOf, type ImagePath, isWithin, parentOf } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import {
  type Distribution,
  distributionFiles,
  metadataFiles,
  readDistributions,
  topLevelIn,
} from '../python/distributions.js';
import { findModule } from '../python/find-module.js';
import { wantModule } from '../python/follow-imports.js';
import { installers } from '../python/known-modules.js';
import { packageData } from '../python/package-data.js';
import { type PythonPath, pythonPath, siteDirectories } from '../python/python-path.js';
import { parsePythonSource } from '../python/python-source.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** Larger data of one package isn't kept for the package's sake: a person is told. */
const maxDataBytes = 2 * 1024 * 1024;
const dataDirectory = /^(?:templates|static|locales?|translations)$/;

/**
 * What kept packages have besides modules: data files in their directories (only those that RECORD lists, where there
 * is one), the metadata of their distributions, and the plugins of a group that a kept module asks for by name.
 */
export const pythonDistributions: Rule = {
  name: 'python-distributions',
  defence: 'python',
  looksAt: 'contents',
  bringAlong: (context) =>
    context.isFirstRound ? siteDirectories(context.tree).flatMap((site) => distributionFiles(context, site)) : [],
  *want(context, fresh) {
    const modules = fresh.filter((file) => /\.(?:pyc?|so)$/.test(file) && context.tree.get(file)?.type === 'file');
    if (modules.length === 0) return;
    const path = pythonPath(context);
    const installed = path.sites.flatMap((site) => readDistributions(context, site));
    yield* wantMetadata(path, installed, modules);
    for (const file of modules) {
      if (/\/__init__\.pyc?$/.test(file)) yield* wantData(context, path, installed, file);
      else if (path.ownerOf(file) === 'application') yield* wantNeighbours(context, file);
      if (file.endsWith('.py')) yield* wantPlugins(context, path, installed, file);
    }
  },
};

function* wantMetadata(
  path: PythonPath,
  installed: readonly Distribution[],
  modules: readonly ImagePath[],
): Generator<Want> {
  const seen = new Set<Distribution>();
  for (const file of modules) {
    const site = path.sites.find((directory) => isWithin(file, directory));
    if (site === undefined) continue;
    const name = topLevelIn(site, file);
    if (installers.has(name)) continue;
    for (const distribution of installed) {
      if (distribution.site !== site || !distribution.topLevels.has(name) || seen.has(distribution)) continue;
      seen.add(distribution);
      yield* metadataOf(distribution, `belongs to ${baseName(distribution.directory)}`, file);
    }
  }
}

function* metadataOf({ directory }: Distribution, because: string, parent: ImagePath): Generator<Want> {
  for (const name of metadataFiles) yield want(childOf(directory, name), because, parent);
}

function want(path: string, because: string, parent: ImagePath): Want {
  return {
    path,
    onlyIfPresent: true,
    followLast: true,
    reason: { kind: 'static', defence: 'python', because, parent },
  };
}

function* wantData(
  { tree }: RuleContext,
  path: PythonPath,
  installed: readonly Distribution[],
  init: ImagePath,
): Generator<Want | Doubt> {
  const owner = path.ownerOf(init);
  const directory = parentOf(init);
  const site = path.sites.find((candidate) => isWithin(init, candidate));
  const topLevel = site === undefined ? baseName(directory) : topLevelIn(site, init);
  if (owner === 'standard' || installers.has(topLevel)) return;
  const records = installed.filter((known) => known.site === site && known.topLevels.has(topLevel));
  const listed = records.flatMap(({ files }) => (files === undefined ? [] : [files]));
  const data = packageData(tree, directory).filter(
    (entry) => listed.length === 0 || listed.some((files) => files.has(entry.path)),
  );
  yield* wantUnlessLarge(data, 'has it as data of its package', init);
}

/** Web frameworks look for these beside the module of an application that is no package. */
function* wantNeighbours({ tree }: RuleContext, file: ImagePath): Generator<Want | Doubt> {
  for (const directory of tree.children(parentOf(file))) {
    if (!dataDirectory.test(baseName(directory))) continue;
    yield* wantUnlessLarge(packageData(tree, directory), 'has it as data beside it', file);
  }
}

function* wantUnlessLarge(data: readonly TreeEntry[], because: string, parent: ImagePath): Generator<Want | Doubt> {
  const { kept, left } = smallestParts(data, parentOf(parent));
  for (const entry of kept) yield want(entry.path, because, parent);
  const [largest] = [...left].sort((one, other) => other.sizeBytes - one.sizeBytes);
  if (largest === undefined) return;
  const megabytes = (left.reduce((sum, entry) => sum + entry.sizeBytes, 0) / 1e6).toFixed(1);
  yield { doubt: 'left-out', parent, target: largest.path, because: `has ${megabytes} MB of data beside it` };
}

/** Directories that stand in the package count whole, the small ones first: templates aren't left out for what is beside them. */
function smallestParts(
  data: readonly TreeEntry[],
  directory: ImagePath,
): { readonly kept: readonly TreeEntry[]; readonly left: readonly TreeEntry[] } {
  const parts = new Map<string, { entries: TreeEntry[]; sizeBytes: number }>();
  for (const entry of data) {
    const name = entry.path.slice(directory.length + 1).split('/')[0] ?? '';
    const part = parts.get(name) ?? { entries: [], sizeBytes: 0 };
    parts.set(name, part);
    part.entries.push(entry);
    part.sizeBytes += entry.sizeBytes;
  }
  const kept: TreeEntry[] = [];
  const left: TreeEntry[] = [];
  let sizeBytes = 0;
  for (const part of [...parts.values()].sort((one, other) => one.sizeBytes - other.sizeBytes)) {
    sizeBytes += part.sizeBytes;
    (sizeBytes <= maxDataBytes ? kept : left).push(...part.entries);
  }
  return { kept, left };
}

/** `entry_points(group="app.plugins")` asks whoever is installed. */
function* wantPlugins(
  context: RuleContext,
  path: PythonPath,
  installed: readonly Distribution[],
  file: ImagePath,
): Generator<Want> {
  if (path.ownerOf(file) === 'standard') return;
  const bytes = context.contents(file);
  if (bytes === undefined || !/\b(?:iter_)?entry_points?\b/.test(Buffer.from(bytes).toString('latin1'))) return;
  const { words } = parsePythonSource(Buffer.from(bytes).toString('utf8'), path.version);
  for (const distribution of installed) {
    for (const { group, name, object } of distribution.entryPoints) {
      if (!words.has(group) || group === 'console_scripts' || group === 'gui_scripts') continue;
      const because = `loads plugins of ${group}: ${name}`;
      yield* metadataOf(distribution, because, file);
      const found = findModule(context.tree, object.split(':')[0] ?? '', path.directories);
      if (found !== undefined) yield* wantModule(found, because, file);
    }
  }
}
