import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath, isWithin } from '../../image/path.js';
import type { RuleContext } from '../rule.js';
import { type Company, noCompany, sourceOf } from './granularity-directory.js';
import { distributionsOf } from './granularity-python.js';

/**
 * The rest of the package that a file belongs to: of the distribution's own packages, else of an npm package, a Python
 * distribution or a Ruby gem. A file below /etc brings no package: a library's configuration is read by programs that
 * need nothing else of it.
 */
export function packageCompany(context: RuleContext): (path: ImagePath) => Company {
  const { tree, ownership } = context;
  const distributions = distributionsOf(context);
  const given = new Set<string>();
  const giveOnce = (title: string, key: string, filesOf: () => readonly ImagePath[]): Company => {
    if (given.has(key)) return noCompany;
    given.add(key);
    return { paths: filesOf(), because: `is of ${title}, kept whole` };
  };
  return (path) => {
    if (isWithin(path, '/etc')) return noCompany;
    const owner = ownership?.ownerOf(path) ?? ownership?.ownerOf(sourceOf(path, tree) ?? path);
    if (owner !== undefined) return giveOnce(`package ${owner}`, owner, () => ownership?.filesOf(owner) ?? []);
    const module = npmPackageOf(path, tree);
    if (module !== undefined) {
      const name = module.slice(module.lastIndexOf('/node_modules/') + '/node_modules/'.length);
      return giveOnce(`the npm package ${name}`, module, () => npmFiles(module, tree));
    }
    const distribution = distributions(path);
    if (distribution !== undefined) {
      const { record, files } = distribution;
      const name = baseName(record).replace(/\.(?:dist|egg)-info$/, '');
      return giveOnce(`the Python distribution ${name}`, record, () => files);
    }
    const gem = gemOf(path, tree);
    if (gem !== undefined) return giveOnce(`the gem ${gem.fullName}`, gem.directory, () => gemFiles(gem, tree));
    return noCompany;
  };
}

/**
 * The directory of the npm package that a path is in: what stands under the last `node_modules` of its name, a scope
 * (`@scope/name`) counting with it. A package.json deeper inside, that says the kind of its modules, makes no package.
 */
function npmPackageOf(path: ImagePath, tree: FileTree): ImagePath | undefined {
  const [, directory] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^./@][^/]*)\//s.exec(path) ?? [];
  return directory === undefined || !tree.has(`${directory}/package.json`) ? undefined : tree.get(directory)?.path;
}

/** Packages inside it are others', and may hold others again: the walk doesn't go there. */
function npmFiles(directory: ImagePath, tree: FileTree): ImagePath[] {
  const files: ImagePath[] = [];
  const pending = [directory];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const children = tree.children(place).filter((path) => baseName(path) !== 'node_modules');
    for (const path of children) files.push(path);
    for (const path of children) if (tree.get(path)?.type === 'directory') pending.push(path);
  }
  return files;
}

interface Gem {
  readonly directory: string;
  readonly home: string;
  readonly fullName: string;
}

/** RubyGems' layout: `HOME/gems/NAME-VERSION/…` beside `HOME/specifications/NAME-VERSION.gemspec`. */
function gemOf(path: ImagePath, tree: FileTree): Gem | undefined {
  const [, home = '', fullName] = /^(.*)\/(?:gems|extensions\/[^/]+\/[^/]+)\/([^/]+)\//s.exec(path) ?? [];
  if (fullName === undefined) return undefined;
  const isInstalled = [
    `${home}/specifications/${fullName}.gemspec`,
    `${home}/specifications/default/${fullName}.gemspec`,
  ].some((specification) => tree.has(specification));
  return isInstalled ? { directory: `${home}/gems/${fullName}`, home, fullName } : undefined;
}

function gemFiles({ directory, home, fullName }: Gem, tree: FileTree): ImagePath[] {
  const extensions = tree
    .children(`${home}/extensions`)
    .flatMap((platform) => tree.children(platform))
    .flatMap((version) => [...tree.below(`${version}/${fullName}`)]);
  const specifications = ['', 'default/'].flatMap(
    (place) => tree.get(`${home}/specifications/${place}${fullName}.gemspec`) ?? [],
  );
  return [...tree.below(directory), ...extensions, ...specifications].map(({ path }) => path);
}
