import type { ImagePath } from '../../image/path.js';
import type { ElfFacts } from '../elf.js';
import { findLibrary, type LoaderKnowledge } from '../library-search.js';
import { loaderFiles, loaderKnowledge, loaderOf } from '../loader.js';
import type { SelectionNote } from '../note.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** So far up are the loaders of an object followed for their RPATH. */
const maxLoaders = 64;

/** The libraries an ELF file is linked to, wherever its loader would find them. */
export const elfNeeded: Rule = {
  name: 'elf-needed',
  looksAt: 'contents',
  bringAlong: (context) => (context.isFirstRound ? loaderFiles(context) : []),
  *want(context, fresh) {
    let knowledge: LoaderKnowledge | undefined;
    for (const object of fresh) {
      const facts = context.elf(object);
      if (facts === undefined || facts.needed.length === 0) continue;
      knowledge ??= loaderKnowledge(context);
      for (const library of facts.needed) yield* wantLibrary(context, knowledge, { object, facts, library });
    }
  },
};

function* wantLibrary(
  context: RuleContext,
  knowledge: LoaderKnowledge,
  needed: { readonly object: ImagePath; readonly facts: ElfFacts; readonly library: string },
): Generator<Want | SelectionNote> {
  const { object, facts, library } = needed;
  const loader = loaderOf(context, facts);
  const request = { library, object, facts, loadedBy: loadersOf(context, object) };
  let found = findLibrary({ ...request, loader }, knowledge);
  // An image can have both C libraries (musl with a glibc beside it): what one doesn't find, the other may.
  if (found.length === 0) found = findLibrary({ ...request, loader: loader === 'glibc' ? 'musl' : 'glibc' }, knowledge);
  for (const { path, via } of found) {
    yield { path, reason: { kind: 'elf-needed', parent: object, library, via }, onlyIfPresent: true };
  }
  if (found.length === 0 && !isBuiltIn(loader, library)) yield { kind: 'library-not-found', parent: object, library };
}

/** The objects that pulled this one in, nearest first. */
function loadersOf(context: RuleContext, object: ImagePath): { object: ImagePath; facts: ElfFacts }[] {
  const loaders = new Map<ImagePath, ElfFacts>();
  const queue = [object];
  for (const path of queue) {
    for (const reason of context.reasonsOf(path)) {
      if (reason.kind !== 'elf-needed' || reason.parent === object || loaders.has(reason.parent)) continue;
      const facts = context.elf(reason.parent);
      if (facts === undefined || loaders.size >= maxLoaders) continue;
      loaders.set(reason.parent, facts);
      queue.push(reason.parent);
    }
  }
  return [...loaders].map(([path, facts]) => ({ object: path, facts }));
}

/** Names that musl's loader takes for itself (ldso/dynlink.c, load_library). */
function isBuiltIn(loader: 'glibc' | 'musl', library: string): boolean {
  return loader === 'musl' && /^lib(?:c|pthread|rt|m|dl|util|xnet)\./.test(library);
}
