import { isSharedLibraryName } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import { cpuVariantsIn } from '../library-search.js';
import type { Rule } from '../rule.js';

/** Other builds of a kept library (glibc-hwcaps): the machine that runs the slim image may have another CPU. */
export const cpuVariants: Rule = {
  name: 'cpu-variants',
  looksAt: 'names',
  *want({ tree }, fresh) {
    for (const path of fresh) {
      if (!isSharedLibraryName(path)) continue;
      const directory = libraryDirectory(path);
      const name = baseName(path);
      for (const variant of [`${directory}/${name}`, ...cpuVariantsIn(tree, directory, name)]) {
        if (variant === path) continue;
        yield { path: variant, reason: { kind: 'cpu-variant', parent: path }, onlyIfPresent: true };
      }
    }
  },
};

/** `/usr/lib/glibc-hwcaps/x86-64-v3/libz.so.1` and `/usr/lib/libz.so.1` are both looked for in `/usr/lib`. */
function libraryDirectory(path: ImagePath): string {
  return parentOf(path).replace(/\/glibc-hwcaps\/[^/]+$/, '');
}
