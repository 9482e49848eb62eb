import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { ancestorsOf, type ImagePath, rootPath } from '../../image/path.js';
import { directoryContents } from '../directory-contents.js';
import { findProgram } from '../environment.js';
import { matchingPaths } from '../matching-paths.js';
import type { RuleContext } from '../rule.js';
import { isSystemDirectory } from '../system-directory.js';
import type { ConfigurationFormat, Statement } from './configuration-format.js';

/** A path that a statement of a configuration file leads to. */
export interface ReferencedPath {
  readonly path: string;
  readonly directive: string;
  /** Why it is not kept though it is named. */
  readonly leftOut?: string;
}

/** More files than this are no configuration; a larger one that isn't executable or a library is data. */
const maxMatches = 1000;
const maxBytes = 1024 * 1024;
const maxNameLength = 1024;
/** So many different names does no file have that a person wrote. */
const maxNames = 4000;
/** A site beyond this is data, which belongs in a volume or needs a person's word. */
const contentBounds = { bytes: 32 * 1024 * 1024, entries: 5000 };

/**
 * What a configuration file names and the image has: files that its directives include or load, and any other file of
 * bounded size that it names by an absolute path. Directories themselves are named where their files are.
 */
export function* referencedPaths(
  context: RuleContext,
  format: ConfigurationFormat,
  path: ImagePath,
  text: string,
): Generator<ReferencedPath> {
  const resolved = new Map<string, readonly string[]>();
  const lookUp = (name: string, isTree: boolean): readonly string[] => {
    const key = `${isTree ? 'tree' : 'file'} ${name}`;
    if (resolved.size >= maxNames) return resolved.get(key) ?? [];
    const known = resolved.get(key) ?? lookUpName(context, format, path, { name, isTree });
    resolved.set(key, known);
    return known;
  };
  for (const statement of format.parse(text)) {
    const { directive } = statement;
    const use = format.uses.get(directive);
    if (use?.isContent === true) yield* contentOf(context, directive, use.files?.(statement.args) ?? []);
    const names = use?.isContent === true ? [] : (use?.files?.(statement.args) ?? []);
    for (const found of names.flatMap((name) => lookUp(name, use?.isTree === true))) yield { path: found, directive };
    for (const name of absoluteNames(context, statement, use?.isProgram === true)) {
      for (const found of lookUp(name, false)) yield { path: found, directive };
    }
  }
  for (const name of format.alongside) {
    for (const found of lookUp(name, false)) yield { path: found, directive: format.name };
  }
}

/** What is served from a directory, whoever asks for it; but not source maps, which only a developer's browser asks for. */
function* contentOf({ tree }: RuleContext, directive: string, names: readonly string[]): Generator<ReferencedPath> {
  for (const name of names) {
    const { entry } = name.startsWith('/') ? tree.resolve(name) : { entry: undefined };
    if (entry === undefined || (entry.type === 'directory' && isSystemDirectory(entry.path))) continue;
    if (entry.type !== 'directory') {
      yield { path: name, directive };
      continue;
    }
    const within = directoryContents(tree, entry.path, contentBounds, ({ path }) => !path.endsWith('.map'));
    if ('tooLarge' in within) yield { path: entry.path, directive, leftOut: within.tooLarge };
    else for (const path of [name, ...within.paths]) yield { path, directive };
  }
}

/** Absolute file names among the arguments, and the program that a command line begins with. */
function* absoluteNames(context: RuleContext, { args }: Statement, isProgram: boolean): Generator<string> {
  for (const arg of args) {
    const name = /^(?:[\w.-]+[=:])?(\/[^*?[\]{}]+)$/.exec(arg)?.[1];
    if (name !== undefined && !/^\/(?:proc|sys|dev)\//.test(name)) yield name;
  }
  const program = isProgram
    ? findProgram(context.tree, { ...context.config, Env: context.env }, args[0] ?? '')
    : undefined;
  if (program !== undefined) yield program;
}

function lookUpName(
  context: RuleContext,
  { bases }: ConfigurationFormat,
  from: ImagePath,
  { name, isTree }: { readonly name: string; readonly isTree: boolean },
): readonly string[] {
  // No format has braces or `**`; what a variable stands for isn't known.
  if (name === '' || name.length > maxNameLength || /[{}$\0]/.test(name)) return [];
  const pattern = name.replace(/\*{2,}/g, '*').replace(/^\.\//, '');
  const places: readonly string[] = pattern.startsWith('/')
    ? ['']
    : [...[...ancestorsOf(from)].filter((place) => place !== rootPath), ...bases];
  for (const place of places) {
    const found = filesAt(context, place === '' ? pattern : `${place}/${pattern}`, isTree);
    if (found.length > 0) return found;
  }
  return [];
}

/** Names by which the image has what a pattern stands for: those through links as they are written. */
function filesAt({ tree }: RuleContext, pattern: string, isTree: boolean): readonly string[] {
  const named = tree.resolve(pattern).entry;
  if (named !== undefined) return [...filesOf(tree, named, pattern, isTree)];
  const found: string[] = [];
  for (const path of matchingPaths(tree, pattern)) {
    const { entry } = tree.resolve(path);
    if (entry !== undefined) found.push(...filesOf(tree, entry, path, isTree));
    if (found.length > maxMatches) return [];
  }
  const firstWildcard = pattern.search(/[*?[]/);
  if (found.length > 0 && firstWildcard > 0)
    found.push(pattern.slice(0, pattern.lastIndexOf('/', firstWildcard)) || '/');
  return found;
}

function* filesOf(tree: FileTree, entry: TreeEntry, name: string, isTree: boolean): Generator<string> {
  if (entry.type === 'directory' && isTree) {
    yield name;
    let count = 0;
    for (const below of tree.below(entry.path)) {
      if (below.type === 'directory') continue;
      count += 1;
      if (count > maxMatches) return;
      yield below.path;
    }
  } else if (entry.type === 'file') {
    const isCode = (entry.mode & 0o111) !== 0 || /\.so[.\d]*$/.test(entry.path);
    if (isCode || entry.sizeBytes <= maxBytes) yield name;
  }
}
