import { baseName, childOf, type ImagePath } from '../../image/path.js';
import { linesOf } from '../ld-so-conf.js';
import type { RuleContext } from '../rule.js';

/** An installed package, as its metadata directory tells (`name.dist-info`, or an older `name.egg-info`). */
export interface Distribution {
  readonly directory: ImagePath;
  /** The directory it is installed to. */
  readonly site: ImagePath;
  /** The modules and packages at the top that are its own. */
  readonly topLevels: ReadonlySet<string>;
  /** Every file it installed below `site`; undefined where the metadata doesn't say. */
  readonly files: ReadonlySet<string> | undefined;
  readonly entryPoints: readonly EntryPoint[];
}

/** A line of `entry_points.txt` (PyPA's entry points specification). */
export interface EntryPoint {
  readonly group: string;
  readonly name: string;
  /** `package.module` or `package.module:object`. */
  readonly object: string;
}

/** What importlib.metadata reads of a distribution; its RECORD is as long as the distribution has files. */
export const metadataFiles = ['METADATA', 'PKG-INFO', 'entry_points.txt', 'top_level.txt'];

const maxRecordBytes = 4 * 1024 * 1024;

/** The files that {@link readDistributions} reads of a site directory. */
export function distributionFiles({ tree }: RuleContext, site: ImagePath): readonly string[] {
  return metadataDirectories(tree, site).flatMap((directory) =>
    ['RECORD', 'entry_points.txt', 'top_level.txt']
      .map((name) => childOf(directory, name))
      .filter((path) => (tree.get(path)?.sizeBytes ?? maxRecordBytes) < maxRecordBytes),
  );
}

/** The distributions of a site directory, from the files that are fetched. */
export function readDistributions(context: RuleContext, site: ImagePath): readonly Distribution[] {
  return metadataDirectories(context.tree, site).map((directory) => readDistribution(context, site, directory));
}

function metadataDirectories(tree: RuleContext['tree'], site: ImagePath): readonly ImagePath[] {
  return tree
    .children(site)
    .filter((path) => /\.(?:dist|egg)-info$/.test(path) && tree.get(path)?.type === 'directory');
}

function readDistribution(context: RuleContext, site: ImagePath, directory: ImagePath): Distribution {
  const lines = (name: string): readonly string[] => linesOf(context.contents(childOf(directory, name)));
  const record = lines('RECORD').map((line) => /^"?([^",]+)/.exec(line)?.[1] ?? '');
  const named = [...lines('top_level.txt'), ...record.map((file) => file.split('/')[0] ?? '')];
  const byName = baseName(directory)
    .replace(/-\d.*$|\.(?:dist|egg)-info$/g, '')
    .replace(/[-.]/g, '_');
  return {
    directory,
    site,
    topLevels: new Set([...named.map(topLevelOf), byName, byName.toLowerCase()]),
    files: record.length === 0 ? undefined : new Set(record.map((file) => `${site}/${file}`)),
    entryPoints: parseEntryPoints(lines('entry_points.txt')),
  };
}

/** As long as a name in a directory may be (limits.h, NAME_MAX). */
const maxNameLength = 255;

function topLevelOf(file: string): string {
  if (file.length > maxNameLength) return file;
  return file.replace(/(?:\.[\w-]+)*\.(?:pyc?|so)$/, '');
}

/** The lines of an `entry_points.txt`; what isn't an entry point is passed over. */
function parseEntryPoints(lines: readonly string[]): readonly EntryPoint[] {
  let group = '';
  return lines.flatMap((line) => {
    const section = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (section !== undefined) group = section.trim();
    const [, name, object] = /^([^=[]{1,200})=\s*([\w.]{1,200}(?::[\w.]{1,200})?)/.exec(line) ?? [];
    return name === undefined || object === undefined ? [] : [{ group, name: name.trim(), object }];
  });
}

/** The top-level name that a file of a site directory belongs to. */
export function topLevelIn(site: ImagePath, file: ImagePath): string {
  return topLevelOf(file.slice(site.length + 1).split('/')[0] ?? '');
}
