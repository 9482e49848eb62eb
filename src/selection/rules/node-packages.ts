import { manifestsAbove, nodePrograms } from '../node/node-world.js';
import type { Rule } from '../rule.js';

/**
 * The package.json of each JavaScript file that is kept for what is known: it says what kind of module the file is, and
 * what its package is. For a module that ran, Node.js itself was seen to read it.
 */
export const nodePackages: Rule = {
  name: 'node-packages',
  defence: 'node',
  looksAt: 'names',
  *want(context, fresh) {
    if (nodePrograms(context).length === 0) return;
    const seen = new Set<string>();
    for (const path of fresh) {
      if (!/\.(?:[cm]?[jt]s|node)$/.test(path) || context.tree.get(path)?.type !== 'file') continue;
      if (context.reasonsOf(path).some(({ kind }) => kind === 'traced')) continue;
      for (const manifest of manifestsAbove(context.tree, path)) {
        if (seen.has(manifest)) continue;
        seen.add(manifest);
        const because = 'is a module of that package';
        yield { path: manifest, reason: { kind: 'static', defence: 'node', because, parent: path } };
      }
    }
  },
};
