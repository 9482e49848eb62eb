import { findProgram } from '../environment.js';
import type { Rule } from '../rule.js';

/** A shell, where the user asked for one: /bin/sh and the image's own. */
export const includeShell: Rule = {
  name: 'include-shell',
  looksAt: 'names',
  *want({ isFirstRound, options, config, tree }) {
    if (!isFirstRound || !options.includeShell) return;
    const shells = new Set(['/bin/sh', ...(config.Shell?.slice(0, 1) ?? [])]);
    for (const shell of shells) {
      const path = findProgram(tree, config, shell);
      if (path === undefined) yield { kind: 'no-shell', shell };
      else yield { path, reason: { kind: 'included-shell' } };
    }
  },
};
