import { ancestorsOf, baseName, type ImagePath, isWithin, parentOf, rootPath } from '../image/path.js';
import type { ReportedOriginal } from './why-original.js';

/** What brings a path back: a pattern for `--include`, and how many files of the original it stands for. */
export interface IncludeAdvice {
  readonly pattern: ImagePath;
  readonly files: number;
}

/** A directory tree with more than this is counted no further. */
const countedFiles = 100_000;

/** The pattern for a path itself. */
export function includeOf(original: ReportedOriginal, path: ImagePath): IncludeAdvice {
  return { pattern: path, files: countFiles(original, path) };
}

/**
 * The pattern for what a path is one of many of: the widest directory around it of which nothing is kept and which is one
 * thing: one module (`node_modules/x`, `site-packages/x`), or of one package, or of none. Undefined when that would be no
 * more than the path.
 */
export function widerIncludeOf(original: ReportedOriginal, path: ImagePath): IncludeAdvice | undefined {
  let widest: ImagePath | undefined;
  for (const directory of ancestorsOf(path)) {
    if (directory === rootPath || original.selection.has(directory)) break;
    if (!isOneThing(original, directory, path)) break;
    widest = directory;
    if (isModuleRoot(parentOf(directory))) break;
  }
  if (widest === undefined) return undefined;
  const advice = includeOf(original, widest);
  return advice.files > Math.max(1, countFiles(original, path)) ? advice : undefined;
}

/** True for the directories whose entries are modules of their own. */
export function isModuleRoot(directory: ImagePath): boolean {
  return /\/(?:node_modules(?:\/@[^/]+)?|site-packages|dist-packages|gems|lib-dynload)$/.test(directory);
}

/** The module a path belongs to: the entry of the innermost module root above it. */
export function moduleOf(path: ImagePath): ImagePath | undefined {
  for (let current = path; current !== rootPath; current = parentOf(current)) {
    if (isModuleRoot(parentOf(current)) && !(baseName(current).startsWith('@') && isScope(current))) return current;
  }
  return undefined;
}

/** `node_modules/@scope` is no module but holds some. */
function isScope(path: ImagePath): boolean {
  return parentOf(path).endsWith('/node_modules');
}

function isOneThing(original: ReportedOriginal, directory: ImagePath, path: ImagePath): boolean {
  const owner = original.ownerOf(path);
  let seen = 0;
  for (const entry of original.tree.below(directory)) {
    if (entry.type === 'directory') continue;
    seen += 1;
    if (seen > countedFiles || original.ownerOf(entry.path) !== owner) return false;
  }
  // Without packages, only what stands apart from the system is one thing.
  return owner !== undefined || !['/usr', '/etc', '/var', '/lib', '/opt'].some((top) => isWithin(top, directory));
}

function countFiles({ tree }: ReportedOriginal, path: ImagePath): number {
  if (tree.get(path)?.type !== 'directory') return 1;
  let files = 0;
  for (const entry of tree.below(path)) {
    if (entry.type !== 'directory') files += 1;
    if (files >= countedFiles) break;
  }
  return files;
}
