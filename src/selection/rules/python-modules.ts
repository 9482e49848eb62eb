import { baseName, type ImagePath, isWithin, parentOf } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import { variable } from '../environment.js';
import { findModule } from '../python/find-module.js';
import { followImports, type ImportingModule, wantModule } from '../python/follow-imports.js';
import { importedByModule } from '../python/known-modules.js';
import { namedModules, wantEncoding } from '../python/named-modules.js';
import { compiledOf, initOf, modulesIn, sourceOfCompiled } from '../python/python-files.js';
import { type PythonPath, pthFiles, pythonPath, siteDirectories, topDirectory } from '../python/python-path.js';
import { parsePythonSource } from '../python/python-source.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { parseShebang } from '../shebang-line.js';

/** Files of an application that are fetched before anything asks for them: no more than these, and no larger ones. */
const maxNeighbours = 400;
const maxNeighbourBytes = 256 * 1024;

/**
 * The modules that the kept ones import, by a run or by a request that no run made: packages around them, sources of
 * compiled files, lazy imports, encodings and what is named in strings.
 */
export const pythonModules: Rule = {
  name: 'python-modules',
  defence: 'python',
  looksAt: 'contents',
  bringAlong: (context, fresh) => [
    ...(context.isFirstRound ? siteDirectories(context.tree).flatMap((site) => pthFiles(context.tree, site)) : []),
    ...neighbours(context, fresh),
  ],
  *want(context, fresh) {
    let path: PythonPath | undefined;
    for (const file of fresh) {
      if (context.tree.get(file)?.type !== 'file' || !isPython(context, file)) continue;
      path ??= pythonPath(context);
      yield* wantsOf(context, path, file);
    }
    if (context.isFirstRound && path !== undefined) yield* wantEnvironment(context, path);
  },
};

function isPython(context: RuleContext, file: ImagePath): boolean {
  if (/\.(?:pyc?|so)$/.test(file)) return true;
  if (((context.tree.get(file)?.mode ?? 0) & 0o111) === 0) return false;
  const shebang = parseShebang(context.head(file) ?? new Uint8Array());
  return shebang !== undefined && /python/.test(shebang.line);
}

function* wantsOf(context: RuleContext, path: PythonPath, file: ImagePath): Generator<Want | Doubt> {
  const { tree } = context;
  const source = sourceOfCompiled(file);
  if (source !== undefined) {
    yield { path: source, onlyIfPresent: true, reason: because('is compiled from it', file) };
    return;
  }
  yield* wantPackagesAround(context, file);
  const top = topDirectory(tree, file);
  const name = moduleName(file, top);
  const owner = path.ownerOf(file);
  const directories = [...(owner === 'application' ? [parentOf(file), top] : []), ...path.directories];
  for (const imported of owner === 'standard' ? (importedByModule[name] ?? []) : []) {
    for (const one of modulesLike(tree, imported, directories)) {
      const found = findModule(tree, one, directories);
      if (found !== undefined) yield* wantModule(found, `imports ${one} when it is used`, file);
    }
  }
  if (/\.(?:pyc|so)$/.test(file)) return;
  // A compiled file is a cache: without it an application would start a little later, and so might its first request.
  const compiled = owner === 'application' ? compiledOf(tree, file) : [];
  for (const cache of compiled) yield { path: cache, reason: because('is compiled to it', file) };
  const isLoaded = wasLoaded(context, [file, ...compiledOf(tree, file)]);
  // The standard library's lazy imports aren't followed, so a module of it that a run loaded has nothing more to say.
  if (owner === 'standard' && isLoaded) return;
  const text = textOf(context, file);
  if (text === undefined) return;
  const module: ImportingModule = {
    path: file,
    source: parsePythonSource(text, path.version),
    owner,
    topLevel: name.split('.')[0] ?? name,
    isLoaded,
    directories,
  };
  yield* followImports(context, path, module);
  if (owner !== 'standard') yield* namedModules(context, module);
}

function because(clause: string, parent: ImagePath): Want['reason'] {
  return { kind: 'static', defence: 'python', because: clause, parent };
}

/** The names of top-level modules that begin as `name` does, when it ends in `*`. */
function modulesLike(tree: RuleContext['tree'], name: string, directories: readonly ImagePath[]): readonly string[] {
  if (!name.endsWith('*')) return [name];
  const names = directories.flatMap((directory) => [...modulesIn(tree, directory).keys()]);
  return [...new Set(names)].filter((one) => one.startsWith(name.slice(0, -1)));
}

/** A package is loaded before what is in it. */
function* wantPackagesAround({ tree }: RuleContext, file: ImagePath): Generator<Want> {
  for (let directory = parentOf(file); directory !== '/'; directory = parentOf(directory)) {
    const init = initOf(tree, directory);
    if (init === undefined) return;
    if (init !== file) yield { path: init, reason: because('is in its package', file) };
  }
}

/** `a.b` of `/top/a/b.py` and of `/top/a/b/__init__.py`. */
function moduleName(file: ImagePath, top: ImagePath): string {
  const relative = isWithin(file, top) ? file.slice(top === '/' ? 1 : top.length + 1) : baseName(file);
  const parts = relative.replace(/(?:\.[\w-]+)*\.(?:pyc?|so)$/, '').split('/');
  return (parts.at(-1) === '__init__' ? parts.slice(0, -1) : parts).join('.');
}

function wasLoaded(context: RuleContext, files: readonly ImagePath[]): boolean {
  return files.some((file) =>
    context
      .reasonsOf(file)
      .some((reason) => (reason.kind === 'traced' || reason.kind === 'healed') && reason.accesses.includes('read')),
  );
}

function textOf(context: RuleContext, file: ImagePath): string | undefined {
  const bytes = context.contents(file);
  return bytes === undefined
    ? undefined
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** An application's modules are close together: most of what will be wanted next. */
function* neighbours({ tree }: RuleContext, fresh: readonly ImagePath[]): Generator<string> {
  const sites = siteDirectories(tree);
  const directories = new Set(
    fresh
      .filter(
        (file) =>
          file.endsWith('.py') && !/\/python3?[\w.]*\//.test(file) && !sites.some((site) => isWithin(file, site)),
      )
      .map((file) => parentOf(file)),
  );
  let left = maxNeighbours;
  for (const directory of directories) {
    for (const path of tree.children(directory)) {
      if (!path.endsWith('.py') || (tree.get(path)?.sizeBytes ?? 0) > maxNeighbourBytes) continue;
      if (left === 0) return;
      left -= 1;
      yield path;
    }
  }
}

/** `PYTHONIOENCODING=cp1252:replace`, `LANG=ja_JP.eucJP`. */
function* wantEnvironment(context: RuleContext, path: PythonPath): Generator<Want | Doubt> {
  const config = { Env: [...context.env] };
  const encodings = [
    variable(config, 'PYTHONIOENCODING')?.split(':')[0],
    ...['LANG', 'LC_ALL', 'LC_CTYPE'].map((name) => variable(config, name)?.split('.')[1]?.split('@')[0]),
  ];
  for (const encoding of encodings) {
    if (encoding !== undefined && encoding !== '') yield* wantEncoding(context, encoding, path.directories, undefined);
  }
}
