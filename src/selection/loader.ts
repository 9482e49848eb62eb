import { baseName, type ImagePath } from '../image/path.js';
import type { ElfFacts } from './elf.js';
import { searchDirectories, variable } from './environment.js';
import { parseLdSoCache } from './ld-so-cache.js';
import { ldSoConfDirectories, linesOf } from './ld-so-conf.js';
import { type LoaderKnowledge, muslDefaultDirectories } from './library-search.js';
import type { RuleContext } from './rule.js';

/** Which dynamic loader a file name is: `ld-linux-x86-64.so.2`, `ld-2.31.so`, `ld64.so.2`, `ld-musl-x86_64.so.1`. */
export function loaderNamed(
  path: ImagePath,
): { readonly kind: 'glibc' } | { readonly kind: 'musl'; readonly arch: string } | undefined {
  const name = baseName(path);
  const musl = /^ld-musl-(.+)\.so\.1$/.exec(name);
  if (musl?.[1] !== undefined) return { kind: 'musl', arch: musl[1] };
  return /^ld(?:-linux[\w.-]*|64|)\.so\.\d+$|^ld-2\.\d+\.so$/.test(name) ? { kind: 'glibc' } : undefined;
}

/** Files that loaders read before they look for a library, as far as the tree has them; names, not real paths. */
export function loaderFiles(context: Pick<RuleContext, 'tree'>): readonly string[] {
  const { tree } = context;
  const etc = tree.resolve('/etc').entry?.path ?? '/etc';
  return [
    '/etc/ld.so.cache',
    '/etc/ld.so.conf',
    '/etc/ld.so.preload',
    ...tree.children(tree.resolve('/etc/ld.so.conf.d').entry?.path ?? ''),
    ...tree.children(etc).filter((path) => /^ld-musl-.+\.path$/.test(baseName(path))),
  ];
}

/** What loaders of the image know, from the files of {@link loaderFiles} that are fetched. */
export function loaderKnowledge(context: RuleContext): LoaderKnowledge {
  const { tree, config } = context;
  const contents = (name: string): Uint8Array | undefined => {
    const path = tree.resolve(name).entry?.path;
    return path === undefined ? undefined : context.contents(path);
  };
  const cache = contents('/etc/ld.so.cache');
  const muslDirectories = loaderFiles(context)
    .filter((path) => path.endsWith('.path'))
    .flatMap((path) => linesOf(contents(path)))
    .flatMap((line) => line.split(':'))
    .filter((directory) => directory.startsWith('/'));
  const libraryPath = variable(config, 'LD_LIBRARY_PATH') ?? '';
  return {
    tree,
    libraryPath: libraryPath === '' ? [] : searchDirectories(config, libraryPath.replaceAll(';', ':')),
    cache: cache === undefined ? [] : parseLdSoCache(cache),
    confDirectories: ldSoConfDirectories(tree, context.contents),
    muslDirectories: muslDirectories.length > 0 ? muslDirectories : muslDefaultDirectories,
    elf: (path) => context.elf(path),
  };
}

/** Which loader loads an object: its interpreter says, or the libc it needs, or which loader the image has. */
export function loaderOf(context: RuleContext, facts: ElfFacts): 'glibc' | 'musl' {
  const named = facts.interpreter === undefined ? undefined : loaderNamed(facts.interpreter as ImagePath);
  if (named !== undefined) return named.kind;
  if (facts.needed.some((name) => name.startsWith('libc.musl-') || name === 'libc.so')) return 'musl';
  if (facts.needed.includes('libc.so.6')) return 'glibc';
  const hasMusl = context.tree
    .children(context.tree.resolve('/lib').entry?.path ?? '')
    .some((path) => loaderNamed(path)?.kind === 'musl');
  return hasMusl ? 'musl' : 'glibc';
}
