import { manifestsAbove, nodePrograms } from '../node/node-world.js';
import type { Rule } from '../rule.js';

/** The package.json of each kept JavaScript file: it says what kind of module the file is, and what its package is. */
export const nodePackages: Rule = {
  name: 'node-packages',
  defence: 'node',
  looksAt: 'names',
  *want(context, fresh) {
    if (nodePrograms(context).length === 0) return;
    const seen = new Set<string>();
    for (const path of fresh) {
      if (!/\.(?:[cm]?[jt]s|node)$/.test(path) || context.tree.get(path)?.type !== 'file') continue;
      for (const manifest of manifestsAbove(context.tree, path)) {
        if (seen.has(manifest)) continue;
        seen.add(manifest);
        const because = 'is a module of that package';
        yield { path: manifest, reason: { kind: 'static', defence: 'node', because, parent: path } };
      }
    }
  },
};
