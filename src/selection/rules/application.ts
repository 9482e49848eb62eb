import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf, rootPath } from '../../image/path.js';
import type { Trace } from '../../trace/trace.js';
import { directoryContents } from '../directory-contents.js';
import type { Doubt } from '../doubt.js';
import { absolutePath } from '../environment.js';
import type { Reason } from '../reason.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { isSystemDirectory } from '../system-directory.js';

/** An application's own files are few; more is data, or a build tree, and a person has to say which of it. */
const bounds = { bytes: 8 * 1024 * 1024, entries: 2000 };
const maxFileBytes = 1024 * 1024;
/** Composer's packages are found by name when a class is first used (getcomposer.org/doc/01-basic-usage.md, "Autoloading"). */
const vendorBounds = { bytes: 64 * 1024 * 1024, entries: 20_000 };

const scriptFile = /\.(?:pyc?|rb|php|pl|pm|lua|[cm]?js)$/;
const ofPackage =
  /\/(?:node_modules|site-packages|dist-packages|gems|vendor|lib\/(?:python|ruby|perl|node|lua|php)[\d.]*|usr\/share|\.[^/]*)\//;
/** An application has a few roots; more are a tree of something else. */
const maxHomes = 64;

/** Dependencies have rules of their own; the rest is for those who develop, test or build. */
const otherDirectories =
  /^(?:node_modules|bower_components|site-packages|dist-packages|venv|env|virtualenv|__pycache__|tests?|__tests__|specs?|coverage|docs?|examples?|target|CMakeFiles|obj|\..*)$/i;
const otherFiles =
  /^\.|~$|\.(?:map|tsx?|mts|cts|tsbuildinfo|md|rst|adoc|markdown|log|c|cc|cpp|cxx|h|hh|hpp|o|a|go|rs|java|kt|scala|swift|cs|py[co]|patch|orig|bak|lock)$|^(?:package-lock\.json|pnpm-lock\.yaml|requirements[\w.-]*\.txt|go\.(?:mod|sum)|Cargo\.toml|Dockerfile.*|docker-compose.*|compose\.ya?ml|Makefile|CMakeLists\.txt|tsconfig.*\.json|(?:README|LICENSE|LICENCE|CHANGELOG|NOTICE|AUTHORS|CONTRIBUTING).*)$/i;

/**
 * The application's own files, where the run used some of them: templates, plugins and data that another request opens, and
 * empty directories that it writes into. Its place is the working directory, that of a script that the image starts, and
 * that of a script which the run read.
 */
export const application: Rule = {
  name: 'application',
  defence: 'application',
  looksAt: 'names',
  *want(context, fresh) {
    if (context.isFirstRound) yield* wantVolumes(context);
    for (const path of fresh)
      if (path.endsWith('/vendor/autoload.php') && isUsed(context, path))
        yield* wantWhole(context, parentOf(path), {
          because: "holds the application's packages, which are loaded by the names of their classes",
          bounds: vendorBounds,
          enters: isOwn(context),
        });
    const homes = homesOf(context);
    if (homes.length === 0) return;
    const used = new Set<ImagePath>();
    for (const path of fresh) {
      const home = homes.find((directory) => path.startsWith(`${directory}/`));
      if (home !== undefined && !used.has(home) && isUsed(context, path)) used.add(home);
    }
    for (const home of used)
      yield* wantWhole(context, home, { because: "holds the application's own files", bounds, enters: isOwn(context) });
  },
};

/** All that a directory holds as far as it counts, or the word that it is too much. */
function* wantWhole(
  { tree }: RuleContext,
  directory: ImagePath,
  how: {
    readonly because: string;
    readonly bounds: { readonly bytes: number; readonly entries: number };
    readonly enters?: (entry: TreeEntry) => boolean;
  },
): Generator<Want | Doubt> {
  const within = directoryContents(tree, directory, how.bounds, how.enters);
  if ('tooLarge' in within) {
    yield { doubt: 'left-out', parent: directory, target: directory, because: within.tooLarge };
    return;
  }
  const reason: Reason = { kind: 'static', defence: 'application', because: how.because, parent: directory };
  for (const path of within.paths) yield { path, followLast: false, reason };
}

/** What the image holds where it declares a volume: an engine fills a new volume with it (docker-volume-create(1)). */
function* wantVolumes(context: RuleContext): Generator<Want | Doubt> {
  for (const volume of Object.keys(context.config.Volumes ?? {})) {
    const { entry } = context.tree.resolve(absolutePath(context.config, volume));
    if (entry?.type !== 'directory' || entry.path === rootPath) continue;
    yield* wantWhole(context, entry.path, { because: 'is what a new volume begins with', bounds });
  }
}

function homesOf({ tree, config, trace }: RuleContext): readonly ImagePath[] {
  const words = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const scripts = words.flatMap((word) => {
    const { entry } = word.includes('/') ? tree.resolve(absolutePath(config, word)) : { entry: undefined };
    return entry?.type === 'file' ? [parentOf(entry.path)] : [];
  });
  const workingDirectory = tree.resolve(absolutePath(config, '')).entry;
  const homes = [
    ...(workingDirectory?.type === 'directory' ? [workingDirectory.path] : []),
    ...scripts,
    ...scriptDirectories(tree, trace),
  ];
  return [...new Set(homes)].filter((directory) => !isSystemDirectory(directory)).slice(0, maxHomes);
}

/** Where scripts are that no package brought. */
function scriptDirectories(tree: FileTree, { paths }: Trace): readonly ImagePath[] {
  const directories = new Set<ImagePath>();
  for (const { path, accesses } of paths) {
    if (!accesses.includes('read') || !scriptFile.test(path)) continue;
    const { entry } = tree.resolve(path);
    if (entry?.type !== 'file') continue;
    const directory = parentOf(entry.path);
    const home = baseName(directory) === '__pycache__' ? parentOf(directory) : directory;
    if (!ofPackage.test(`${home}/`)) directories.add(home);
  }
  return [...directories].filter((home) => ![...directories].some((other) => home.startsWith(`${other}/`)));
}

/** A file that the run read or executed, not one that was only looked at. */
function isUsed({ tree, reasonsOf }: RuleContext, path: ImagePath): boolean {
  return (
    tree.get(path)?.type === 'file' &&
    reasonsOf(path).some(
      (reason) =>
        (reason.kind === 'traced' || reason.kind === 'healed') &&
        reason.accesses.some((access) => access === 'read' || access === 'exec'),
    )
  );
}

function isOwn({ tree }: RuleContext): (entry: TreeEntry) => boolean {
  return ({ path, type, sizeBytes }) => {
    const name = baseName(path);
    if (type === 'directory')
      return (
        !otherDirectories.test(name) && !['pyvenv.cfg', 'autoload.php'].some((file) => tree.has(`${path}/${file}`))
      );
    return sizeBytes <= maxFileBytes && !otherFiles.test(name);
  };
}
