import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import type { ElfFacts } from '../elf.js';
import { findLibrary, type LoaderKnowledge } from '../library-search.js';
import { loaderFiles, loaderKnowledge, loaderNamed, loaderOf } from '../loader.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { rarelyLoaded } from './dlopen-exceptions.js';

/** Functions that load a library by name: of the C library, and what common libraries put around it. */
const loadingFunctions = [
  'dlopen',
  'dlmopen',
  // glibc's own, for its libraries before 2.34.
  '__libc_dlopen_mode',
  'g_module_open',
  'g_module_open_full',
  'lt_dlopen',
  'lt_dlopenext',
  'lt_dlopenadvise',
  'apr_dso_load',
  'uv_dlopen',
  'SDL_LoadObject',
  'DSO_load',
  '_ZN8QLibraryC1ERK7QStringP7QObject',
];

/** The smallest library that a linker makes has some 13 kB, and one made by hand a few hundred bytes. */
const leastLibraryBytes = 300;

/** Where distributions put what they tested together: such objects are not worth a warning each. */
const distributionDirectories = /^\/(?:usr\/)?(?:lib|lib64|libx?32|libexec|bin|sbin)\//;

/** Interpreters and virtual machines: what they load is told of the modules that ask for it. */
const runtimes =
  /^(?:node|python[\d.]*|perl[\d.]*|ruby[\d.]*|php.*|java|lua.*|lib(?:node|python|perl|ruby|php|jvm|jli|java).*)$/;

/**
 * Libraries that a kept object names in a string and may load while it runs (dlopen(3)): no header tells of them, and
 * a run that had no use for one yet shows nothing. A name that no library directory has asks for nothing.
 */
export const dlopen: Rule = {
  name: 'dlopen',
  defence: 'dlopen',
  looksAt: 'contents',
  bringAlong: (context) => (context.isFirstRound ? loaderFiles(context) : []),
  *want(context, fresh) {
    let knowledge: LoaderKnowledge | undefined;
    for (const object of fresh) {
      const facts = context.elf(object);
      if (facts === undefined || !loadsLibraries(context, object)) continue;
      knowledge ??= loaderKnowledge(context);
      const names = namedLibraries(context, object, facts);
      for (const name of names) yield* wantNamed(context, knowledge, { object, facts, name });
      if (names.length === 0 && isWorthTelling(object)) {
        yield { doubt: 'dynamic-loader', loader: 'dlopen', parent: object };
      }
    }
  },
};

function loadsLibraries(context: RuleContext, object: ImagePath): boolean {
  const imports = context.imports(object);
  return loadingFunctions.some((name) => imports.has(name)) || isCLibrary(object);
}

/** glibc's libc and its loader have dlopen in them, and use it for name services, gconv and libgcc_s. */
function isCLibrary(object: ImagePath): boolean {
  return /^libc(?:\.so\.6|-2\.\d+\.so)$/.test(baseName(object)) || loaderNamed(object) !== undefined;
}

/** The names in an object that aren't those it is linked to, is known by, or is loaded with. */
function namedLibraries(context: RuleContext, object: ImagePath, facts: ElfFacts): readonly string[] {
  const known = new Set([
    ...facts.needed,
    facts.soname,
    baseName(object),
    baseName((facts.interpreter ?? '') as ImagePath),
  ]);
  return [...new Set(context.libraryNames(object).map(searchedName))].filter(
    (name) => !known.has(name) && !known.has(baseName(name as ImagePath)) && !isSuffixOnly(name),
  );
}

/** An absolute name is meant as it is; of `%s/lib/libx.so` only the end is known. */
function searchedName(name: string): string {
  return name.startsWith('/') ? name : baseName(name as ImagePath);
}

/** `.cpython-311-x86_64-linux-gnu.so` ends the names of others. */
function isSuffixOnly(name: string): boolean {
  return name.startsWith('.');
}

interface NamedLibrary {
  readonly object: ImagePath;
  readonly facts: ElfFacts;
  readonly name: string;
}

function* wantNamed(
  context: RuleContext,
  knowledge: LoaderKnowledge,
  { object, facts, name }: NamedLibrary,
): Generator<Want | Doubt> {
  const loader = loaderOf(context, facts);
  const found = findLibrary({ library: name, object, facts, loader, loadedBy: [] }, knowledge).map(({ path }) => path);
  // Programs with libraries of their own keep them in one place, and find it by their own path.
  const beside = `${parentOf(object)}/${name}`;
  if (found.length === 0 && !name.startsWith('/') && isFile(context, beside)) found.push(beside);
  const exception = rarelyLoaded.find((rare) => rare.object.test(object) && rare.library.test(name));
  for (const path of found) {
    const target = context.tree.resolve(path).entry?.path;
    if (target === undefined || target === object || isLinkerScript(context, target)) continue;
    if (exception === undefined) yield { path, onlyIfPresent: true, reason: reasonFor(object, name) };
    else if (exception.because !== undefined)
      yield { doubt: 'left-out', parent: object, target, because: exception.because };
  }
}

/** `libc.so` of a compiler's libraries is a text that names the real ones. */
function isLinkerScript({ tree }: RuleContext, path: ImagePath): boolean {
  return (tree.get(path)?.sizeBytes ?? 0) < leastLibraryBytes;
}

function isFile({ tree }: RuleContext, path: string): boolean {
  return tree.resolve(path).entry?.type === 'file';
}

function reasonFor(parent: ImagePath, name: string): Want['reason'] {
  return { kind: 'static', defence: 'dlopen', parent, because: `names ${name}, which it may load while it runs` };
}

function isWorthTelling(object: ImagePath): boolean {
  return !distributionDirectories.test(object) && !runtimes.test(baseName(object)) && !isCLibrary(object);
}
