import type { FileTree } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath } from '../../image/path.js';
import type { RuleContext } from '../rule.js';

/** Where a Ruby program was seen to look for what it requires. */
export interface RubyLoadPath {
  /** Directories of $LOAD_PATH as far as they were seen. */
  readonly directories: readonly string[];
  /** Directories that hold `gems` and `specifications`. */
  readonly gemHomes: readonly string[];
}

/** A gem's directory, the place it is installed in, and its full name: `rack-2.2.6`. */
export interface InstalledGem {
  readonly directory: ImagePath;
  readonly home: string;
  readonly fullName: string;
}

const maxDirectories = 2000;

/** True when a Ruby program was seen to run. */
export function runsRuby({ trace }: RuleContext): boolean {
  return trace.paths.some(({ programs }) =>
    programs.some((program) => /\/(?:ruby[\d.]*|truffleruby|jruby)$/.test(program)),
  );
}

/** Reads the load path off the traced names: missing files are named in each of its directories before one is found. */
export function rubyLoadPath({ trace, env, config }: RuleContext): RubyLoadPath {
  const directories = new Set<string>();
  const gemHomes = new Set<string>();
  const listed = env.findLast((line) => line.startsWith('RUBYLIB='))?.slice('RUBYLIB='.length) ?? '';
  for (const directory of listed.split(':')) if (directory.startsWith('/')) directories.add(directory);
  for (const { path } of trace.paths) {
    const [, library] =
      /^(.*?\/(?:ruby|rubylibs)\/(?:(?:vendor_ruby|site_ruby)(?:\/\d+\.\d+\.\d+)?|\d+\.\d+\.\d+)(?:\/[^/]*linux[^/]*)?)(?:\/|$)/.exec(
        path,
      ) ?? [];
    if (library !== undefined) {
      directories.add(library);
      directories.add(library.replace(/\/[^/]*linux[^/]*$/, ''));
    }
    const [, gem] = /^(.*\/gems\/[^/]+-\d[^/]*\/lib)\//.exec(path) ?? [];
    if (gem !== undefined) directories.add(gem);
    const [, home] = /^(.*?)\/(?:specifications(?:\/|$)|gems\/[^/]+-\d[^/]*\/)/.exec(path) ?? [];
    if (home !== undefined) gemHomes.add(home);
    if (directories.size > maxDirectories) break;
  }
  const own = config.WorkingDir || '/';
  if (own !== '/') directories.add(own).add(`${own}/lib`);
  return { directories: [...directories], gemHomes: [...gemHomes] };
}

/** The files that a name on the load path may be, by names through symlinks: on the path, above the file, in any gem. */
export function findRuby(tree: FileTree, loadPath: RubyLoadPath, from: ImagePath, name: string): readonly string[] {
  if (name.startsWith('/')) return fileNamed(tree, name);
  const onPath = remembered(loadPath, `path ${name}`, () => firstIn(tree, loadPath.directories, name));
  if (onPath.length > 0) return onPath;
  const above = firstIn(tree, ancestorsOf(from), name);
  if (above.length > 0) return above;
  // RubyGems activates the gem that has the file.
  return remembered(loadPath, `gems ${name}`, () =>
    loadPath.gemHomes.flatMap((home) =>
      tree
        .children(tree.resolve(`${home}/gems`).entry?.path ?? '')
        // concurrent-ruby keeps its files in a directory of its own name, as its specification says.
        .flatMap((gem) => [`${gem}/lib`, `${gem}/lib/${/([^/]+?)-\d[^/]*$/.exec(gem)?.[1]}`])
        .flatMap((directory) => fileNamed(tree, `${directory}/${name}`)),
    ),
  );
}

function firstIn(tree: FileTree, directories: Iterable<string>, name: string): readonly string[] {
  for (const directory of directories) {
    const found = fileNamed(tree, `${directory === '/' ? '' : directory}/${name}`);
    if (found.length > 0) return found;
  }
  return [];
}

/** Hundreds of files require the same, and each directory and gem is asked for it. */
const answers = new WeakMap<RubyLoadPath, Map<string, readonly string[]>>();

function remembered(loadPath: RubyLoadPath, question: string, find: () => readonly string[]): readonly string[] {
  const known = answers.get(loadPath) ?? new Map<string, readonly string[]>();
  answers.set(loadPath, known);
  const answer = known.get(question) ?? find();
  known.set(question, answer);
  return answer;
}

/** A file by its name with or without what Ruby adds to it. */
export function fileNamed(tree: FileTree, path: string): readonly string[] {
  const names = /\.(?:rb|so)$/.test(path) ? [path] : [`${path}.rb`, `${path}.so`];
  return names.filter((candidate) => tree.resolve(candidate).entry?.type === 'file').slice(0, 1);
}

/** The gem that a file is part of. */
export function gemOf(path: ImagePath): InstalledGem | undefined {
  const [directory, home, fullName] = /^(.*)\/gems\/([^/]+-\d[^/]*)(?=\/)/.exec(path) ?? [];
  if (directory === undefined || home === undefined || fullName === undefined) return undefined;
  return { directory: directory as ImagePath, home, fullName };
}
