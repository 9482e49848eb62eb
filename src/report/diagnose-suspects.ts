import { comparePaths, isSharedLibraryName } from '../image/file-tree.js';
import { baseName, type ImagePath, parentOf, rootPath } from '../image/path.js';
import type { Clue } from './diagnose-clue.js';
import type { NameIndex } from './diagnose-names.js';
import { isModuleRoot, moduleOf } from './why-include.js';
import type { ReportedOriginal } from './why-original.js';

/** The paths of the original that a clue may mean. */
export interface Suspects {
  /** Names in the original, the likeliest first; links on the way unresolved where the log named a path. */
  readonly paths: readonly string[];
  /** `one`: any of them is what was looked for. `every`: all of them play a part. */
  readonly needs: 'one' | 'every';
  /** A directory counts as kept only when all that stands in it is. */
  readonly isWhole?: true;
}

interface Lookup {
  readonly original: ReportedOriginal;
  readonly names: NameIndex;
}

type Finders = { readonly [K in Clue['kind']]: (clue: Extract<Clue, { kind: K }>, lookup: Lookup) => Suspects };

/** What in the original a clue may be about; no paths when the original has nothing of the kind. */
export function suspectsOf(clue: Clue, lookup: Lookup): Suspects {
  const find = finders[clue.kind] as (clue: Clue, lookup: Lookup) => Suspects;
  return find(clue, lookup);
}

const one = (paths: readonly string[]): Suspects => ({ paths, needs: 'one' });
const every = (paths: readonly string[]): Suspects => ({ paths, needs: 'every' });

const finders: Finders = {
  path: ({ name }, lookup) => (name.startsWith('/') ? one(placeOf(name, lookup)) : one(relative(name, lookup))),
  program: ({ name }, lookup) => one(programs(name, lookup)),
  library: ({ name }, lookup) => one(libraries(name, lookup)),
  'python-module': ({ name }, lookup) => one(pythonModules(name, lookup)),
  'node-module': (clue, lookup) => one(nodeModules(clue, lookup)),
  'java-class': ({ name }, lookup) => one(javaClasses(name, lookup)),
  'perl-module': ({ name }, { names }) => {
    const module = name.replace(/\.pm$/, '');
    const compiled = names.ending(`auto/${module}`);
    const files = names.ending(name);
    return files.length === 0 ? one([]) : { paths: [...files.slice(0, 1), ...compiled], needs: 'every' };
  },
  'ruby-feature': ({ name }, lookup) => one(rubyFeatures(name, lookup)),
  'time-zone': ({ name }, { names }) => one(systemFirst(names.ending(`zoneinfo/${name}`))),
  locale: ({ name }, { original, names }) => one(locales(name, original, names)),
  charset: ({ name }, lookup) => charsets(name, lookup),
  'crypto-module': ({ name }, { names }) =>
    one(
      names
        .withStem('', name === '' ? 'legacy' : name)
        .filter((path) => /\/(?:ossl-modules|engines-[\d.]+)\//.test(path)),
    ),
  terminal: ({ name }, { names }) =>
    one(names.ending(`${name[0]}/${name}`).filter((path) => path.includes('/terminfo/'))),
  user: (_clue, lookup) => every(nameServices(['/etc/passwd', '/etc/group', '/etc/nsswitch.conf'], lookup)),
  host: (_clue, lookup) => every(nameServices(['/etc/nsswitch.conf'], lookup)),
  certificates: (_clue, lookup) => every(certificates(lookup)),
};

/** A path as it was named, or the nearest directory above it that the original has: it would be made in there. */
function placeOf(name: string, { original }: Lookup): readonly string[] {
  const { entry, directory, symlinks } = original.tree.resolve(name);
  if (entry !== undefined) return [name];
  const dangling = symlinks.find((link) => !original.selection.has(link));
  if (dangling !== undefined) return [dangling];
  return directory === rootPath || original.selection.has(directory) ? [] : [directory];
}

function relative(name: string, lookup: Lookup): readonly string[] {
  const plain = name.replace(/^(?:\.{1,2}\/)+/, '').replace(/\/+$/, '');
  if (plain === '') return [];
  const found = lookup.names.ending(plain);
  const bare = plain.includes('/') ? [] : found.filter(isProgramPath);
  if (bare.length > 0) return systemFirst(bare);
  // The application's own files belong to no package.
  const own = found.filter((path) => lookup.original.ownerOf(path) === undefined);
  return shortestFirst(own.length > 0 ? own : found);
}

function programs(name: string, { original, names }: Lookup): readonly string[] {
  if (name.startsWith('/')) return original.tree.resolve(name).entry === undefined ? [] : [name];
  return systemFirst(names.ending(name).filter(isProgramPath));
}

function isProgramPath(path: ImagePath): boolean {
  return /\/(?:s?bin|libexec|games)$/.test(parentOf(path));
}

function libraries(name: string, { original, names }: Lookup): readonly string[] {
  if (name.startsWith('/') && original.tree.resolve(name).entry !== undefined) return [name];
  const file = baseName(`/${name}` as ImagePath);
  const exact = names.ending(file);
  if (exact.length > 0) return systemFirst(exact);
  // `libfoo.so` for a library that is only there with its version.
  const [stem = ''] = file.split('.');
  return systemFirst(names.withStem('', stem).filter((path) => isSharedLibraryName(path) && file.endsWith('.so')));
}

function pythonModules(name: string, { names }: Lookup): readonly string[] {
  const parts = name.split('.');
  const last = parts.at(-1) ?? '';
  const directory = parts.slice(0, -1).join('/');
  const found = names.withStem(directory, last).filter((path) => /(?:\/[^.]+|\.pyc?|\.so|\.py[di])$/.test(path));
  const importable = found.filter((path) => {
    const root = path.slice(0, -`/${parts.join('/')}`.length - (baseName(path).length - last.length));
    return /\/(?:site-packages|dist-packages|lib-dynload|python\d(?:\.\d+)?|zipfile|src|app|lib)$/.test(root);
  });
  // A file beside the package's directory is the directory's own (`x.pyi`) or compiled (`x.cpython-311.pyc`).
  return shortestFirst(importable.length > 0 ? importable : found);
}

const nodeEndings = ['', '.js', '.cjs', '.mjs', '.json', '.node', '/index.js', '/package.json'];

function nodeModules({ name, from }: Extract<Clue, { kind: 'node-module' }>, lookup: Lookup): readonly string[] {
  const { original, names } = lookup;
  if (name.startsWith('/') || (name.startsWith('.') && from?.startsWith('/') === true)) {
    const base = name.startsWith('/') ? name : `${parentOf(from as ImagePath)}/${name}`;
    const file = nodeEndings
      .map((ending) => base + ending)
      .find((path) => original.tree.resolve(path).entry?.type === 'file');
    return file === undefined ? [] : [file];
  }
  if (name.startsWith('.')) return relative(name, lookup);
  const [scopeOrName = '', second = ''] = name.split('/');
  const package_ = scopeOrName.startsWith('@') ? `${scopeOrName}/${second}` : scopeOrName;
  const found = names.ending(`node_modules/${package_}`).filter((path) => {
    const holder = path.slice(0, -`/node_modules/${package_}`.length);
    return from === undefined || from.startsWith(`${holder}/`);
  });
  // The innermost one is what Node.js would take.
  const [nearest] = [...found].sort((left, right) =>
    from === undefined ? left.length - right.length : right.length - left.length,
  );
  if (nearest === undefined) return names.ending(`nodejs/${package_}`).slice(0, 1);
  const inside = name.slice(package_.length);
  const file = nodeEndings
    .map((ending) => `${nearest}${inside}${ending}`)
    .find((path) => inside !== '' && original.tree.resolve(path).entry?.type === 'file');
  return [file ?? nearest];
}

/** A class by its own file, else the archives left out whose name has a part of its package in it. */
function javaClasses(name: string, { original, names }: Lookup): readonly string[] {
  const path = name.replaceAll('.', '/');
  const own = names.ending(`${path.replace(/;$/, '')}.class`);
  if (own.length > 0) return own;
  const telling = path
    .split('/')
    .slice(0, -1)
    .filter((part) => part.length > 2 && !commonParts.has(part));
  const scored: { path: ImagePath; score: number }[] = [];
  for (const entry of original.tree.entries()) {
    if (!/\.(?:jar|jmod|war)$/.test(entry.path)) continue;
    const words = baseName(entry.path)
      .toLowerCase()
      .split(/[^a-z]+/);
    const score = telling.filter((part) => words.includes(part.toLowerCase())).length;
    if (score > 0) scored.push({ path: entry.path, score });
  }
  const best = Math.max(...scored.map(({ score }) => score));
  return scored.filter(({ score }) => score === best).map((candidate) => candidate.path);
}

const commonParts: ReadonlySet<string> = new Set([
  'com',
  'org',
  'net',
  'java',
  'javax',
  'apache',
  'github',
  'google',
  'impl',
]);

function rubyFeatures(name: string, { original, names }: Lookup): readonly string[] {
  if (name.startsWith('/')) {
    return [name, `${name}.rb`, `${name}.so`]
      .filter((path) => original.tree.resolve(path).entry?.type === 'file')
      .slice(0, 1);
  }
  const plain = name.replace(/\.(?:rb|so)$/, '');
  return shortestFirst([...names.ending(`${plain}.rb`), ...names.ending(`${plain}.so`)]);
}

/** `de_DE.UTF-8` is `de_DE.utf8` on disk (localedef(1)); a locale's directory, and the archive of all. */
function locales(name: string, { tree }: ReportedOriginal, names: NameIndex): readonly string[] {
  const [language = '', charset] = name.split(/[.@]/);
  const spellings = [name, `${language}.${(charset ?? '').toLowerCase().replaceAll('-', '')}`, language];
  const directory = spellings.flatMap((spelling) => (spelling === '' ? [] : names.ending(`locale/${spelling}`)));
  const own = directory.filter((path) => path.startsWith('/usr/lib/locale/') || path.startsWith('/usr/share/i18n/'));
  const archive = ['/usr/lib/locale/locale-archive'].filter((path) => tree.has(path));
  const any = name === '' ? ['/usr/lib/locale'].filter((path) => tree.has(path)) : [];
  return [...new Set([...own, ...archive, ...any])];
}

/** Character sets of Chinese, Japanese and Korean, by how Python names them. */
const isEastAsian = /jis|jp|euc|gb|hz|big5|kr|ks_|johab|uhc|2022|cp9(?:32|36|49|50)/;

/** Python has a module for each, with compiled ones behind some; glibc's have other names than theirs, and come together. */
function charsets(name: string, { names }: Lookup): Suspects {
  const python = names.ending(`encodings/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}.py`);
  if (name !== '' && name === name.toLowerCase() && python.length > 0) {
    const stems = isEastAsian.test(name) ? ['multibytecodec', ...eastAsianCodecs] : [];
    const compiled = stems.flatMap((stem) => names.withStem('lib-dynload', `_${stem}`));
    return every([...python.slice(0, 1), ...compiled]);
  }
  const gconv = names.ending('gconv').filter((path) => /\/(?:lib\w*|[\w-]+-linux-\w+)\/gconv$/.test(path));
  return { ...one([...gconv, ...python]), isWhole: true };
}

/** Modules/cjkcodecs of CPython. */
const eastAsianCodecs = ['codecs_cn', 'codecs_hk', 'codecs_iso2022', 'codecs_jp', 'codecs_kr', 'codecs_tw'];

/** Modules that nsswitch.conf names are kept in every image, so that only an excluded one can be what is missing. */
function nameServices(files: readonly string[], { original }: Lookup): readonly string[] {
  const modules = [...original.excluded.keys()].filter((path) => /\/libnss_[^/]+\.so\.\d[^/]*$/.test(path));
  return [...files.filter((path) => original.tree.has(path)), ...modules.sort(comparePaths)];
}

const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/certs/java/cacerts',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
];

function certificates({ original, names }: Lookup): readonly string[] {
  const own = names.ending('certifi/cacert.pem').filter((path) => isModuleRoot(parentOf(moduleOf(path) ?? path)));
  const found = [...bundles.filter((path) => original.tree.has(path)), ...own];
  return found.length > 0 ? found : ['/etc/ssl/certs'].filter((path) => original.tree.has(path));
}

/** What a system keeps comes before copies below applications. */
function systemFirst(paths: readonly ImagePath[]): readonly ImagePath[] {
  const isOfSystem = (path: string) => /^\/(?:usr\/)?(?:local\/)?(?:s?bin|lib\w*|share)\//.test(path);
  return [...paths].sort(
    (left, right) => Number(isOfSystem(right)) - Number(isOfSystem(left)) || comparePaths(left, right),
  );
}

function shortestFirst(paths: readonly ImagePath[]): readonly ImagePath[] {
  return [...paths].sort((left, right) => left.length - right.length || comparePaths(left, right));
}
