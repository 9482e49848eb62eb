import { baseName, type ImagePath } from '../../image/path.js';
import { distributionFiles, readDistributions, topLevelIn } from '../python/distributions.js';
import { siteDirectories } from '../python/python-path.js';
import { gemOf } from '../ruby/load-path.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/**
 * What says that a package of a language is there, for each that a file is kept of: npm's package.json, a gem's
 * specification, Composer's list. Scanners take names and versions from them, whether the application reads them or not.
 */
export const packageManifests: Rule = {
  name: 'package-manifests',
  defence: 'records',
  looksAt: 'names',
  *want({ tree }, fresh) {
    const seen = new Set<string>();
    for (const path of fresh) {
      if (tree.get(path)?.type === 'directory') continue;
      for (const manifest of manifestsOf(path)) {
        if (seen.has(manifest)) continue;
        seen.add(manifest);
        yield want(manifest, path, 'is a file of that package');
      }
    }
  },
};

function* manifestsOf(path: ImagePath): Generator<string> {
  const [, directory] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/@.][^/]*)\//s.exec(path) ?? [];
  if (directory !== undefined) yield `${directory}/package.json`;
  const gem = gemOf(path);
  if (gem !== undefined) {
    yield `${gem.home}/specifications/${gem.fullName}.gemspec`;
    yield `${gem.home}/specifications/default/${gem.fullName}.gemspec`;
  }
  const [, vendor] = /^(.*\/vendor)\/[^/]+\/[^/]+\//s.exec(path) ?? [];
  if (vendor !== undefined) yield `${vendor}/composer/installed.json`;
}

/** What scanners read of a Python distribution (PyPA's "Recording installed projects", setuptools' egg-info). */
const metadata = ['METADATA', 'PKG-INFO'];

/** The metadata of each Python distribution that a file is kept of: by its RECORD, else by the names at its top. */
export const pythonMetadata: Rule = {
  name: 'python-metadata',
  defence: 'records',
  looksAt: 'whole',
  bringAlong: (context) =>
    context.isFirstRound ? siteDirectories(context.tree).flatMap((site) => distributionFiles(context, site)) : [],
  *want(context, all) {
    for (const [site, files] of filesBySite(context, all)) {
      const topLevels = new Map([...files].map((file) => [topLevelIn(site, file), file]));
      const named = (names: Iterable<string>) => [...names].flatMap((name) => topLevels.get(name) ?? [])[0];
      for (const { directory, files: recorded, topLevels: names } of readDistributions(context, site)) {
        const kept =
          recorded === undefined
            ? named(names)
            : ([...recorded].find((file) => files.has(file as ImagePath)) as ImagePath | undefined);
        if (kept === undefined) continue;
        for (const name of metadata) yield want(`${directory}/${name}`, kept, `is a file of ${baseName(directory)}`);
      }
      for (const path of context.tree.children(site).filter((one) => one.endsWith('.egg-info'))) {
        const name = baseName(path)
          .replace(/-\d.*$|\.egg-info$/g, '')
          .replace(/[-.]/g, '_');
        const kept = named([name, name.toLowerCase()]);
        if (kept !== undefined && context.tree.get(path)?.type === 'file')
          yield want(path, kept, `is a file of ${baseName(path)}`);
      }
    }
  },
};

/** The kept files that Python modules are installed to directories of, without the metadata there. */
function filesBySite({ tree }: RuleContext, all: readonly ImagePath[]): ReadonlyMap<ImagePath, ReadonlySet<ImagePath>> {
  const sites = new Map<ImagePath, Set<ImagePath>>();
  for (const path of all) {
    const [, site] = /^(.*?\/(?:site|dist)-packages)\//s.exec(path) ?? [];
    if (site === undefined || tree.get(path)?.type === 'directory' || /\.(?:dist|egg)-info\//.test(path)) continue;
    const files = sites.get(site as ImagePath) ?? new Set();
    sites.set(site as ImagePath, files);
    files.add(path);
  }
  return sites;
}

function want(path: string, parent: ImagePath, because: string): Want {
  return { path, onlyIfPresent: true, reason: { kind: 'static', defence: 'records', because, parent } };
}
