import type { FileTree, TreeEntry } from '../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../image/path.js';
import type { ElfFacts } from './elf.js';
import {
  expansionOfPlatform,
  expansionsOfLib,
  fitsCacheFlags,
  isSameKind,
  ownLibraryDirectories,
} from './elf-machine.js';
import type { LdSoCacheEntry } from './ld-so-cache.js';

/** What a dynamic loader knows before it looks for a library. */
export interface LoaderKnowledge {
  readonly tree: FileTree;
  /** LD_LIBRARY_PATH of the image. */
  readonly libraryPath: readonly string[];
  readonly cache: readonly LdSoCacheEntry[];
  /** Directories of ld.so.conf: for images whose cache is missing or old. */
  readonly confDirectories: readonly string[];
  /** The directories of /etc/ld-musl-ARCH.path, or musl's own. */
  readonly muslDirectories: readonly string[];
  /** Facts of files that were read already. */
  readonly elf: (path: ImagePath) => ElfFacts | undefined;
}

export interface LibraryRequest {
  /** As DT_NEEDED has it. */
  readonly library: string;
  readonly object: ImagePath;
  readonly facts: ElfFacts;
  /** Which loader will look. */
  readonly loader: 'glibc' | 'musl';
  /** The objects that load this one, nearest first: their RPATH counts as well. */
  readonly loadedBy: readonly { readonly object: ImagePath; readonly facts: ElfFacts }[];
}

/** A file that the loader may take for a library, and what led to it. */
export interface FoundLibrary {
  readonly path: string;
  readonly via: string;
}

interface SearchDirectory {
  readonly path: string;
  readonly via: string;
  /** True: what is there is surely of the right kind, so that the search may end. */
  readonly isCertain: boolean;
}

/** musl's own directories (ldso/dynlink.c). */
export const muslDefaultDirectories = ['/lib', '/usr/local/lib', '/usr/lib'];

/** Directories below a library directory that older loaders (glibc < 2.37) prefer on CPUs that have a feature. */
const legacyCpuDirectories = ['tls', 'haswell', 'haswell/x86_64', 'i686', 'i686/sse2', 'sse2', 'neon', 'vfp'];

/**
 * The files that the loader may take for a needed library, in its order of search (ld.so(8); musl's dynlink.c). More
 * than one when the choice depends on the CPU or can't be told from names: keeping one library more is safe, missing
 * one is not. Empty when there is none.
 */
export function findLibrary(request: LibraryRequest, knowledge: LoaderKnowledge): readonly FoundLibrary[] {
  if (request.library.includes('/')) {
    const { entry } = knowledge.tree.resolve(request.library);
    return entry?.type === 'file' ? [{ path: request.library, via: 'its path' }] : [];
  }
  const found = new Map<ImagePath, FoundLibrary>();
  for (const { path, via, isFinal } of candidates(request, knowledge)) {
    const { entry } = knowledge.tree.resolve(path);
    const fit = fitOf(entry, request.facts, knowledge);
    if (entry === undefined || fit === 'no') continue;
    if (!found.has(entry.path)) found.set(entry.path, { path, via });
    if (isFinal === 'yes' || (isFinal === 'if-fitting' && fit === 'yes')) break;
  }
  return [...found.values()];
}

interface Candidate extends FoundLibrary {
  /** Whether the loader looks no further once this one exists; `if-fitting`: once it is known to be of the right kind. */
  readonly isFinal: 'yes' | 'no' | 'if-fitting';
}

function* candidates(request: LibraryRequest, knowledge: LoaderKnowledge): Generator<Candidate> {
  for (const step of request.loader === 'glibc' ? glibcSteps(request, knowledge) : muslSteps(request, knowledge)) {
    if ('isFinal' in step) {
      yield step;
      continue;
    }
    if (request.loader === 'glibc') {
      for (const path of cpuVariantsIn(knowledge.tree, step.path, request.library)) {
        yield { path, via: step.via, isFinal: 'no' };
      }
    }
    const path = `${step.path}/${request.library}`;
    yield { path, via: step.via, isFinal: step.isCertain ? 'yes' : 'if-fitting' };
  }
}

function* glibcSteps(request: LibraryRequest, knowledge: LoaderKnowledge): Generator<SearchDirectory | Candidate> {
  const { facts, object } = request;
  if (facts.runpath.length === 0) {
    yield* expandAll(facts.rpath, object, facts, 'RPATH');
    for (const loader of request.loadedBy) {
      if (loader.facts.runpath.length === 0)
        yield* expandAll(loader.facts.rpath, loader.object, facts, 'inherited RPATH');
    }
  }
  for (const path of knowledge.libraryPath) yield { path, via: 'LD_LIBRARY_PATH', isCertain: false };
  yield* expandAll(facts.runpath, object, facts, 'RUNPATH');
  if (facts.hasNoDefaultLibraries) return;
  for (const cached of knowledge.cache) {
    if (cached.name !== request.library || !fitsCacheFlags(facts, cached.flags)) continue;
    yield { path: cached.path, via: 'ld.so.cache', isFinal: cached.isCpuVariant ? 'no' : 'yes' };
  }
  for (const path of ownLibraryDirectories(facts)) yield { path, via: 'default directory', isCertain: true };
  for (const path of ['/lib', '/usr/lib']) yield { path, via: 'default directory', isCertain: false };
  for (const path of knowledge.confDirectories) yield { path, via: 'ld.so.conf', isCertain: false };
}

function* muslSteps(request: LibraryRequest, knowledge: LoaderKnowledge): Generator<SearchDirectory> {
  for (const path of knowledge.libraryPath) yield { path, via: 'LD_LIBRARY_PATH', isCertain: false };
  for (const { object, facts } of [request, ...request.loadedBy]) {
    // musl treats both alike, lets RUNPATH win, and inherits either (ldso/dynlink.c, load_library and decode_dyn).
    const isOwn = object === request.object;
    const directories = facts.runpath.length > 0 ? facts.runpath : facts.rpath;
    yield* expandAll(directories, object, request.facts, isOwn ? 'RUNPATH' : 'inherited RUNPATH');
  }
  for (const path of knowledge.muslDirectories) yield { path, via: 'default directory', isCertain: false };
}

function* expandAll(
  directories: readonly string[],
  object: ImagePath,
  kind: ElfFacts,
  via: string,
): Generator<SearchDirectory> {
  for (const directory of directories) {
    for (const path of expandTokens(directory, object, kind)) yield { path, via, isCertain: true };
  }
}

/** `$ORIGIN`, `$LIB` and `$PLATFORM` in a search path (ld.so(8), "Dynamic string tokens"); relative ones lead nowhere. */
export function expandTokens(directory: string, object: ImagePath, kind: ElfFacts): readonly string[] {
  const located = directory
    .replaceAll(/\$(?:ORIGIN\b|\{ORIGIN\})/g, () => parentOf(object))
    .replaceAll(/\$(?:PLATFORM\b|\{PLATFORM\})/g, () => expansionOfPlatform(kind));
  if (!located.startsWith('/')) return [];
  const lib = /\$(?:LIB\b|\{LIB\})/g;
  return lib.test(located) ? expansionsOfLib(kind).map((name) => located.replaceAll(lib, () => name)) : [located];
}

/** The builds of a library in a directory's CPU-specific subdirectories: which one is loaded depends on the machine. */
export function cpuVariantsIn(tree: FileTree, directory: string, library: string): readonly string[] {
  const real = tree.resolve(directory).entry;
  if (real?.type !== 'directory') return [];
  const levels = tree.children(`${real.path}/glibc-hwcaps`).map((path) => `glibc-hwcaps/${baseName(path)}`);
  return [...levels, ...legacyCpuDirectories]
    .map((subdirectory) => `${real.path}/${subdirectory}/${library}`)
    .filter((path) => tree.has(path));
}

/** Whether a file can be loaded beside `kind`; `unknown` as long as nobody has read it. */
function fitOf(entry: TreeEntry | undefined, kind: ElfFacts, knowledge: LoaderKnowledge): 'yes' | 'no' | 'unknown' {
  if (entry?.type !== 'file') return 'no';
  const facts = knowledge.elf(entry.path);
  if (facts === undefined) return 'unknown';
  return isSameKind(facts, kind) ? 'yes' : 'no';
}
