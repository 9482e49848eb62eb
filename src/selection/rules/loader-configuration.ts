import { baseName } from '../../image/path.js';
import { linesOf } from '../ld-so-conf.js';
import { loaderFiles, loaderNamed } from '../loader.js';
import type { Rule } from '../rule.js';

/** What a kept dynamic loader reads: the cache and its configuration; musl's search path. */
export const loaderConfiguration: Rule = {
  name: 'loader-configuration',
  looksAt: 'names',
  *want(context, fresh) {
    for (const path of fresh) {
      const loader = loaderNamed(path);
      if (loader === undefined) continue;
      for (const file of loaderFiles(context)) {
        const isMusl = file.endsWith('.path');
        if (isMusl !== (loader.kind === 'musl')) continue;
        if (loader.kind === 'musl' && !file.endsWith(`/ld-musl-${loader.arch}.path`)) continue;
        yield { path: file, reason: { kind: 'loader-configuration', parent: path }, onlyIfPresent: true };
      }
    }
  },
};

/** The libraries that /etc/ld.so.preload puts into every process. */
export const preloadedLibraries: Rule = {
  name: 'preloaded-libraries',
  looksAt: 'contents',
  *want({ contents }, fresh) {
    for (const path of fresh) {
      if (baseName(path) !== 'ld.so.preload') continue;
      for (const library of linesOf(contents(path)).flatMap((line) => line.split(/[\s:]+/))) {
        if (!library.startsWith('/')) continue;
        yield { path: library, reason: { kind: 'loader-configuration', parent: path }, onlyIfPresent: true };
      }
    }
  },
};
