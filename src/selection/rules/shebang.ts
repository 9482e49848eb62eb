import { absolutePath, findProgram, variable } from '../environment.js';
import type { Rule } from '../rule.js';
import { parseShebang } from '../shebang-line.js';

/**
 * The interpreter of each kept script: the kernel opens it itself, and `env` looks for it where a trace may not have
 * come by. Only of files that can be executed; modules with a `#!` line and no x bit never are.
 */
export const shebang: Rule = {
  name: 'shebang',
  looksAt: 'contents',
  *want(context, fresh) {
    const { tree, config } = context;
    for (const path of fresh) {
      const entry = tree.get(path);
      if (entry?.type !== 'file' || (entry.mode & 0o111) === 0) continue;
      const head = context.head(path);
      const parsed = head === undefined ? undefined : parseShebang(head, (name) => variable(config, name));
      if (parsed === undefined) continue;
      const { interpreter, program, line } = parsed;
      const found = program === undefined ? undefined : findProgram(tree, config, program);
      for (const name of [absolutePath(config, interpreter), found]) {
        if (name !== undefined)
          yield { path: name, reason: { kind: 'shebang', parent: path, line }, onlyIfPresent: true };
      }
      if (tree.resolve(absolutePath(config, interpreter)).entry === undefined) {
        yield { kind: 'interpreter-not-found', parent: path, interpreter };
      } else if (program !== undefined && found === undefined) {
        yield { kind: 'interpreter-not-found', parent: path, interpreter: program };
      }
    }
  },
};
