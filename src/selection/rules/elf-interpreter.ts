import { absolutePath } from '../environment.js';
import type { Rule } from '../rule.js';

/** The interpreter an ELF file names in PT_INTERP: the kernel opens it itself, so no trace sees it. */
export const elfInterpreter: Rule = {
  name: 'elf-interpreter',
  looksAt: 'contents',
  *want(context, fresh) {
    for (const path of fresh) {
      const interpreter = context.elf(path)?.interpreter;
      if (interpreter === undefined) continue;
      const named = absolutePath(context.config, interpreter);
      yield { path: named, reason: { kind: 'elf-interpreter', parent: path }, onlyIfPresent: true };
      if (context.tree.resolve(named).entry === undefined) {
        yield { kind: 'interpreter-not-found', parent: path, interpreter };
      }
    }
  },
};
